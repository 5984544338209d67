//! Billing runs.

use jiff::SignedDuration;
use kernel::Cents;
use testkit::both;
use usecases::UseCaseError;

use crate::books::verified;
use crate::files::{Folder, Told, bill, billed, id, lines_of, month, number, sums_of, told, took};

fn in_line(number: u64, line: &'static str) -> Told {
    Told {
        line,
        ..told(number)
    }
}

/// Thirty accounts over three lines, with tax credits and penalties.
fn people() -> Vec<Told> {
    (1..=30)
        .map(|n| match n % 3 {
            0 => Told {
                aptc: "200.00",
                ..told(n)
            },
            1 => Told {
                penalty: "9.60",
                ..in_line(n, "medicare-advantage")
            },
            _ => in_line(n, "solo"),
        })
        .collect()
}

#[test]
fn totals_tie_to_the_ledger_by_line_and_a_second_run_finds_nothing_to_do() {
    both(|world| async move {
        let folder = Folder::new();
        took(&world, folder.roster("roster.csv", &people())).await;
        let report = billed(&world, "2026-12").await;
        assert_eq!(report.new_invoices, 30);
        let lines: Vec<_> = report
            .by_line
            .iter()
            .map(|(line, sums)| {
                (
                    line.as_str(),
                    sums.invoices,
                    sums.charges.get(),
                    sums.aptc.get(),
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("individual", 10, 110_000, 200_000),
                ("medicare-advantage", 10, 319_600, 0),
                ("solo", 10, 310_000, 0),
            ]
        );
        let owed = number(
            &world,
            "SELECT CAST(SUM(receivable_cents) AS BIGINT) FROM accounts",
        )
        .await;
        assert_eq!(owed, report.total().charges.get());
        let again = billed(&world, "2026-12").await;
        assert_eq!((again.new_invoices, again.total()), (0, report.total()));
        assert_eq!(
            number(&world, "SELECT COUNT(*) FROM journal_transactions").await,
            30
        );
    });
}

#[test]
fn who_comes_after_the_run_gets_an_invoice_when_it_is_run_again() {
    both(|world| async move {
        let folder = Folder::new();
        took(&world, folder.roster("one.csv", &[told(1)])).await;
        billed(&world, "2026-12").await;
        took(&world, folder.roster("two.csv", &[told(2), told(3)])).await;
        assert_eq!(billed(&world, "2026-12").await.new_invoices, 2);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM invoices").await, 3);
    });
}

#[test]
fn part_months_tax_credits_and_penalties_stand_on_lines_of_their_own() {
    both(|world| async move {
        let folder = Folder::new();
        let people = [
            Told {
                first: "2026-12-12",
                aptc: "62.00",
                ..told(1)
            },
            Told {
                first: "2026-12-12",
                penalty: "9.60",
                ..in_line(2, "medicare-advantage")
            },
            Told {
                last: "2026-11-30",
                ..told(3)
            },
        ];
        took(&world, folder.roster("roster.csv", &people)).await;
        assert_eq!(billed(&world, "2026-12").await.new_invoices, 2);
        let dec = month("2026-12");
        assert_eq!(
            lines_of(&world, 1, "2026-12").await,
            [
                ("premium".to_owned(), dec, 20, 31, Cents::new(20_000)),
                ("aptc".to_owned(), dec, 20, 31, Cents::new(-4_000)),
            ]
        );
        // Medicare bills whole months.
        assert_eq!(
            lines_of(&world, 2, "2026-12").await,
            [
                ("premium".to_owned(), dec, 31, 31, Cents::new(31_000)),
                (
                    "late-enrolment-penalty".to_owned(),
                    dec,
                    31,
                    31,
                    Cents::new(960)
                ),
            ]
        );
        assert_eq!(sums_of(&world, 3, "2026-12").await, None);
    });
}

fn changes_of_months_invoiced() -> [Told; 3] {
    [
        // More tax credit from October on.
        Told {
            maintenance: "change",
            first: "2026-10-01",
            aptc: "100.00",
            ..told(1)
        },
        // Gone since the middle of October.
        Told {
            maintenance: "terminate",
            first: "",
            last: "2026-10-15",
            premium: "",
            ..told(2)
        },
        // A late enrolment, from before the first month billed here.
        Told {
            first: "2026-09-01",
            ..told(4)
        },
    ]
}

#[test]
fn a_change_of_months_already_invoiced_is_explained_on_the_next_invoice_and_then_forgotten() {
    both(|world| async move {
        let folder = Folder::new();
        took(
            &world,
            folder.roster("one.csv", &[told(1), told(2), told(3)]),
        )
        .await;
        for of in ["2026-10", "2026-11"] {
            billed(&world, of).await;
        }
        took(
            &world,
            folder.roster("two.csv", &changes_of_months_invoiced()),
        )
        .await;
        billed(&world, "2026-12").await;
        let (oct, nov, dec) = (month("2026-10"), month("2026-11"), month("2026-12"));
        let line = |kind: &str, of, days, of_days, cents| {
            (kind.to_owned(), of, days, of_days, Cents::new(cents))
        };
        assert_eq!(
            lines_of(&world, 1, "2026-12").await,
            [
                line("premium", dec, 31, 31, 31_000),
                line("aptc", dec, 31, 31, -10_000),
                line("retro-aptc", oct, 31, 31, -10_000),
                line("retro-aptc", nov, 30, 30, -10_000),
            ]
        );
        assert_eq!(
            lines_of(&world, 2, "2026-12").await,
            [
                line("retro-premium", oct, 15, 31, -16_000),
                line("retro-premium", nov, 0, 30, -31_000)
            ]
        );
        assert_eq!(
            lines_of(&world, 4, "2026-12").await,
            [
                line("premium", dec, 31, 31, 31_000),
                line("retro-premium", oct, 31, 31, 31_000),
                line("retro-premium", nov, 30, 30, 31_000),
            ]
        );
        assert_eq!(
            lines_of(&world, 3, "2026-12").await,
            [line("premium", dec, 31, 31, 31_000)]
        );
        // Previous balance, payments, charges, total, applied: the credit pays the oldest month.
        assert_eq!(
            sums_of(&world, 2, "2026-12").await,
            Some([62_000, 0, -47_000, 15_000, -47_000])
        );
        assert_eq!(
            sums_of(&world, 2, "2026-10").await,
            Some([0, 0, 31_000, 31_000, 31_000])
        );
        billed(&world, "2027-01").await;
        let jan = month("2027-01");
        assert_eq!(
            lines_of(&world, 1, "2027-01").await,
            [
                line("premium", jan, 31, 31, 31_000),
                line("aptc", jan, 31, 31, -10_000)
            ]
        );
        assert_eq!(lines_of(&world, 2, "2027-01").await, []);
    });
}

#[test]
fn a_month_before_the_latest_run_is_refused() {
    both(|world| async move {
        let folder = Folder::new();
        took(&world, folder.roster("one.csv", &[told(1)])).await;
        billed(&world, "2026-12").await;
        let refused = bill(&world, "2026-11").await.unwrap_err();
        let UseCaseError::Refused(refusal) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.to_string(), "billing-month-over latest=2026-12");
    });
}

