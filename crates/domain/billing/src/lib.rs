//! The billing run: invoice lines, totals, due dates, numbering.
