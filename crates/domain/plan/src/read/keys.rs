//! Every key of a plan file, by table. A key that is in none of these lists is a problem.

pub(crate) const PLAN: &[&str] = &[
    "languages",
    "time_zone",
    "time_zone_name",
    "organisation",
    "brand",
    "public_page",
    "phones",
    "holidays",
    "addresses",
    "help",
    "centers",
    "tenders",
    "payments",
    "guest",
    "sign_in",
    "paperless",
    "lines",
    "notices",
    "scan_line",
    "security",
    "autopay",
    "lockbox",
    "refunds",
    "texts",
    "demo",
];
pub(crate) const ORGANISATION: &[&str] = &["name", "short_name", "legal_name", "website"];
pub(crate) const BRAND: &[&str] = &["logo_text", "primary", "primary_dark", "accent", "link"];
pub(crate) const PUBLIC_PAGE: &[&str] = &["title", "summary"];
pub(crate) const PHONE: &[&str] = &["number", "tty", "purpose", "hours", "closed_on_holidays"];
pub(crate) const HOLIDAY: &[&str] = &["name", "date", "rule", "observed"];
pub(crate) const ADDRESS: &[&str] = &["purpose", "lines"];
pub(crate) const HELP: &[&str] = &["title", "text", "phone"];
pub(crate) const CENTERS: &[&str] = &[
    "name",
    "where_to_find",
    "locations_url",
    "checks_good_for_months",
    "difference_limit",
    "list",
];
pub(crate) const CENTER: &[&str] = &[
    "id",
    "name",
    "address",
    "phone",
    "hours",
    "closed_on_holidays",
    "tenders",
    "sample",
];
pub(crate) const TENDERS: &[&str] = &["accepted", "refused", "no_cash"];
pub(crate) const REFUSED: &[&str] = &["brand", "said"];
pub(crate) const PAYMENTS: &[&str] =
    &["largest", "smallest", "partial", "repeat_minutes", "no_fee"];
pub(crate) const GUEST: &[&str] = &["needs", "limits"];
pub(crate) const SIGN_IN: &[&str] = &["forgotten", "steps"];
pub(crate) const PAPERLESS: &[&str] = &[
    "text",
    "how",
    "invoices",
    "notices",
    "letters",
    "due_soon_days",
];
pub(crate) const LINE: &[&str] = &[
    "id",
    "name",
    "description",
    "intro",
    "market",
    "bought_through",
    "exchange_name",
    "pays_premium_here",
    "representatives",
    "questions",
    "id_card",
    "address_changes",
    "channels",
    "invoicing",
];
pub(crate) const ID_CARD: &[&str] = &[
    "by",
    "phone",
    "text",
    "product",
    "group_number",
    "payer_id",
    "rx_bin",
    "rx_pcn",
    "rx_group",
    "copays",
    "back",
    "phones",
];
pub(crate) const INVOICING: &[&str] = &["issue_days_before", "due", "proration"];
pub(crate) const CHANNELS: &[&str] = &["online", "guest", "phone", "center", "mail", "deduction"];
pub(crate) const NOT_OFFERED: &[&str] = &["offered", "said"];
pub(crate) const ONLINE: &[&str] = &["offered", "text", "autopay"];
pub(crate) const GUEST_PAY: &[&str] = &["offered", "text"];
pub(crate) const PHONE_PAY: &[&str] = &["offered", "text", "phone"];
pub(crate) const CENTER_PAY: &[&str] = &["offered", "text", "helps_with", "tenders"];
pub(crate) const MAIL_PAY: &[&str] = &[
    "offered",
    "text",
    "address",
    "payable_to",
    "coupon_required",
    "coupon",
];
pub(crate) const DEDUCTION: &[&str] = &[
    "offered",
    "text",
    "phone",
    "letter",
    "letter_includes",
    "address",
    "fax",
    "takes_effect",
];
pub(crate) const NOTICE: &[&str] = &[
    "id",
    "severity",
    "from",
    "until",
    "audiences",
    "lines",
    "title",
    "text",
];
pub(crate) const SCAN_LINE: &[&str] = &["fields", "check_digit"];
pub(crate) const SCAN_FIELD: &[&str] = &["kind", "width"];
pub(crate) const CHECK_DIGIT: &[&str] = &["weights", "direction", "sum", "result", "modulus"];
pub(crate) const SECURITY: &[&str] = &[
    "password_min_length",
    "idle_minutes",
    "staff_idle_minutes",
    "code_minutes",
    "code_tries",
    "guest",
];
pub(crate) const GUEST_LIMITS: &[&str] = &["per_member", "per_address", "window_minutes"];
pub(crate) const AUTOPAY: &[&str] = &[
    "run_hour",
    "reminder_days",
    "forecast_drafts_percent",
    "forecast_amount_percent",
    "spare_drafts",
    "spare_amount",
    "bank_wait_days",
    "card_wait_days",
    "safe_days",
    "card_rules",
];
pub(crate) const CARD_RULE: &[&str] = &[
    "network",
    "from",
    "final_codes",
    "revoking_codes",
    "most_in_a_day",
    "most_in_30_days",
];
pub(crate) const LOCKBOX: &[&str] = &[
    "layout",
    "layouts",
    "stale_after_months",
    "posted_with",
    "weights",
    "likely_from",
    "image_names",
];
pub(crate) const REFUNDS: &[&str] = &[
    "second_person_above",
    "write_off_second_person_above",
    "bank_wait_days",
    "check_wait_days",
];
pub(crate) const LOCKBOX_WEIGHTS: &[&str] = &[
    "member_id",
    "invoice",
    "payer_account",
    "name",
    "zip",
    "amount",
];
pub(crate) const TEXTS: &[&str] = &[
    "bank_once",
    "bank_phone",
    "card_once",
    "bank_recurring",
    "card_recurring",
    "recurring",
    "paperless",
];
pub(crate) const RECURRING: &[&str] = &[
    "amount",
    "amount_now",
    "no_cap",
    "cap",
    "cap_told",
    "on_due_date",
    "on_day",
    "told_every_change",
    "told_outside",
    "told_further",
];
pub(crate) const CONSENT: &[&str] = &["version", "text"];
pub(crate) const DEMO: &[&str] = &["members"];

