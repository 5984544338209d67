//! Checks in suspense as the page shows them.

use jiff::civil::date;
use kernel::{AccountId, Cents};
use plan::Plan;
use serde::Serialize;
use usecases::suspense::{
    Age, AskedReturn, CandidateView, CouponSeen, ItemKey, Line, Owner, Payee, Queue, ReturnReason,
    Step, Waiting,
};

use super::href_of;
use crate::staff::check_images::{ImageView, sample_images};
use crate::words::Words;

/// A line of the list.
#[derive(Serialize)]
pub struct Item {
    href: String,
    amount: String,
    payer: String,
    day: String,
    age: String,
    why: Vec<String>,
    owner: String,
    until: String,
    current: bool,
}

fn exceptions(words: &Words<'_>, codes: &[String]) -> Vec<String> {
    let known = codes.iter().filter(|code| !code.is_empty());
    known
        .map(|code| words.say(&format!("exception-{code}"), &[]))
        .collect()
}

fn owner(words: &Words<'_>, owner: &Owner) -> String {
    match owner {
        Owner::Queue => words.say("suspense-owner-queue", &[]),
        Owner::Me => words.say("suspense-owner-me", &[]),
        Owner::Other(name) => name.clone(),
    }
}

impl Item {
    /// Of a line of the queue; `current` is the one whose details are shown.
    pub fn new(words: &Words<'_>, line: &Line, current: Option<ItemKey>) -> Self {
        Item {
            href: href_of(line.key),
            amount: line.open.to_string(),
            payer: line.payer_name.clone(),
            day: words.date(line.effective_on),
            age: words.say("suspense-days", &[("count", &line.age_days.to_string())]),
            why: exceptions(words, &line.exceptions),
            owner: owner(words, &line.owner),
            until: line
                .held_until
                .map(|day| words.date(day))
                .unwrap_or_default(),
            current: current == Some(line.key),
        }
    }
}

#[derive(Serialize)]
struct Candidate {
    account: String,
    name: String,
    member: String,
    account_last_four: String,
    line: String,
    due: String,
    strength: String,
    reasons: Vec<String>,
    over: bool,
}

impl Candidate {
    fn new(words: &Words<'_>, view: &CandidateView) -> Self {
        let score = view.score.to_string();
        let points = [("score", &*score)];
        let strength = match (view.score, view.likely) {
            (0, _) => words.say("suspense-added", &[]),
            (_, true) => words.say("suspense-likely", &points),
            (_, false) => words.say("suspense-possible", &points),
        };
        let line = words.plan.line(&view.plan_line);
        Candidate {
            account: view.account.to_string(),
            name: view.name.clone(),
            member: view.member_last_four.clone(),
            account_last_four: view.account_last_four.clone(),
            line: line
                .map(|line| line.name.in_language(words.language).to_owned())
                .unwrap_or_default(),
            due: view.due.to_string(),
            strength,
            reasons: view
                .reasons
                .iter()
                .map(|code| words.say(&format!("evidence-{code}"), &[]))
                .collect(),
            over: !view.in_force,
        }
    }
}

#[derive(Serialize)]
struct Asked {
    amount: String,
    reason: String,
    name: String,
    address: Vec<String>,
    by: String,
    by_me: bool,
}

#[derive(Serialize)]
struct Done {
    at: String,
    who: String,
    what: String,
}

#[derive(Serialize)]
struct Reason {
    code: &'static str,
    name: String,
}

/// One check.
#[derive(Serialize)]
pub struct Detail {
    href: String,
    version: i64,
    cents: i64,
    amount: String,
    first: String,
    partly: bool,
    empty: bool,
    state: String,
    open: bool,
    payer: String,
    day: String,
    age: String,
    why: Vec<String>,
    owner: String,
    mine: bool,
    until: String,
    because: String,
    place: String,
    file: String,
    last_four: String,
    number: String,
    dated: String,
    coupons: Vec<String>,
    images: Vec<ImageView>,
    candidates: Vec<Candidate>,
    asked: Option<Asked>,
    history: Vec<Done>,
    reasons: Vec<Reason>,
    may_decide: bool,
    may_release: bool,
}

