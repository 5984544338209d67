//! What members do: set autopay up, change, skip and stop it, and give another card after one
//! failed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, Language, MandateId, MethodId, PersonId, Tender};
use payments::saved_method::{ExpiryTold, MethodState};
use store::mandates::MandateRow;
use store::methods::MethodRow;
use store::{StoreError, Tx, args};
use usecases::autopay::{Agreed, Cap, Choice, DayOfMonth, DraftDay, MandateState, OverCap};
use usecases::consents::{ConsentKind, NewConsent};
use usecases::{Ctx, UseCaseError};

use crate::agreements::{Agreement, Tolerance};
use crate::dice::Dice;
use crate::households::first_month;
use crate::year::{Known, Year, day_number};

/// What somebody chooses.
#[derive(Debug, Clone)]
struct Terms {
    method: MethodRow,
    day: DraftDay,
    cap: Option<Cap>,
    agreed: Option<Agreed>,
}

impl Terms {
    /// `usual` is about what the household pays in a month.
    fn thrown(dice: &mut Dice, ctx: &Ctx, person: PersonId, name: &str, usual: i64) -> Self {
        let usual = usual.max(1_000);
        let day = match dice.between(0, 100) {
            0..45 => DraftDay::DueDate,
            _ => {
                let day = u8::try_from(dice.between(1, 29)).unwrap();
                DraftDay::OfMonth(DayOfMonth::new(day).unwrap())
            }
        };
        let over = if dice.percent(50) {
            OverCap::Never
        } else {
            OverCap::AfterNotice
        };
        let cap = dice.percent(25).then(|| Cap {
            most: Cents::new(usual * dice.between(90, 150) / 100),
            over,
        });
        let agreed = match dice.between(0, 10) {
            0..4 => None,
            4..7 => Some(Agreed::Range {
                least: Cents::new(1),
                most: Cents::new(usual * 125 / 100),
            }),
            _ => Some(Agreed::Difference {
                most: Cents::new(usual / 10),
            }),
        };
        Terms {
            method: method(dice, ctx, person, name),
            day,
            cap,
            agreed,
        }
    }

    fn choice(&self, start: BillingMonth) -> Choice {
        Choice {
            method: self.method.id,
            day: self.day,
            cap: self.cap,
            agreed: self.agreed,
            start,
        }
    }

    fn agreement(
        &self,
        account: AccountId,
        start: BillingMonth,
        since: Date,
        previous: Option<i64>,
    ) -> Agreement {
        Agreement {
            account,
            instrument: self.method.reference.clone(),
            cap: self
                .cap
                .map(|cap| (cap.most.get(), cap.over == OverCap::AfterNotice)),
            tolerance: match self.agreed {
                None => Tolerance::None,
                Some(Agreed::Range { least, most }) => Tolerance::Range(least.get(), most.get()),
                Some(Agreed::Difference { most }) => Tolerance::Difference(most.get()),
            },
            start,
            since,
            stopped: None,
            skipped: BTreeSet::new(),
            previous,
        }
    }
}

/// A card, or a bank account that was validated; one card in ten expires within the year.
fn method(dice: &mut Dice, ctx: &Ctx, person: PersonId, name: &str) -> MethodRow {
    let bank = dice.percent(55);
    let tender = match dice.between(0, 10) {
        _ if bank => Tender::BankAccount,
        0..6 => Tender::Visa,
        6..9 => Tender::Mastercard,
        _ => Tender::Discover,
    };
    let months = if dice.percent(10) {
        dice.between(2, 11)
    } else {
        dice.between(14, 50)
    };
    let kind = if bank { "bank" } else { "card" };
    let reference = format!("pm_{kind}_{name}");
    let text = |bank_text: &str| {
        if bank {
            bank_text.to_owned()
        } else {
            String::new()
        }
    };
    MethodRow {
        person,
        id: MethodId::from_uuid(ctx.id::<MandateId>().uuid()),
        gateway: "bookkeeping".to_owned(),
        tender,
        fingerprint: format!("fp_{reference}"),
        reference,
        payer_reference: format!("cus_{person}"),
        last_four: format!("{:04}", dice.between(0, 10_000)),
        bank_name: text("Bank of the Year"),
        holder: text("Holder"),
        savings: false,
        expires: (!bank).then(|| first_month().plus(i32::try_from(months).unwrap())),
        network_reference: if bank {
            String::new()
        } else {
            format!("nti_{name}")
        },
        sealed_account: String::new(),
        label: String::new(),
        is_default: false,
        state: MethodState::Good,
        validation: String::new(),
        deposits: None,
        deposits_on: None,
        deposit_tries: 0,
        deposit_answer: String::new(),
        validated_at: Some(ctx.now()),
        validated_by: "processor".to_owned(),
        disabled_reason: String::new(),
        expiry_told: ExpiryTold::default(),
        created_at: ctx.now(),
        removed_at: None,
    }
}

