//! The jobs of the night, killed part-way on some nights and run again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use jiff::SignedDuration;
use jiff::civil::{Date, date, time};
use kernel::{AccountId, BillingMonth};
use store::args;
use usecases::autopay::{self, RunOptions};
use usecases::nightly::JobState;
use usecases::progress::Unwatched;
use usecases::{Actor, Ctx};

use crate::dice::Dice;
use crate::year::{Year, day_number};
use crate::{checks, drafts};

/// The night in which an hour is lived twice.
const TWICE: Date = date(2028, 11, 5);

/// The night of `day`, and what must hold after it.
pub async fn night(year: &mut Year, day: Date) {
    let begun = Instant::now();
    if day == TWICE {
        // The jobs run at half past one, an hour later at half past one again, and then as always.
        year.at(day, time(1, 30, 0, 0));
        through(year, day).await;
        year.world.clock.advance(SignedDuration::from_hours(1));
        through(year, day).await;
    }
    // In spring there is no such time; the clock then shows half past three.
    year.at(day, time(2, 30, 0, 0));
    let mut dice = Dice::of(year.seed, &[8, day_number(day)]);
    let kills = if dice.percent(15) {
        dice.between(1, 4)
    } else {
        0
    };
    for _ in 0..kills {
        killed(year, day, &mut dice).await;
    }
    through(year, day).await;
    if dice.percent(10) {
        // Whoever runs the jobs themselves once more drafts nothing more.
        once_more(year, day).await;
    }
    year.clocked.add("nights", begun);
    let begun = Instant::now();
    drafts::look(year, day).await;
    no_fault_was_found(year, day).await;
    year.clocked.add("checks", begun);
}

/// Runs the jobs to their end, and releases a day that was off its forecast as a person would.
async fn through(year: &mut Year, day: Date) {
    let reports = usecases::nightly::run(&year.ctx, day, &Unwatched)
        .await
        .unwrap();
    for report in reports {
        let done = matches!(report.state, JobState::Done | JobState::DoneBefore);
        assert!(done, "{day}: {report:?}");
    }
    let stopped = autopay::stopped_days(&year.ctx, &Actor::Operator)
        .await
        .unwrap();
    for stopped in stopped {
        year.tally("days stopped off their forecast, and released");
        say_why(year, stopped).await;
        let why = "looked at: the members of the simulated year are many and new";
        autopay::release(&year.ctx, &Actor::Operator, stopped, why)
            .await
            .unwrap();
        let sent = autopay::send_drafts(&year.ctx, &Actor::Operator, stopped, &Unwatched)
            .await
            .unwrap();
        assert_eq!(sent.stopped, None, "{day}: {stopped} was released");
    }
}

/// Prints what a day that was stopped was held beside.
async fn say_why(year: &Year, stopped: Date) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let sending = store::autopay_facts::sending(&mut tx, stopped)
        .await
        .unwrap();
    if let Some(sending) = sending {
        println!(
            "{stopped} stopped: {} drafts of {} where {} of {} were expected",
            sending.drafts, sending.cents, sending.forecast_drafts, sending.forecast_cents
        );
    }
}

/// Runs the jobs until they die: at some request to the processor, or just somewhere.
async fn killed(year: &mut Year, day: Date, dice: &mut Dice) {
    let polls = if dice.percent(50) {
        year.processor
            .die_after(u64::try_from(dice.between(0, 60)).unwrap());
        u64::MAX
    } else {
        u64::try_from(dice.between(1, 300)).unwrap()
    };
    let (ctx, processor) = (year.ctx.clone(), Arc::clone(&year.processor));
    let run = Mortal {
        inner: Box::pin(jobs(ctx, day)),
        left: polls,
    };
    let died = tokio::select! {
        done = run => !done,
        () = processor.died() => true,
    };
    year.processor.revive();
    if died {
        year.tally("nights killed part-way");
    }
    // Whoever had claimed something is gone; the claims run out.
    year.world.clock.advance(SignedDuration::from_mins(3));
}

async fn jobs(ctx: Ctx, day: Date) {
    usecases::nightly::run(&ctx, day, &Unwatched).await.unwrap();
}

/// The jobs themselves, past the list that says they are done.
async fn once_more(year: &Year, day: Date) {
    let (ctx, operator) = (&year.ctx, &Actor::Operator);
    let options = RunOptions::default();
    let requests = year.processor.requests();
    autopay::plan_drafts(ctx, operator, day, options, &Unwatched)
        .await
        .unwrap();
    autopay::send_drafts(ctx, operator, day, &Unwatched)
        .await
        .unwrap();
    autopay::watch(ctx, operator, day, options, &Unwatched)
        .await
        .unwrap();
    assert_eq!(
        year.processor.requests(),
        requests,
        "{day}: drafting a second time asked the processor for more"
    );
}

/// The watch has nothing for staff but what members chose or lack.
async fn no_fault_was_found(year: &Year, day: Date) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let fault = tx
        .first(
            "SELECT account_id, billing_month, finding FROM autopay_watch WHERE is_fault",
            args![],
        )
        .await
        .unwrap();
    if let Some(mut row) = fault {
        let account: AccountId = row.read().unwrap();
        let month: BillingMonth = row.read().unwrap();
        let finding: String = row.read().unwrap();
        let story = checks::story(year, account).await;
        panic!("{day}: the watch says of {account} for {month}: {finding}\n{story}");
    }
}

/// A piece of work that dies when it has been taken up so many times.
struct Mortal {
    inner: Pin<Box<dyn Future<Output = ()> + Send>>,
    left: u64,
}

impl Future for Mortal {
    /// True if it came to its end.
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        if self.left == 0 {
            return Poll::Ready(false);
        }
        self.left -= 1;
        self.inner.as_mut().poll(cx).map(|()| true)
    }
}
