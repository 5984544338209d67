//! Whole nights: the list of jobs, the watch, coverage that ends, a new member ID.

use jiff::Timestamp;
use testkit::both;
use usecases::autopay::{self, DraftState, MandateState, NextDraft};
use usecases::nightly::{self, JobState};
use usecases::progress::Unwatched;
use usecases::{Actor, UseCaseError};

use super::{Scene, month};

#[test]
fn the_jobs_of_a_night_are_each_done_once_also_when_the_clock_goes_back() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        // On 7 November 2027 the hour from one to two comes twice; the plan's hour is two.
        let at = |text: &str| -> Timestamp { text.parse().expect("an instant") };
        for (now, ran) in [
            ("2027-11-07T05:30:00Z", false),
            ("2027-11-07T06:30:00Z", false),
            ("2027-11-07T07:00:00Z", true),
            ("2027-11-07T07:30:00Z", false),
            // On 12 March 2028 the hour from two to three does not come.
            ("2028-03-12T06:59:00Z", false),
            ("2028-03-12T07:00:00Z", true),
            ("2028-03-12T08:00:00Z", false),
        ] {
            let wait = at(now).duration_since(scene.ctx.now());
            scene.world.clock.advance(wait);
            let done = nightly::run_due(&scene.ctx).await.expect("it answers");
            assert_eq!(done > 0, ran, "at {now}");
        }
        let reports = nightly::run(&scene.ctx, scene.ctx.today(), &Unwatched)
            .await
            .expect("it answers");
        assert!(reports.iter().all(|r| r.state == JobState::DoneBefore));
        // Each once for each of the two nights, however many jobs there are.
        let rows = scene.count("SELECT COUNT(*) FROM nightly_jobs").await;
        let tries = scene
            .count("SELECT CAST(SUM(tries) AS BIGINT) FROM nightly_jobs")
            .await;
        let jobs = i64::try_from(reports.len()).expect("few");
        assert_eq!((rows, tries), (2 * jobs, 2 * jobs));
    });
}

#[test]
fn the_watch_finds_a_missing_draft_tells_the_member_and_shows_it_to_staff() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene
            .run_sql(
                "DELETE FROM autopay_drafts WHERE cents > $1",
                store::args![0],
            )
            .await;
        let report = scene.watch().await;
        assert_eq!((report.mandates, report.faults), (1, 1));
        assert_eq!(scene.listed().await, [("missing".to_owned(), true)]);
        assert_eq!(scene.told("autopay-not-drafting").await, 1);
        scene.watch().await;
        assert_eq!(scene.told("autopay-not-drafting").await, 1, "told once");
        let staff = |role| Actor::Staff {
            staff: kernel::StaffId::from_parts(1, [0; 10]),
            role,
            address: String::new(),
        };
        let seen = autopay::watch_list(&scene.ctx, &staff(identity::Role::Auditor)).await;
        assert_eq!(seen.expect("auditors read").len(), 1);
        for actor in [staff(identity::Role::Administrator), scene.member()] {
            let seen = autopay::watch_list(&scene.ctx, &actor).await;
            assert!(matches!(seen, Err(UseCaseError::NotAllowed)));
        }
        // Planned again, it is there, and the list is empty.
        scene.plan().await;
        scene.watch().await;
        assert_eq!(scene.listed().await, []);
    });
}

#[test]
fn a_mandate_ends_the_day_its_coverage_has_ended_and_the_member_is_told_that_day() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.night("2026-12-02").await;
        scene
            .run_sql(
                "UPDATE coverages SET last_day = $2 WHERE account_id = $1",
                store::args![scene.maria.account, jiff::civil::date(2026, 12, 31)],
            )
            .await;
        scene.night("2026-12-31").await;
        assert_eq!(scene.told("autopay-ended").await, 0);
        scene.night("2027-01-01").await;
        let mandate = scene.view().await.mandate.expect("it is kept");
        assert!(matches!(
            mandate.state,
            MandateState::EndedWithCoverage { .. }
        ));
        assert_eq!(scene.told("autopay-ended").await, 1);
        assert_eq!(scene.next().await, NextDraft::Off);
    });
}