#[test]
fn money_paid_ahead_is_drawn_on_by_the_next_invoice() {
    both(|world| async move {
        let folder = Folder::new();
        took(&world, folder.roster("one.csv", &[told(1)])).await;
        billed(&world, "2026-11").await;
        // $700.00: the invoice of November and most of two more.
        let (ctx, now) = (world.ctx.clone(), world.ctx.now());
        ctx.clone()
            .store
            .write::<_, store::StoreError, _>(move |tx| {
                let ctx = ctx.clone();
                Box::pin(async move {
                    let who = store::accounts::of_subscriber(tx, &id(1)).await?.remove(0);
                    let rail = postings::Money {
                        rail: postings::Rail::Card,
                        cents: Cents::new(70_000),
                        effective: ctx.today(),
                    };
                    let open = store::cash::open_invoices(tx, who.id).await?;
                    let applications: Vec<_> = open.iter().map(|i| (i.id, i.open)).collect();
                    let posting = postings::payment_received(&rail).unwrap();
                    store::journal::append(tx, who.id, &posting, now, "test", ctx.id()).await?;
                    let posting = postings::cash_applied(&applications, ctx.today()).unwrap();
                    let seq =
                        store::journal::append(tx, who.id, &posting, now, "test", ctx.id()).await?;
                    let rows: Vec<_> = applications
                        .into_iter()
                        .map(|(invoice, cents)| store::cash::ApplicationRow {
                            id: ctx.id(),
                            invoice,
                            payment: None,
                            cents,
                        })
                        .collect();
                    store::cash::apply(tx, who.id, &rows, ctx.today(), seq, now).await
                })
            })
            .await
            .unwrap();
        world.clock.advance(SignedDuration::from_hours(24));
        billed(&world, "2026-12").await;
        // Previous balance, payments, charges, total, applied.
        assert_eq!(
            sums_of(&world, 1, "2026-12").await,
            Some([31_000, 70_000, 31_000, -8_000, 31_000])
        );
        billed(&world, "2027-01").await;
        assert_eq!(
            sums_of(&world, 1, "2027-01").await,
            Some([-8_000, 0, 31_000, 23_000, 8_000])
        );
        let unapplied = number(&world, "SELECT unapplied_cents FROM accounts").await;
        assert_eq!(unapplied, 0);
        assert_eq!(verified(&world).await.findings, []);
    });
}

