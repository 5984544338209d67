//! Stories about coupons that may still come by mail.

use testkit::both;
use usecases::invoices::coupons;
use usecases::lockbox::CHUNK;
use usecases::{Actor, UseCaseError};

use crate::files::number;
use crate::lockbox::{a_billed_plan, coupon, letter, take, write};

#[test]
fn the_coupons_of_open_invoices_are_printed_and_those_of_paid_ones_are_not() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let audited = "SELECT COUNT(*) FROM audit_events";
        let before = number(&world, audited).await;
        let printed = coupons(&world.ctx, &Actor::Operator, 10).await.unwrap();
        assert_eq!(number(&world, audited).await, before, "it only reads");
        let lines = |printed: &[usecases::invoices::PrintedCoupons]| -> Vec<String> {
            let all = printed.iter().flat_map(|batch| &batch.coupons);
            all.map(|coupon| coupon.scan_line.clone()).collect()
        };
        let expected: Vec<String> = (1..=3).map(|who| coupon(&world, who)).collect();
        assert_eq!(lines(&printed), expected);
        let pages: Vec<usize> = printed[0].coupons.iter().map(|c| c.page).collect();
        assert!(pages.is_sorted() && pages[0] == 1, "{pages:?}");
        let letters = [letter(1, Some(coupon(&world, 2)))];
        let path = write(folder.path(), "one.csv", "R1", &letters);
        take(&world, path, CHUNK).await.unwrap();
        let left = coupons(&world.ctx, &Actor::Operator, 10).await.unwrap();
        assert_eq!(lines(&left), [&*expected[0], &*expected[2]]);
        let first = coupons(&world.ctx, &Actor::Operator, 1).await.unwrap();
        assert_eq!(lines(&first), [&*expected[0]]);
        let asked = coupons(&world.ctx, &Actor::Job("nightly"), 10).await;
        assert!(matches!(asked, Err(UseCaseError::NotAllowed)));
    });
}
