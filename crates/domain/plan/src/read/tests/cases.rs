//! Changes to the first plan file, and every problem each of them makes.

/// What is changed in the first plan file, into what, and the problems that follow.
pub(super) type Case = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (
        "number = \"800-333-1733\"",
        "number = \"800-333\"",
        &[
            "phones.individual-automated.number: found \"800-333\", expected a number of 10 digits such as 800-333-1733",
        ],
    ),
    (
        "number = \"800-333-1733\"",
        "number = 8003331733",
        &[
            "phones.individual-automated.number: found 8003331733, expected a number of 10 digits such as 800-333-1733",
        ],
    ),
    (
        "[brand]",
        "[brand",
        &[
            "found the end of the line, expected TOML (unclosed table, expected `]`)",
        ],
    ),
    (
        "primary = \"#00539b\"",
        "primary = \"#7ab8f5\"",
        &[
            "brand.primary: found \"#7ab8f5\", a contrast of 2.09 to 1 with white, expected a darker colour, with a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)",
        ],
    ),
    (
        "primary = \"#00539b\"",
        "primary = \"blue\"",
        &[
            "brand.primary: found \"blue\", expected a colour such as \"#1a4f8b\"",
        ],
    ),
    (
        "legal_name",
        "legal_nam",
        &[
            "organisation.legal_name: found nothing, expected a text",
            "organisation.legal_nam: found a key that is not known, expected the key \"legal_name\"",
        ],
    ),
    (
        "[public_page]",
        "[public_pagee]",
        &[
            "public_page: found nothing, expected the table [public_page]",
            "public_pagee: found a key that is not known, expected the key \"public_page\"",
        ],
    ),
    (
        "[demo]",
        "[zzz]",
        &[
            "zzz: found a key that is not known, expected one of the keys languages, time_zone, time_zone_name, organisation, brand, public_page, phones, holidays, addresses, help, centers, tenders, payments, guest, sign_in, paperless, lines, notices, scan_line, security, autopay, lockbox, refunds, texts, demo",
        ],
    ),
    (
        ", es = \"Código postal\"",
        "",
        &[
            "guest.needs[1].es: found nothing, expected the text in Spanish",
        ],
    ),
    (
        "es = \"Código postal\"",
        "fr = \"Code postal\"",
        &[
            "guest.needs[1].es: found nothing, expected the text in Spanish",
            "guest.needs[1].fr: found a language the plan does not speak, expected only en, es here, or it added to languages",
        ],
    ),
    (
        "\"America/New_York\"",
        "\"Eastern\"",
        &[
            "time_zone: found \"Eastern\", expected an IANA time zone such as \"America/New_York\"",
        ],
    ),
    (
        "\"Mon-Fri 08:00-18:00\"",
        "\"Mon-Fri 8-18\"",
        &[
            "phones.medicare-supplement-representatives.hours[0]: found \"Mon-Fri 8-18\", expected days and times such as \"Mon-Fri 08:00-20:00\"",
        ],
    ),
    (
        "\"Mon-Fri 08:00-20:00\", \"Sat",
        "\"Mon-Sat 08:00-20:00\", \"Sat",
        &[
            "phones.individual-representatives.hours: found \"Mon-Sat 08:00-20:00, Sat 09:00-14:00\", expected hours that do not overlap",
        ],
    ),
    (
        "hours = \"24/7\"\nclosed_on_holidays = false",
        "hours = \"24/7\"\nclosed_on_holidays = true",
        &[
            "phones.individual-automated.closed_on_holidays: found true, expected false, because the hours are \"24/7\"",
        ],
    ),
    (
        "\"fourth Thursday of November\"",
        "\"4th Thursday of November\"",
        &[
            "holidays[4].rule: found \"4th Thursday of November\", expected a rule such as \"January 1\", \"fourth Thursday of November\" or \"day after fourth Thursday of November\"",
        ],
    ),
    (
        "\"New York, NY 10087-1849\"",
        "\"New York\"",
        &[
            "addresses.lockbox.lines: found \"ConnectiCare / P.O. Box 21849 / New York\", expected 2 to 5 lines of an address, the last with city, state and ZIP code",
        ],
    ),
    (
        "\"discover\", \"check\", \"bank-account\"]\nno_cash",
        "\"discover\", \"cash\"]\nno_cash",
        &[
            "tenders.accepted[3]: found \"cash\", expected no cash: payments in cash cannot be recorded",
        ],
    ),
    (
        "\"discover\", \"check\", \"bank-account\"]\nno_cash",
        "\"check\", \"bank-account\"]\nno_cash",
        &[
            "lines[0].channels.center.tenders: found \"discover\", expected only tenders of tenders.accepted",
            "lines[1].channels.center.tenders: found \"discover\", expected only tenders of tenders.accepted",
            "lines[2].channels.center.tenders: found \"discover\", expected only tenders of tenders.accepted",
            "lines[3].channels.center.tenders: found \"discover\", expected only tenders of tenders.accepted",
        ],
    ),
    (
        "\"american-express\"",
        "\"amex\"",
        &[
            "tenders.refused[0].brand: found \"amex\", expected one of \"american-express\", \"diners-club\", \"jcb\", \"unionpay\"",
        ],
    ),
    (
        "phone = \"individual-automated\"",
        "phone = \"individual-automatic\"",
        &[
            "lines[0].channels.phone.phone: found \"individual-automatic\", expected the id of a phone in [phones.ID] such as \"individual-automated\"",
        ],
    ),
    (
        "address = \"withhold-letters\"",
        "address = \"nowhere\"",
        &[
            "lines[2].channels.deduction.address: found \"nowhere\", expected the id of an address in [addresses.ID]: lockbox, withhold-letters",
        ],
    ),
    (
        "id = \"solo\"",
        "id = \"individual\"",
        &[
            "lines[1].id: found \"individual\", expected an id that no other line has",
            "notices[0].lines[1]: found \"solo\", expected the id of a line: individual, individual, medicare-advantage, medicare-supplement, employer",
        ],
    ),
    (
        "id = \"solo\"",
        "id = \"SOLO\"",
        &[
            "lines[1].id: found \"SOLO\", expected lower-case letters, digits and dashes, such as \"medicare-advantage\"",
            "notices[0].lines[1]: found \"solo\", expected the id of a line: individual, SOLO, medicare-advantage, medicare-supplement, employer",
        ],
    ),
    (
        "market = \"off-exchange-individual\"",
        "market = \"medigap\"",
        &[
            "lines[1].market: found \"medigap\", expected one of \"aca-individual\", \"off-exchange-individual\", \"medicare-advantage\", \"medicare-supplement\", \"employer-group\"",
        ],
    ),
    (
        "helps_with = [\"online\", \"mail\"]",
        "helps_with = [\"online\", \"phone\", \"mail\"]",
        &[
            "lines[3].channels.center.helps_with[1]: found \"phone\", expected a channel that this line offers",
        ],
    ),
    (
        "offered = false\nsaid = { en = \"Phone payments are not available for this plan.\", es = \"Los pagos por teléfono no están disponibles para este plan.\" }",
        "offered = false",
        &[
            "lines[3].channels.phone.said: found nothing, expected a text in each language",
        ],
    ),
    (
        "coupon_required = true\ncoupon = ",
        "coupon_required = true\nsaid = ",
        &[
            "lines[0].channels.mail.coupon: found nothing, expected a text, because coupon_required is true",
            "lines[0].channels.mail.said: found a key that is not known, expected one of the keys offered, text, address, payable_to, coupon_required, coupon",
        ],
    ),
    (
        "due = \"first of the month\"",
        "due = \"the 1st\"",
        &[
            "lines[0].invoicing.due: found \"the 1st\", expected a rule such as \"first of the month\", \"day 15 of the month\" or \"25 days after issue\"",
        ],
    ),
    (
        "password_min_length = 15",
        "password_min_length = 8",
        &[
            "security.password_min_length: found 8, expected a whole number from 15 to 64",
        ],
    ),
    (
        "idle_minutes = 15",
        "idle_minutes = \"15\"",
        &[
            "security.idle_minutes: found \"15\", expected a whole number from 2 to 60",
        ],
    ),
    (
        "from = 2026-11-01",
        "from = \"2026-11-01\"",
        &[
            "notices[0].from: found \"2026-11-01\", expected a date such as 2026-12-31, without quotes",
        ],
    ),
    (
        "until = 2027-12-31",
        "until = 2026-10-31",
        &[
            "notices[0].until: found 2026-10-31, expected a date that is not before from",
        ],
    ),
    (
        "lines = [\"individual\", \"solo\", ",
        "lines = [\"individual\", \"sol\", ",
        &[
            "notices[0].lines[1]: found \"sol\", expected the id of a line such as \"solo\"",
        ],
    ),
    (
        "width = 11",
        "width = 10",
        &[
            "scan_line.fields[0].width: found 10, expected the number 11",
        ],
    ),
    (
        "{ kind = \"invoice\", width = 13 }",
        "{ kind = \"amount\", width = 10 }",
        &[
            "scan_line.fields: found \"invoice\" 0 times, expected each of member-id, invoice, amount and check-digit once",
        ],
    ),
    (
        "weights = [2, 1]",
        "weights = []",
        &[
            "scan_line.check_digit.weights: found an empty list, expected a list of weights such as [2, 1]",
        ],
    ),
    (
        "modulus = 10",
        "modulus = 11",
        &[
            "scan_line.check_digit.modulus: found 11, expected the number 10",
        ],
    ),
    (
        "{bank}",
        "{banco}",
        &[
            "texts.bank_once.text.en: found no {bank}, expected each of {amount} {date} {bank} {last4} {phone} and no other mark",
            "texts.bank_once.text.en: found {banco}, expected each of {amount} {date} {bank} {last4} {phone} and no other mark",
        ],
    ),
    (
        "largest = \"10000.00\"",
        "largest = \"lots\"",
        &[
            "payments.largest: found \"lots\", expected an amount in dollars such as \"10000.00\"",
        ],
    ),
    (
        "largest = \"10000.00\"",
        "largest = \"0.50\"",
        &[
            "payments.smallest: found \"1.00\", expected an amount that is not above payments.largest",
        ],
    ),
    (
        "pays_premium_here = false",
        "pays_premium_here = true",
        &[
            "lines[4].invoicing: found nothing, expected the table [lines.invoicing]",
            "lines[4].channels: found no channel with offered = true, expected at least one, because pays_premium_here is true",
        ],
    ),
    (
        "languages = [\"en\", \"es\"]",
        "languages = [\"en\", \"en\"]",
        &[
            "languages[1]: found \"en\", expected each language once",
        ],
    ),
    (
        "languages = [\"en\", \"es\"]",
        "languages = []",
        &[
            "languages: found an empty list, expected a list of languages, the default first, such as [\"en\", \"es\"]",
        ],
    ),
    (
        "locations_url = \"https://www.connecticare.com\"",
        "locations_url = \"http://www.connecticare.com\"",
        &[
            "centers.locations_url: found \"http://www.connecticare.com\", expected an address that starts with https://",
        ],
    ),
    (
        "short_name = \"CONNECTICARE\"",
        "short_name = \"CONNECTICARE INCORPORATED\"",
        &[
            "organisation.short_name: found \"CONNECTICARE INCORPORATED\", expected at most 16 letters, digits and spaces, as bank statements show it",
        ],
    ),
    (
        "members = 200",
        "members = 0",
        &[
            "demo.members: found 0, expected a whole number from 1 to 1000000",
        ],
    ),
    (
        "checks_good_for_months = 6",
        "checks_good_for_months = 0",
        &[
            "centers.checks_good_for_months: found 0, expected a whole number from 1 to 24",
        ],
    ),
    (
        "difference_limit = \"0.00\"",
        "difference_limit = \"-1.00\"",
        &[
            "centers.difference_limit: found \"-1.00\", expected an amount in dollars such as \"0.00\"",
        ],
    ),
    (
        "[centers]",
        "[centres]",
        &[
            "centres: found a key that is not known, expected the key \"centers\"",
            "lines[0].channels.center.offered: found true, expected false, because the file has no table [centers]",
            "lines[1].channels.center.offered: found true, expected false, because the file has no table [centers]",
            "lines[2].channels.center.offered: found true, expected false, because the file has no table [centers]",
            "lines[3].channels.center.offered: found true, expected false, because the file has no table [centers]",
        ],
    ),
    (
        "market = \"medicare-advantage\"",
        "market = \"medicare-supplement\"",
        &[
            "lines[2].channels.deduction.offered: found true, expected false, because the market is not \"medicare-advantage\"",
        ],
    ),
    (
        "exchange_name = { en = \"Access Health CT\", es = \"Access Health CT\" }",
        "",
        &[
            "lines[0].exchange_name: found nothing, expected a text in each language",
        ],
    ),
    (
        "by = \"self-service\"",
        "by = \"phone\"",
        &[
            "lines[0].id_card.phone: found nothing, expected the id of a phone in [phones.ID]",
        ],
    ),
    (
        "autopay = true",
        "autopay = \"yes\"",
        &[
            "lines[0].channels.online.autopay: found \"yes\", expected true or false",
        ],
    ),
    (
        "layout = \"coupon-104\"",
        "layout = \"coupon-105\"",
        &[
            "lockbox.layout: found \"coupon-105\", expected one of \"standard\", \"invoice-80\", \"coupon-104\"",
        ],
    ),
    (
        "likely_from = 35",
        "likely_from = 0",
        &["lockbox.likely_from: found 0, expected a whole number from 1 to 6000"],
    ),
    (
        "likely_from = 35",
        "image_names = [\"{batch}-{item}\"]",
        &[
            "lockbox.image_names[0]: found \"{batch}-{item}\", expected places such as \"{batch}-{envelope}-{side}\" or \"{image}-{side}\"",
        ],
    ),
    (
        "stale_after_months = 6",
        "stale_after_months = 0",
        &[
            "lockbox.stale_after_months: found 0, expected a whole number from 1 to 24",
        ],
    ),
    (
        "posted_with = [\"many-coupons\",",
        "posted_with = [\"unknown-account\",",
        &[
            "lockbox.posted_with[0]: found \"unknown-account\", expected one of \"many-coupons\", \"many-checks\", \"short-paid\", \"over-paid\", \"stale-dated\", \"post-dated\", \"paid-in-full\", \"correspondence\", \"many-members\", \"month-end-cut-off\"",
        ],
    ),
    (
        "check_wait_days = 10",
        "check_wait_days = 91",
        &["refunds.check_wait_days: found 91, expected a whole number from 0 to 90"],
    ),
];