#[test]
fn two_runs_at_once_share_the_work() {
    both(|world| async move {
        let folder = Folder::new();
        took(
            &world,
            folder.roster("one.csv", &(1..=200).map(told).collect::<Vec<_>>()),
        )
        .await;
        let mut other = world.clone();
        other.ctx.store = store::Store::open(&world.database).await.unwrap();
        let (one, two) = tokio::join!(billed(&world, "2026-12"), billed(&other, "2026-12"));
        assert_eq!(one.total().invoices, 200);
        assert_eq!(one.total(), two.total());
        assert_eq!(one.new_invoices + two.new_invoices, 200);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM invoices").await, 200);
    });
}

#[test]
fn a_run_that_is_stopped_anywhere_and_resumed_gives_the_same_as_one_that_was_not() {
    both(|world| async move {
        let folder = Folder::new();
        took(
            &world,
            folder.roster("one.csv", &(1..=400).map(told).collect::<Vec<_>>()),
        )
        .await;
        for wait in [1, 20, 45, 80] {
            let world_now = world.clone();
            let task = tokio::spawn(async move { bill(&world_now, "2026-12").await });
            tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            task.abort();
            let _ = task.await;
        }
        // Whoever held a partition is gone; its claim runs out as time goes by.
        let clock = world.clock.clone();
        let time = tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                clock.advance(SignedDuration::from_secs(1));
            }
        });
        let report = billed(&world, "2026-12").await;
        time.abort();
        assert_eq!(report.total().invoices, 400);
        assert_eq!(report.total().charges, Cents::new(400 * 31_000));
        for (sql, expected) in [
            ("SELECT COUNT(*) FROM invoices", 400),
            ("SELECT COUNT(*) FROM invoice_lines", 400),
            ("SELECT COUNT(*) FROM journal_transactions", 400),
            ("SELECT COUNT(*) FROM journal_entries", 800),
            (
                "SELECT CAST(SUM(receivable_cents) AS BIGINT) FROM accounts",
                400 * 31_000,
            ),
        ] {
            assert_eq!(number(&world, sql).await, expected, "{sql}");
        }
        assert_eq!(verified(&world).await.findings, []);
    });
}
