//! Tagged PDFs: invoice with coupon, receipt.