/// Half of the households gave their mandate before the year begins: written into the tables as a
/// set-up would have, but for the copy on paper.
pub async fn plant(year: &mut Year) {
    let (seed, today) = (year.seed, year.ctx.today());
    let mut planted = Vec::new();
    for household in &year.households {
        let mut dice = Dice::of(seed, &[5, household.number]);
        let Some(known) = household.key().and_then(|key| year.known.get(key)) else {
            continue;
        };
        if !dice.percent(50) {
            continue;
        }
        let usual = household.usual();
        let name = format!("{}_0", household.number);
        let terms = Terms::thrown(&mut dice, &year.ctx, known.person, &name, usual);
        // Some have been drafted before, some were only told an amount, some neither.
        let previous = (usual > 0 && dice.percent(85)).then_some(usual);
        let agreement = terms.agreement(known.account, first_month(), today, previous);
        year.agreements.add(agreement);
        planted.push((*known, terms, previous));
    }
    let ctx = year.ctx.clone();
    for chunk in planted.chunks(500) {
        let (owned, chunk) = (ctx.clone(), chunk.to_vec());
        ctx.store
            .write(move |tx| {
                let (ctx, chunk) = (owned.clone(), chunk.clone());
                Box::pin(async move {
                    for (known, terms, previous) in &chunk {
                        plant_one(tx, &ctx, *known, terms, *previous).await?;
                    }
                    Ok::<(), UseCaseError>(())
                })
            })
            .await
            .unwrap();
    }
}

async fn plant_one(
    tx: &mut Tx,
    ctx: &Ctx,
    known: Known,
    terms: &Terms,
    previous: Option<i64>,
) -> Result<(), UseCaseError> {
    store::methods::insert(tx, &terms.method).await?;
    let member = Year::member(known.person);
    let consent = NewConsent {
        person: known.person,
        account: Some(known.account),
        kind: ConsentKind::Autopay,
        version: "before-the-year".to_owned(),
        text: "I authorise the plan to draft my premium each month.".to_owned(),
        from: "192.0.2.7".to_owned(),
        language: Language::English,
    };
    let consent = usecases::consents::record(tx, ctx, &member, consent).await?;
    let id: MandateId = ctx.id();
    let evidence = br#"{"address":"192.0.2.7","user_agent":"a browser"}"#;
    let row = MandateRow {
        account: known.account,
        id,
        person: known.person,
        method: terms.method.id,
        day: terms.day,
        cap: terms.cap,
        agreed: terms.agreed,
        start: first_month(),
        previous: previous.map(Cents::new),
        state: MandateState::Active,
        consent,
        consent_version: "before-the-year".to_owned(),
        language: Language::English,
        evidence: ctx.vault.seal(&format!("mandate-evidence:{id}"), evidence),
        given_at: ctx.now(),
        updated_at: ctx.now(),
    };
    store::mandates::insert(tx, &row).await?;
    Ok(())
}

/// What the members do on a day.
pub async fn act(year: &mut Year, day: Date) {
    let mut doing = Vec::new();
    for household in &year.households {
        let Some(known) = household.key().and_then(|key| year.known.get(key)) else {
            continue;
        };
        let mut dice = Dice::of(year.seed, &[6, household.number, day_number(day)]);
        if dice.myriad(40) {
            doing.push((household.number, household.usual(), *known, dice));
        }
    }
    for (number, usual, known, mut dice) in doing {
        let on = is_on(year, known.account).await;
        match (on, dice.between(0, 100)) {
            (false, 0..8) => agree(year, day, (number, usual, known), &mut dice, false).await,
            (true, 0..8) => agree(year, day, (number, usual, known), &mut dice, true).await,
            (true, 8..28) => skip(year, day, known).await,
            (true, 28..36) => unskip(year, day, known).await,
            (true, 36..42) => stop(year, day, known).await,
            _ => {}
        }
    }
    again_after_failure(year, day).await;
}

