//! A saved method that is put into a mandate and taken off its owner's list at the same moment.

use std::time::Duration;

use kernel::Language;
use store::StoreError;
use testkit::both;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use usecases::{UseCaseError, autopay, methods};

use super::{Scene, seen};

/// Long enough that whatever does not wait for the method is done.
const A_WHILE: Duration = Duration::from_millis(400);

/// Holds the bank account's row until the sender is dropped; comes back once it is held.
async fn held(scene: &Scene) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (release, released) = mpsc::channel::<()>(1);
    let released = std::sync::Arc::new(tokio::sync::Mutex::new(released));
    let (held, mut is_held) = mpsc::channel(1);
    let (store, person, bank) = (scene.ctx.store.clone(), scene.maria.person, scene.bank);
    let holder = tokio::spawn(async move {
        let unit = store.write(move |tx| {
            let (held, released) = (held.clone(), released.clone());
            Box::pin(async move {
                store::methods::lock(tx, person, bank).await?;
                let _ = held.send(()).await;
                let _ = released.lock().await.recv().await;
                Ok::<(), StoreError>(())
            })
        });
        unit.await
    });
    is_held.recv().await.expect("it is held");
    (release, holder)
}

fn removes(scene: &Scene) -> JoinHandle<Result<(), UseCaseError>> {
    let (ctx, member, bank) = (scene.ctx.clone(), scene.member(), scene.bank);
    tokio::spawn(async move { methods::remove(&ctx, &member, bank).await })
}

/// Sets autopay up from the bank account, or changes it to that, with the words of `version`.
fn agrees(scene: &Scene, version: &str) -> JoinHandle<Result<(), UseCaseError>> {
    let (ctx, member, account) = (scene.ctx.clone(), scene.member(), scene.maria.account);
    let (choice, version) = (scene.choice(scene.bank), version.to_owned());
    tokio::spawn(async move {
        let view = autopay::view(&ctx, &member, account).await?;
        let agreed = if view.mandate.is_some() {
            autopay::change(&ctx, &member, account, choice, seen(&version)).await
        } else {
            autopay::set_up(&ctx, &member, account, choice, seen(&version)).await
        };
        agreed.map(drop)
    })
}

fn code(result: Result<(), UseCaseError>) -> &'static str {
    match result {
        Ok(()) => "done",
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("neither done nor refused: {other:?}"),
    }
}

/// Both at once, one of them first; what came of the mandate and of the removal.
async fn both_at_once(scene: &Scene, agrees_first: bool) -> (&'static str, &'static str) {
    let (ctx, account, choice) = (&scene.ctx, scene.maria.account, scene.choice(scene.bank));
    let member = scene.member();
    let shown = autopay::proposal(ctx, &member, account, &choice, Language::English);
    let version = shown.await.expect("the choice is sound").version;
    let (release, holder) = held(scene).await;
    let (agreeing, removing) = if agrees_first {
        let agreeing = agrees(scene, &version);
        tokio::time::sleep(A_WHILE).await;
        assert!(!agreeing.is_finished(), "it waits for who holds the method");
        (agreeing, removes(scene))
    } else {
        let removing = removes(scene);
        tokio::time::sleep(A_WHILE).await;
        (agrees(scene, &version), removing)
    };
    tokio::time::sleep(A_WHILE).await;
    assert!(!agreeing.is_finished() && !removing.is_finished());
    drop(release);
    holder.await.expect("no panic").expect("it lets go");
    let agreed = code(agreeing.await.expect("no panic"));
    (agreed, code(removing.await.expect("no panic")))
}

#[test]
fn a_method_is_not_removed_while_it_is_put_into_a_mandate() {
    for (agrees_first, changes) in [(true, false), (false, false), (true, true), (false, true)] {
        both(|world| async move {
            let scene = Scene::new(world).await;
            if changes {
                scene.set_up(scene.choice(scene.card)).await;
            }
            let came_of_it = both_at_once(&scene, agrees_first).await;
            let expected = if agrees_first {
                ("done", "method-used-by-autopay")
            } else {
                ("method-disabled", "done")
            };
            assert_eq!(came_of_it, expected, "changes: {changes}");
            let gone = "SELECT COUNT(*) FROM mandates JOIN payment_methods \
                        ON payment_methods.person_id = mandates.person_id \
                        AND payment_methods.id = mandates.method_id \
                        WHERE mandates.state = 'active' AND removed_at IS NOT NULL";
            assert_eq!(scene.count(gone).await, 0, "no mandate without its method");
        });
    }
}
