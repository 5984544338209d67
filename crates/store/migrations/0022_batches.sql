-- Finds the payments of the checks of a batch.
CREATE INDEX remittance_payments_by_item ON remittance_payments (file_id, item_no);
CREATE INDEX drawers_by_time ON drawers (opened_at);