/// Whoever lost autopay to a failure sets it up again with something else, some days later.
async fn again_after_failure(year: &mut Year, day: Date) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT m.account_id FROM mandates m WHERE m.state IN ('ended-by-return', \
             'ended-by-card') AND NOT EXISTS (SELECT 1 FROM mandates o \
             WHERE o.account_id = m.account_id AND o.state = 'active')",
            args![],
        )
        .await
        .unwrap();
    drop(tx);
    let ended: BTreeSet<AccountId> = rows
        .into_iter()
        .map(|mut row| row.read().unwrap())
        .collect();
    let mut again = Vec::new();
    for household in &year.households {
        let Some(known) = household.key().and_then(|key| year.known.get(key)) else {
            continue;
        };
        let mut dice = Dice::of(year.seed, &[7, household.number, day_number(day)]);
        if ended.contains(&known.account) && dice.percent(8) {
            again.push((household.number, household.usual(), *known, dice));
        }
    }
    for (number, usual, known, mut dice) in again {
        agree(year, day, (number, usual, known), &mut dice, false).await;
    }
}

async fn is_on(year: &Year, account: AccountId) -> bool {
    let mut tx = year.ctx.store.read().await.unwrap();
    let found = store::mandates::active(&mut tx, account).await.unwrap();
    found.is_some()
}

/// Sets autopay up, or changes it, through the door that the page uses.
async fn agree(
    year: &mut Year,
    day: Date,
    (number, usual, known): (u64, i64, Known),
    dice: &mut Dice,
    change: bool,
) {
    let member = Year::member(known.person);
    let ctx = year.ctx.clone();
    let name = format!("{number}_{day}");
    let terms = Terms::thrown(dice, &ctx, known.person, &name, usual);
    save(&ctx, terms.method.clone()).await;
    let view = usecases::autopay::view(&ctx, &member, known.account)
        .await
        .unwrap();
    if !view.offered {
        return;
    }
    let start = view.first_start.plus(i32::from(dice.percent(20)));
    let choice = terms.choice(start);
    let language = Language::English;
    let words = usecases::autopay::proposal(&ctx, &member, known.account, &choice, language).await;
    let words = match words {
        Ok(words) => words,
        Err(UseCaseError::Refused(refusal)) => {
            // The only thing wrong with these choices can be a card that expires too soon.
            assert_eq!(
                refusal.to_string(),
                "card-expires-first",
                "{day}: {choice:?}"
            );
            return;
        }
        Err(error) => panic!("{day}: {error}"),
    };
    let shown = usecases::autopay::Shown {
        language,
        version: &words.version,
        user_agent: "a browser",
    };
    let set = if change {
        usecases::autopay::change(&ctx, &member, known.account, choice, shown).await
    } else {
        usecases::autopay::set_up(&ctx, &member, known.account, choice, shown).await
    };
    set.unwrap();
    let due = view.due.get();
    let told = (due > 0 && start == view.first_start).then_some(due);
    let before = year.agreements.newest(known.account).filter(|_| change);
    let previous = told.or(before.and_then(|before| before.previous));
    let mut agreement = terms.agreement(known.account, start, day, previous);
    if let Some(before) = before {
        agreement.skipped.clone_from(&before.skipped);
    }
    year.agreements.add(agreement);
    year.tally("set up or changed");
}

async fn save(ctx: &Ctx, method: MethodRow) {
    ctx.store
        .write(move |tx| {
            let method = method.clone();
            Box::pin(async move { store::methods::insert(tx, &method).await })
        })
        .await
        .map_err(|error: StoreError| error)
        .unwrap();
}

async fn skip(year: &mut Year, day: Date, known: Known) {
    let member = Year::member(known.person);
    let view = usecases::autopay::view(&year.ctx, &member, known.account)
        .await
        .unwrap();
    let Some(month) = view.may_skip else { return };
    usecases::autopay::skip(&year.ctx, &member, known.account, month)
        .await
        .unwrap();
    if let Some(agreement) = year.agreements.newest_mut(known.account) {
        agreement.skipped.insert((month, day));
    }
    year.tally("skipped");
}

async fn unskip(year: &mut Year, day: Date, known: Known) {
    let member = Year::member(known.person);
    let view = usecases::autopay::view(&year.ctx, &member, known.account)
        .await
        .unwrap();
    let Some(month) = view.skipped.first().copied() else {
        return;
    };
    match usecases::autopay::unskip(&year.ctx, &member, known.account, month).await {
        Ok(()) => {}
        Err(UseCaseError::Refused(_)) => return,
        Err(error) => panic!("{day}: {error}"),
    }
    if let Some(agreement) = year.agreements.newest_mut(known.account) {
        agreement.skipped.retain(|(skipped, _)| *skipped != month);
    }
    year.tally("taken back in");
}

async fn stop(year: &mut Year, day: Date, known: Known) {
    let member = Year::member(known.person);
    usecases::autopay::stop(&year.ctx, &member, known.account)
        .await
        .unwrap();
    if let Some(agreement) = year.agreements.newest_mut(known.account) {
        agreement.stopped = Some(day);
    }
    year.tally("stopped");
}
