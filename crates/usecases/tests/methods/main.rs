//! Saved payment methods, on both databases: they belong to one person, are validated before the
//! first debit, and say in time that they expire.

mod autopay;
mod bank;
mod cards;
mod expiry;

use std::sync::Arc;

use kernel::{BankAccountNumber, Language, MethodId, PersonId, RoutingNumber};
use store::methods::MethodRow;
use testkit::{Maria, ScriptedProcessor, World, maria};
use usecases::methods::{self, CardAdded, MethodView};
use usecases::payments::BankEntry;
use usecases::{Actor, Ctx, UseCaseError};

/// Maria, somebody else, and a processor.
struct Scene {
    world: World,
    ctx: Ctx,
    maria: Maria,
    other: Maria,
    processor: Arc<ScriptedProcessor>,
}

impl Scene {
    async fn new(mut world: World) -> Scene {
        let processor = Arc::new(ScriptedProcessor::default());
        world.ctx.gateway = processor.clone();
        let (maria, other) = (maria(&world, 0).await, maria(&world, 1).await);
        let ctx = world.ctx.clone();
        Scene {
            world,
            ctx,
            maria,
            other,
            processor,
        }
    }

    fn actor(&self, person: PersonId) -> Actor {
        Actor::Member {
            login: self.ctx.id(),
            person,
            address: "192.0.2.1".to_owned(),
        }
    }

    fn maria(&self) -> Actor {
        self.actor(self.maria.person)
    }

    fn other(&self) -> Actor {
        self.actor(self.other.person)
    }

    async fn list(&self) -> Vec<MethodView> {
        methods::list(&self.ctx, &self.maria())
            .await
            .expect("a list")
    }

    async fn save_card(&self, actor: &Actor) -> Result<Option<CardAdded>, UseCaseError> {
        let back = "https://pay.example.com/account/methods/card/1/return";
        let fields = methods::add_card_start(&self.ctx, actor, Language::English, back).await?;
        methods::add_card_finish(&self.ctx, actor, &fields.session).await
    }

    async fn card(&self) -> MethodId {
        let added = self.save_card(&self.maria()).await.expect("it is taken");
        added.expect("it was entered").method
    }

    async fn save_bank(&self, number: &str) -> Result<MethodView, UseCaseError> {
        methods::add_bank(&self.ctx, &self.maria(), &entry(number), "test").await
    }

    async fn row(&self, method: MethodId) -> MethodRow {
        let mut tx = self.ctx.store.read().await.expect("a database");
        store::methods::by_id(&mut tx, self.maria.person, method)
            .await
            .expect("it can be read")
            .expect("it is there")
    }
}

fn entry(number: &str) -> BankEntry {
    BankEntry {
        routing: RoutingNumber::parse("110000000").expect("it is one"),
        number: BankAccountNumber::parse(number).expect("it is one"),
        savings: false,
        holder: "Maria Lopez".to_owned(),
    }
}

fn code(error: UseCaseError) -> &'static str {
    match error {
        UseCaseError::Refused(refusal) => refusal.code,
        UseCaseError::NotFound => "not-found",
        UseCaseError::NotAllowed => "not-allowed",
        other => panic!("neither refused nor hidden: {other:?}"),
    }
}
