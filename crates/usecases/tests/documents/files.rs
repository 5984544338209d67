//! A small roster and what the stories ask of it.

use jiff::SignedDuration;
use kernel::{BillingMonth, MemberId};
use testkit::World;
use usecases::Actor;
use usecases::documents::ListFilter;
use usecases::progress::Unwatched;
use usecases::roster::ImportFile;

const HEADER: &str = "maintenance,relationship,member_id,subscriber_id,last_name,first_name,\
birth_date,address_line_1,city,state,zip,plan_line,policy_number,coverage_first_day,premium";

pub fn member_with_number(number: u64) -> MemberId {
    MemberId::parse(&format!("{:011}", 30_000_000_000 + number)).expect("it has 11 digits")
}

pub fn first_page() -> ListFilter {
    ListFilter {
        page: 1,
        ..ListFilter::default()
    }
}

/// Takes over a family of two: a subscriber of this line and a child. Who signs in is the
/// subscriber.
pub async fn family(world: &World, number: u64, line: &str, premium: &str) -> Actor {
    let (own, child) = (member_with_number(number), member_with_number(number + 500));
    let (own_id, child_id) = (own.as_str(), child.as_str());
    let text = format!(
        "{HEADER}\n\
         add,self,{own_id},{own_id},Peña,María,1971-11-03,12 Elm St,Farmington,CT,06032,{line},P1,\
         2026-01-01,{premium}\n\
         add,child,{child_id},{own_id},Peña,=Luis,2015-05-19,,,,,{line},P1,2026-01-01,\n"
    );
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let path = folder.path().join("roster.csv");
    std::fs::write(&path, text).expect("a temporary file can be written");
    let file = ImportFile {
        path,
        format: None,
        again: true,
    };
    usecases::roster::import(&world.ctx, &Actor::Operator, file, &Unwatched)
        .await
        .expect("the roster is taken over");
    let mut tx = world.ctx.store.read().await.expect("there is a database");
    let person = store::accounts::person_by_member_id(&mut tx, &own)
        .await
        .expect("the database answers")
        .expect("the subscriber is there");
    crate::member(world, person.id)
}

/// The same family with an invoice of $310.00 for next month.
pub async fn invoiced(world: &World, number: u64, line: &str) -> Actor {
    let actor = family(world, number, line, "310.00").await;
    let month = BillingMonth::of(world.ctx.today()).next();
    let options = usecases::billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 100,
    };
    usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
        .await
        .expect("the month is invoiced");
    world.clock.advance(SignedDuration::from_mins(1));
    actor
}
