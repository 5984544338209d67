//! Coverage segments, rates, APTC, penalties, and the premium due for a month.
