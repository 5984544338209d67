//! Rosters: taken over once, whatever happens.

use testkit::both;
use usecases::UseCaseError;

use crate::files::{Folder, dependent, import, line, number, told, took};

#[test]
fn the_same_file_twice_changes_no_row() {
    both(|world| async move {
        let folder = Folder::new();
        let mut lines: Vec<String> = (1..=40).map(|n| line(&told(n))).collect();
        lines.insert(1, dependent(101, 1));
        let file = folder.lines("roster.csv", &lines);
        let first = took(&world, file.clone()).await;
        assert_eq!(
            (first.records, first.inserted, first.rejected),
            (41, 41, 0),
            "{first:?}"
        );
        let before = number(
            &world,
            "SELECT CAST(COUNT(*) AS BIGINT) FROM covered_members",
        )
        .await;
        assert_eq!(before, 41);
        let again = took(&world, file).await;
        assert_eq!(
            (again.inserted, again.updated, again.unchanged),
            (0, 0, 41),
            "{again:?}"
        );
        assert_eq!(
            number(&world, "SELECT MAX(account_number) FROM accounts").await,
            40
        );
    });
}

#[test]
fn a_file_that_was_taken_over_is_not_read_again_unless_asked() {
    both(|world| async move {
        let folder = Folder::new();
        let file = folder.roster("roster.csv", &[told(1)]);
        took(&world, file.clone()).await;
        let again = usecases::roster::ImportFile {
            path: file,
            format: None,
            again: false,
        };
        let report = usecases::roster::import(
            &world.ctx,
            &usecases::Actor::Operator,
            again,
            &usecases::progress::Unwatched,
        )
        .await
        .expect("it is known");
        assert!(report.already);
        assert_eq!((report.records, report.inserted), (1, 1));
    });
}

#[test]
fn families_in_any_order_come_to_the_same() {
    both(|world| async move {
        let folder = Folder::new();
        let segments = |n: u64| {
            let mut early = told(n);
            early.last = "2026-06-15";
            let mut late = told(n);
            (late.first, late.premium) = ("2026-06-16", "330.00");
            (line(&early), line(&late))
        };
        let (a, b) = segments(1);
        let (c, d) = segments(2);
        let child = dependent(101, 1);
        let orderly = [a.clone(), b.clone(), child.clone(), c.clone(), d.clone()];
        took(&world, folder.lines("orderly.csv", &orderly)).await;
        let shuffled = took(&world, folder.lines("shuffled.csv", &[child, d, b, c, a])).await;
        assert_eq!(
            (shuffled.updated, shuffled.unchanged),
            (0, 5),
            "{shuffled:?}"
        );
        assert_eq!(number(&world, "SELECT COUNT(*) FROM coverages").await, 4);
    });
}

#[test]
fn rejected_records_are_kept_apart_with_place_and_reason_and_the_rest_is_taken_over() {
    both(|world| async move {
        let folder = Folder::new();
        let mut bad = told(2);
        bad.first = "2026-02-30";
        let mut unknown_line = told(3);
        unknown_line.line = "dental";
        let lines = [
            line(&told(1)),
            line(&bad),
            line(&unknown_line),
            dependent(109, 9),
            line(&told(4)),
        ];
        let report = took(&world, folder.lines("roster.csv", &lines)).await;
        assert_eq!((report.inserted, report.rejected), (2, 3), "{report:?}");
        let places: Vec<_> = report
            .rejects
            .iter()
            .map(|r| (r.position, r.element.as_str()))
            .collect();
        assert_eq!(
            places,
            [
                (3, "coverage_first_day"),
                (4, "plan_line"),
                (5, "subscriber_id")
            ]
        );
        assert!(
            report.rejects[0].reason.contains("2026-02-30"),
            "{:?}",
            report.rejects
        );
        let kept = number(&world, "SELECT COUNT(*) FROM roster_rejects").await;
        assert_eq!(kept, 3);
    });
}

#[test]
fn a_truncated_834_is_refused_whole() {
    both(|world| async move {
        let folder = Folder::new();
        let path = folder.path().join("roster.834");
        let whole = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       \
*261101*1200*^*00501*000000001*0*P*:~GS*BE*S*R*20261101*1200*7*X*005010X220A1~\
ST*834*0001*005010X220A1~BGN*00*1*20261101*1200****2~\
INS*Y*18*021**A***FT~REF*0F*30000000001~NM1*IL*1*PENA*MARIA~N3*12 ELM ST~N4*FARMINGTON*CT*06032~\
DMG*D8*19711103*F~HD*021**HMO*individual~DTP*348*D8*20260101~LS*2700~LX*1~N1*75*PRE AMT TOT~\
REF*9X*310.00~LE*2700~SE*16*0001~GE*1*7~IEA*1*000000001~";
        std::fs::write(&path, &whole[..whole.len() - 40]).unwrap();
        let refused = import(&world, path.clone()).await.unwrap_err();
        let UseCaseError::Refused(refusal) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code, "roster-refused");
        assert!(
            refusal
                .to_string()
                .contains("nothing of this file is taken over"),
            "{refusal}"
        );
        assert_eq!(number(&world, "SELECT COUNT(*) FROM persons").await, 0);
        std::fs::write(&path, whole).unwrap();
        let report = took(&world, path).await;
        assert_eq!((report.inserted, report.rejected), (1, 0), "{report:?}");
        assert_eq!(
            number(&world, "SELECT premium_cents FROM coverages").await,
            31_000
        );
    });
}