impl Detail {
    /// Of a check with all that is known of it.
    pub fn new(words: &Words<'_>, view: &Waiting) -> Self {
        let line = &view.line;
        let [lockbox, batch, envelope] = &view.place;
        let place = [
            ("lockbox", &**lockbox),
            ("batch", &**batch),
            ("envelope", &**envelope),
        ];
        Detail {
            href: href_of(line.key),
            version: view.version,
            cents: line.open.get(),
            amount: line.open.to_string(),
            first: view.cents.to_string(),
            partly: line.open != view.cents && line.open != Cents::ZERO,
            empty: line.open == Cents::ZERO,
            state: words.say(&format!("suspense-state-{}", view.state), &[]),
            open: view.state == "open",
            payer: line.payer_name.clone(),
            day: words.date(line.effective_on),
            age: words.say("suspense-days", &[("count", &line.age_days.to_string())]),
            why: exceptions(words, &line.exceptions),
            owner: owner(words, &line.owner),
            mine: line.owner == Owner::Me,
            until: line
                .held_until
                .map(|day| words.date(day))
                .unwrap_or_default(),
            because: view.held_because.clone(),
            place: words.say("suspense-place", &place),
            file: view.file_name.clone(),
            last_four: view.last_four.clone(),
            number: view.check_number.clone(),
            dated: view.dated_on.map(|day| words.date(day)).unwrap_or_default(),
            coupons: view.coupons.iter().map(|c| coupon(words, c)).collect(),
            images: view
                .images
                .iter()
                .map(|image| {
                    ImageView::new(words, image, &view.check_number, &view.cents.to_string())
                })
                .collect(),
            candidates: view
                .candidates
                .iter()
                .map(|c| Candidate::new(words, c))
                .collect(),
            asked: view
                .asked_return
                .as_ref()
                .map(|asked| asked_of(words, asked)),
            history: view.history.iter().map(|step| done(words, step)).collect(),
            reasons: ReturnReason::ALL
                .into_iter()
                .map(|reason| Reason {
                    code: reason.code(),
                    name: words.say(&format!("suspense-reason-{}", reason.code()), &[]),
                })
                .collect(),
            may_decide: view.may_decide,
            may_release: view.may_release,
        }
    }
}

fn coupon(words: &Words<'_>, coupon: &CouponSeen) -> String {
    match coupon {
        CouponSeen::Verified {
            member_id,
            invoice_number,
            amount_due,
        } => {
            let due = amount_due.to_string();
            let facts = [
                ("member", &**member_id),
                ("invoice", &**invoice_number),
                ("due", &*due),
            ];
            words.say("suspense-coupon-verified", &facts)
        }
        CouponSeen::CheckDigitFailed(line) => words.say("suspense-coupon-digit", &[("line", line)]),
        CouponSeen::Unreadable(line) => words.say("suspense-coupon-unreadable", &[("line", line)]),
        CouponSeen::Keyed(number) => words.say("suspense-coupon-keyed", &[("number", number)]),
        CouponSeen::Words(text) => words.say("suspense-coupon-words", &[("text", text)]),
    }
}

fn asked_of(words: &Words<'_>, asked: &AskedReturn) -> Asked {
    Asked {
        amount: asked.cents.to_string(),
        reason: words.say(&format!("suspense-reason-{}", asked.reason), &[]),
        name: asked.payee.name.clone(),
        address: asked.payee.address.clone(),
        by: asked.asked_by.clone(),
        by_me: asked.by_me,
    }
}

fn done(words: &Words<'_>, step: &Step) -> Done {
    let known = super::acts::STEPS.contains(&step.action.as_str());
    Done {
        at: words.instant(step.at),
        who: step.who.clone(),
        what: if known {
            words.say(&format!("suspense-step-{}", step.action), &[])
        } else {
            step.action.clone()
        },
    }
}

const HOSTILE: &str = "\"><img src=x onerror=alert(1)>";

fn sample_line(item: i64, owner: Owner) -> Line {
    Line {
        key: ItemKey {
            file: AccountId::from_parts(1, [1; 10]),
            item,
        },
        open: Cents::new(31_000),
        effective_on: date(2026, 11, 27),
        age_days: i32::try_from(item).unwrap_or(0),
        exceptions: vec!["check-only".to_owned(), "stale-dated".to_owned()],
        payer_name: HOSTILE.to_owned(),
        owner,
        held_until: (item == 2).then_some(date(2026, 12, 1)),
    }
}

