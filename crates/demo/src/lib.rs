//! A believable health plan, built only through use cases, and synthetic rosters of any size.