#[test]
fn an_end_a_cancellation_and_a_new_rate_change_the_coverage_that_is_known() {
    both(|world| async move {
        let folder = Folder::new();
        took(
            &world,
            folder.roster("one.csv", &[told(1), told(2), told(3)]),
        )
        .await;
        let mut ends = told(1);
        (ends.maintenance, ends.first, ends.last, ends.premium) =
            ("terminate", "", "2026-10-31", "");
        let mut cancelled = line(&told(2)).replace(",,,310.00", ",,yes,310.00");
        cancelled = cancelled.replacen("add,", "terminate,", 1);
        let mut dearer = told(3);
        (dearer.maintenance, dearer.first, dearer.premium) = ("change", "2026-07-01", "330.00");
        let file = folder.lines("two.csv", &[line(&ends), cancelled, line(&dearer)]);
        let report = took(&world, file.clone()).await;
        assert_eq!((report.updated, report.rejected), (3, 0), "{report:?}");
        let mut tx = world.ctx.store.read().await.unwrap();
        let rows = tx
            .all(
                "SELECT c.first_day, c.last_day, c.premium_cents FROM coverages c \
                 JOIN accounts a ON a.id = c.account_id ORDER BY a.account_number, c.first_day",
                store::args![],
            )
            .await
            .unwrap();
        let found: Vec<String> = rows
            .into_iter()
            .map(|mut row| {
                let first: jiff::civil::Date = row.read().unwrap();
                let last: Option<jiff::civil::Date> = row.read_optional().unwrap();
                let cents: i64 = row.read().unwrap();
                let last = last.map_or("on".to_owned(), |last| last.to_string());
                format!("{first} to {last} {cents}")
            })
            .collect();
        assert_eq!(
            found,
            [
                "2026-01-01 to 2026-10-31 31000",
                "2026-01-01 to 2025-12-31 31000",
                "2026-01-01 to 2026-06-30 31000",
                "2026-07-01 to on 33000",
            ]
        );
        let again = took(&world, file).await;
        assert_eq!(again.unchanged, 3, "{again:?}");
    });
}

#[test]
fn an_import_that_is_stopped_anywhere_and_run_again_gives_the_same_rows() {
    both(|world| async move {
        let folder = Folder::new();
        let file = folder.roster("roster.csv", &(1..=9_000).map(told).collect::<Vec<_>>());
        for wait in [5, 60, 150] {
            let (world, file) = (world.clone(), file.clone());
            let task = tokio::spawn(async move { import(&world, file).await });
            tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            task.abort();
            let _ = task.await;
        }
        let report = took(&world, file).await;
        assert_eq!(report.records, 9_000);
        assert_eq!(report.inserted + report.unchanged, 9_000, "{report:?}");
        for (table, rows) in [
            ("persons", 9_000),
            ("accounts", 9_000),
            ("coverages", 9_000),
        ] {
            let count = match table {
                "persons" => number(&world, "SELECT COUNT(*) FROM persons").await,
                "accounts" => number(&world, "SELECT COUNT(*) FROM accounts").await,
                _ => number(&world, "SELECT COUNT(*) FROM coverages").await,
            };
            assert_eq!(count, rows, "{table}");
        }
    });
}

#[test]
fn what_a_member_chose_stands_until_the_roster_tells_something_else() {
    both(|world| async move {
        let folder = Folder::new();
        let ctx = &world.ctx;
        let with_phone = |name: &str, phone: &str| {
            let path = folder.lines(name, &[line(&told(1))]);
            let text = std::fs::read_to_string(&path).unwrap();
            let (header, record) = text.trim().split_once('\n').unwrap();
            std::fs::write(&path, format!("{header},phone\n{record},{phone}\n")).unwrap();
            path
        };
        let first = with_phone("first.csv", "8605550100");
        took(&world, first.clone()).await;
        let mut tx = ctx.store.read().await.unwrap();
        let known = store::roster::persons(&mut tx, &[crate::files::id(1)])
            .await
            .unwrap();
        drop(tx);
        let actor = usecases::Actor::Member {
            login: ctx.id(),
            person: known[0].id,
            address: "192.0.2.1".to_owned(),
        };
        usecases::contact::change_phone(ctx, &actor, "860-555-0111")
            .await
            .unwrap();
        let again = took(&world, first).await;
        assert_eq!((again.updated, again.unchanged), (0, 1), "{again:?}");
        let phone = async || usecases::contact::view(ctx, &actor).await.unwrap().phone;
        assert_eq!(phone().await, "8605550111");
        took(&world, with_phone("second.csv", "8605550122")).await;
        assert_eq!(
            phone().await,
            "8605550122",
            "the sponsor knows something newer"
        );
    });
}
