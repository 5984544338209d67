//! Print batches.

use std::collections::BTreeSet;

use testkit::both;
use usecases::Actor;
use usecases::UseCaseError;
use usecases::invoices::{PrintOptions, PrintReport, print};
use usecases::progress::Unwatched;

use crate::files::{Folder, billed, line, month, told, took};

#[test]
fn a_month_is_printed_in_batches_that_a_second_run_keeps() {
    both(|world| async move {
        let folder = Folder::new();
        took(
            &world,
            folder.roster("roster.csv", &(1..=7).map(told).collect::<Vec<_>>()),
        )
        .await;
        billed(&world, "2026-12").await;
        let out = folder.path().join("out");
        let options = PrintOptions {
            folder: out.clone(),
            batch: 3,
            workers: 2,
            language: None,
            large_print: false,
        };
        let run = async || {
            print(
                &world.ctx,
                &Actor::Operator,
                month("2026-12"),
                &options,
                &Unwatched,
            )
            .await
            .unwrap()
        };
        let first = run().await;
        let expected = PrintReport {
            invoices: 7,
            batches: 3,
            kept: 0,
            paperless: 0,
            pages: 7,
            to_look_at: 0,
        };
        assert_eq!(first, expected);
        let manifest = std::fs::read_to_string(out.join("manifest.csv")).unwrap();
        let numbers: BTreeSet<&str> = manifest
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(4))
            .collect();
        assert_eq!(numbers.len(), 7, "{manifest}");
        assert!(numbers.contains("0000000012612"), "{manifest}");
        assert!(
            !manifest.contains("30000000001"),
            "a manifest holds no member ID"
        );
        // One batch is damaged, another never finished.
        let pdf = out.join("invoices-2026-12-000002.pdf");
        let good = std::fs::read(&pdf).unwrap();
        std::fs::write(&pdf, b"%PDF damaged").unwrap();
        std::fs::remove_file(out.join("invoices-2026-12-000003.json")).unwrap();
        let second = run().await;
        assert_eq!((second.invoices, second.kept), (7, 1));
        assert_eq!(std::fs::read(&pdf).unwrap(), good);
        assert_eq!(
            std::fs::read_to_string(out.join("manifest.csv")).unwrap(),
            manifest
        );
        // Somebody moved: that batch is printed anew.
        let moved = line(&told(1))
            .replace("12 Elm St", "99 Oak Ave")
            .replacen("add", "change", 1);
        took(&world, folder.lines("moved.csv", &[moved])).await;
        assert_eq!(run().await.kept, 2);
    });
}

#[test]
fn a_month_without_invoices_is_refused() {
    both(|world| async move {
        let folder = Folder::new();
        let options = PrintOptions {
            folder: folder.path().join("out"),
            batch: 3,
            workers: 1,
            language: None,
            large_print: false,
        };
        let refused = print(
            &world.ctx,
            &Actor::Operator,
            month("2026-12"),
            &options,
            &Unwatched,
        )
        .await;
        assert!(matches!(refused, Err(UseCaseError::Refused(r)) if r.code == "print-nothing"));
    });
}