#[test]
fn autopay_survives_a_renewal_and_a_new_plan_and_says_what_it_costs_now() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.night("2026-12-02").await;
        // The old segment ends with the year; the new policy begins with the next, dearer.
        scene
            .run_sql(
                "UPDATE coverages SET last_day = $2 WHERE account_id = $1",
                store::args![scene.maria.account, jiff::civil::date(2026, 12, 31)],
            )
            .await;
        let id: kernel::CoverageId = scene.ctx.id();
        scene
            .run_sql(
                "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, \
                 aptc_cents, penalty_cents, policy, binder_paid_on, created_at, updated_at) \
                 VALUES ($1, $2, $3, NULL, 13000, 0, 0, 'P2', NULL, $4, $4)",
                store::args![
                    scene.maria.account,
                    id,
                    jiff::civil::date(2027, 1, 1),
                    scene.ctx.now()
                ],
            )
            .await;
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.night("2026-12-15").await;
        assert_eq!(scene.told("draft-coming").await, 1, "the price changed");
        scene.night("2027-01-01").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        assert_eq!(scene.told("autopay-ended").await, 0);
    });
}

/// A CSV roster with one line for Maria: her new member ID, the one before, and her last day.
fn roster(scene: &Scene, new_id: &str, last_day: &str) -> usecases::roster::ImportFile {
    let text = format!(
        "maintenance,relationship,member_id,subscriber_id,prior_member_id,last_name,first_name,\
         birth_date,address_line_1,city,state,zip,plan_line,policy_number,coverage_first_day,\
         coverage_last_day,premium,aptc\r\n\
         audit,self,{new_id},{new_id},{},Lopez,Maria,1956-03-14,1 Main Street,Farmington,CT,06032,\
         individual,P1,2026-12-01,{last_day},100.00,0.00\r\n",
        scene.maria.member_id.as_str()
    );
    let folder = tempfile::tempdir().expect("a folder can be made").keep();
    let name = format!("{:?}-{new_id}-{last_day}.csv", scene.world.engine);
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file can be written");
    usecases::roster::ImportFile {
        path,
        format: None,
        again: false,
    }
}

#[test]
fn autopay_goes_on_under_a_new_member_id_and_a_roster_that_ends_coverage_tells_the_same_day() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.invoice(month("2026-12")).await;
        scene.set_up(scene.choice(scene.card)).await;
        scene.night("2026-12-02").await;
        let import =
            |file| usecases::roster::import(&scene.ctx, &Actor::Operator, file, &Unwatched);
        let report = import(roster(&scene, "55555555555", ""))
            .await
            .expect("it is read");
        assert_eq!(
            (report.updated, report.rejected),
            (1, 0),
            "{:?}",
            report.rejects
        );
        assert_eq!(scene.count("SELECT COUNT(*) FROM persons").await, 1);
        assert_eq!(scene.count("SELECT COUNT(*) FROM accounts").await, 1);
        let renumbered = scene
            .count("SELECT COUNT(*) FROM persons WHERE member_id = '55555555555'")
            .await;
        assert_eq!(renumbered, 1);
        scene.go_to("2026-12-14");
        scene.invoice(month("2027-01")).await;
        scene.night("2027-01-01").await;
        assert_eq!(scene.state("2027-01").await, DraftState::Paid);
        let report = import(roster(&scene, "55555555555", "2026-12-31"))
            .await
            .expect("it is read");
        assert_eq!(
            (report.updated, report.rejected),
            (1, 0),
            "{:?}",
            report.rejects
        );
        assert_eq!(
            scene.told("autopay-ended").await,
            1,
            "no night came between"
        );
    });
}