/// Each table by its heading in `docs/reference/plan-file.md`.
#[cfg(test)]
pub(crate) const DOCUMENTED: &[(&str, &[&str])] = &[
    ("Top level", PLAN),
    ("[organisation]", ORGANISATION),
    ("[brand]", BRAND),
    ("[public_page]", PUBLIC_PAGE),
    ("[phones.ID]", PHONE),
    ("[[holidays]]", HOLIDAY),
    ("[addresses.ID]", ADDRESS),
    ("[help]", HELP),
    ("[centers]", CENTERS),
    ("[[centers.list]]", CENTER),
    ("[tenders]", TENDERS),
    ("[[tenders.refused]]", REFUSED),
    ("[payments]", PAYMENTS),
    ("[guest]", GUEST),
    ("[sign_in]", SIGN_IN),
    ("[paperless]", PAPERLESS),
    ("[[lines]]", LINE),
    ("[lines.id_card]", ID_CARD),
    ("[lines.invoicing]", INVOICING),
    ("[lines.channels]", CHANNELS),
    ("A channel that is not offered", NOT_OFFERED),
    ("[lines.channels.online]", ONLINE),
    ("[lines.channels.guest]", GUEST_PAY),
    ("[lines.channels.phone]", PHONE_PAY),
    ("[lines.channels.center]", CENTER_PAY),
    ("[lines.channels.mail]", MAIL_PAY),
    ("[lines.channels.deduction]", DEDUCTION),
    ("[[notices]]", NOTICE),
    ("[scan_line]", SCAN_LINE),
    ("[[scan_line.fields]]", SCAN_FIELD),
    ("[scan_line.check_digit]", CHECK_DIGIT),
    ("[security]", SECURITY),
    ("[security.guest]", GUEST_LIMITS),
    ("[texts]", TEXTS),
    ("[autopay]", AUTOPAY),
    ("[[autopay.card_rules]]", CARD_RULE),
    ("[lockbox]", LOCKBOX),
    ("[lockbox.weights]", LOCKBOX_WEIGHTS),
    ("[refunds]", REFUNDS),
    ("[texts.bank_once] and [texts.card_once]", CONSENT),
    ("[texts.bank_phone]", CONSENT),
    ("[texts.bank_recurring] and [texts.card_recurring]", CONSENT),
    ("[texts.recurring]", RECURRING),
    ("[texts.paperless]", CONSENT),
    ("[demo]", DEMO),
];