pub(super) fn sample_queue(full: bool) -> Queue {
    let lines = vec![
        sample_line(1, Owner::Queue),
        sample_line(2, Owner::Me),
        sample_line(3, Owner::Other(HOSTILE.to_owned())),
    ];
    Queue {
        more: full.then(|| lines[2].key),
        lines: if full { lines } else { Vec::new() },
        ages: vec![
            Age {
                from_days: 0,
                to_days: Some(2),
                count: i64::from(full),
                cents: Cents::new(31_000),
            },
            Age {
                from_days: 3,
                to_days: None,
                count: 0,
                cents: Cents::ZERO,
            },
        ],
    }
}

fn sample_candidates(plan: &Plan) -> Vec<CandidateView> {
    [(60, true, true), (20, false, true), (0, false, false)]
        .into_iter()
        .zip(1_u8..)
        .map(|((score, likely, in_force), n)| CandidateView {
            account: AccountId::from_parts(2, [n; 10]),
            account_last_four: "0017".to_owned(),
            name: HOSTILE.to_owned(),
            member_last_four: "0003".to_owned(),
            plan_line: plan.lines[0].id.clone(),
            in_force,
            due: Cents::new(31_000),
            score,
            likely,
            reasons: vec![if score == 0 { "staff" } else { "name" }.to_owned()],
        })
        .collect()
}

fn sample_open(plan: &Plan) -> Waiting {
    Waiting {
        line: sample_line(1, Owner::Me),
        version: 3,
        cents: Cents::new(62_000),
        state: "open".to_owned(),
        place: ["0022222", "001", "1"].map(str::to_owned),
        file_name: HOSTILE.to_owned(),
        last_four: "4321".to_owned(),
        check_number: "101".to_owned(),
        dated_on: Some(date(2026, 11, 25)),
        held_because: HOSTILE.to_owned(),
        coupons: vec![
            CouponSeen::Verified {
                member_id: "10000000003".to_owned(),
                invoice_number: "0000000000001".to_owned(),
                amount_due: Cents::new(31_000),
            },
            CouponSeen::CheckDigitFailed("12345".to_owned()),
            CouponSeen::Unreadable(HOSTILE.to_owned()),
            CouponSeen::Keyed("10000000003".to_owned()),
            CouponSeen::Words(HOSTILE.to_owned()),
        ],
        images: sample_images(),
        candidates: sample_candidates(plan),
        asked_return: None,
        history: vec![Step {
            at: jiff::Timestamp::UNIX_EPOCH,
            who: HOSTILE.to_owned(),
            action: "suspense-held".to_owned(),
        }],
        may_decide: true,
        may_release: false,
    }
}

/// Open with candidates, with nothing known, with a return asked for, and decided.
pub(super) fn sample_waiting(plan: &Plan) -> Vec<Waiting> {
    let open = sample_open(plan);
    let unknown = Waiting {
        line: Line {
            payer_name: String::new(),
            owner: Owner::Queue,
            ..open.line.clone()
        },
        candidates: Vec::new(),
        coupons: Vec::new(),
        images: Vec::new(),
        dated_on: None,
        check_number: String::new(),
        last_four: String::new(),
        ..open.clone()
    };
    let empty = Waiting {
        line: Line {
            open: Cents::ZERO,
            ..open.line.clone()
        },
        cents: Cents::ZERO,
        ..unknown.clone()
    };
    let asked = |by_me| Waiting {
        state: "return-asked".to_owned(),
        asked_return: Some(AskedReturn {
            cents: Cents::new(31_000),
            reason: "not-for-plan".to_owned(),
            payee: Payee {
                name: HOSTILE.to_owned(),
                address: vec![HOSTILE.to_owned(), "Hartford CT 06103".to_owned()],
            },
            asked_by: HOSTILE.to_owned(),
            by_me,
        }),
        may_release: !by_me,
        ..open.clone()
    };
    let decided = Waiting {
        state: "cleared".to_owned(),
        may_decide: false,
        ..unknown.clone()
    };
    vec![
        open.clone(),
        unknown,
        empty,
        asked(true),
        asked(false),
        decided,
    ]
}
