//! Letters on paper: each printed once, whatever happens to a run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kernel::NoticeId;
use store::StoreError;
use testkit::both;
use usecases::notices::{self, DocumentType, NoticeKind};
use usecases::{Actor, UseCaseError};

use crate::scene::{Scene, refusal, words_of};
use crate::words::sample;

/// The notices in the manifests of a folder, with how often each is there and where its letter is.
fn printed(folder: &Path) -> BTreeMap<String, Vec<std::path::PathBuf>> {
    let mut found: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for batch in std::fs::read_dir(folder).unwrap().flatten() {
        let Ok(manifest) = std::fs::read_to_string(batch.path().join("manifest.csv")) else {
            continue;
        };
        for line in manifest.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let file = batch.path().join(fields[1]);
            assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF"));
            found.entry(fields[4].to_owned()).or_default().push(file);
        }
    }
    found
}

/// `count` letters that wait.
async fn waiting(scene: &Scene, count: usize) -> Vec<NoticeId> {
    let mut told = Vec::new();
    for _ in 0..count {
        told.push(scene.tell(NoticeKind::DraftFailed).await);
    }
    told
}

fn each_once(told: &[NoticeId], folders: &[&Path]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for folder in folders {
        for (notice, files) in printed(folder) {
            *times.entry(notice).or_default() += files.len();
        }
    }
    assert_eq!(times.len(), told.len());
    for notice in told {
        assert_eq!(times.get(&notice.to_string()), Some(&1), "{notice}");
    }
}

#[test]
fn a_letter_is_printed_once_however_often_the_run_is_repeated() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let told = waiting(&scene, 5).await;
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let report = scene.print(one.path(), 2).await.unwrap();
        assert_eq!((report.letters, report.batches, report.pages), (5, 3, 5));
        for folder in [&one, &two] {
            let again = scene.print(folder.path(), 2).await.unwrap();
            assert_eq!((again.letters, again.batches), (0, 0));
        }
        each_once(&told, &[one.path(), two.path()]);
        let member = scene.member.clone();
        for actor in [
            member,
            Actor::Guest {
                address: String::new(),
            },
        ] {
            let options = notices::PrintOptions {
                folder: one.path().to_owned(),
                batch: 2,
            };
            let refused = notices::print::print(&scene.ctx, &actor, &options).await;
            assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
        }
    });
}

#[test]
fn two_runs_at_once_into_two_folders_share_what_waits() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let told = waiting(&scene, 24).await;
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = tokio::join!(scene.print(one.path(), 3), scene.print(two.path(), 3),);
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.letters + second.letters, 24);
        assert!(
            first.letters > 0 && second.letters > 0,
            "both had work: {first:?} {second:?}"
        );
        each_once(&told, &[one.path(), two.path()]);
    });
}

#[test]
fn two_runs_at_once_into_one_folder_do_not_write_over_each_other() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let told = waiting(&scene, 6).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let (first, second) = tokio::join!(scene.print(path, 2), scene.print(path, 2));
        assert_eq!(first.unwrap().letters, 6);
        assert_eq!(refusal(second).code, "print-running");
        each_once(&told, &[path]);
    });
}

#[test]
fn a_run_that_is_killed_anywhere_is_finished_by_the_next_and_prints_nothing_twice() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let told = waiting(&scene, 12).await;
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut killed = 0;
        for millis in (5..).step_by(35) {
            let run = scene.print(folder.path(), 4);
            match tokio::time::timeout(Duration::from_millis(millis), run).await {
                Ok(report) => {
                    report.unwrap();
                    break;
                }
                Err(_) => killed += 1,
            }
        }
        assert!(killed > 1, "{killed}");
        let rest = scene.print(other.path(), 4).await.unwrap();
        assert_eq!((rest.letters, rest.unfinished.len()), (0, 0));
        each_once(&told, &[folder.path()]);
        assert_eq!(printed_at_all(&scene).await, 12);
    });
}

async fn printed_at_all(scene: &Scene) -> i64 {
    let sql = "SELECT COUNT(*) FROM letters WHERE printed_at IS NOT NULL AND batch <> $1";
    scene.count(sql, "").await
}

#[test]
fn a_batch_that_was_begun_for_one_folder_is_not_printed_into_another() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let told = waiting(&scene, 3).await;
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        scene.print(one.path(), 10).await.unwrap();
        // Killed after everything was written and before it was noted.
        scene
            .sql(
                "UPDATE letters SET printed_at = NULL, sent_copy = ''",
                Vec::new(),
            )
            .await;
        let elsewhere = scene.print(two.path(), 10).await.unwrap();
        assert_eq!(elsewhere.letters, 0);
        let named = one.path().canonicalize().unwrap();
        assert_eq!(
            elsewhere.unfinished,
            [named.to_string_lossy().into_owned()],
            "the operator hears where to go on"
        );
        let finished = scene.print(one.path(), 10).await.unwrap();
        assert_eq!((finished.letters, finished.batches), (3, 1));
        each_once(&told, &[one.path(), two.path()]);
        // Claimed by a run that died before it wrote anything.
        let told = waiting(&scene, 1).await;
        let folder = named.to_string_lossy().into_owned();
        let begun: Result<u64, StoreError> = scene
            .ctx
            .store
            .write(move |tx| {
                let folder = folder.clone();
                Box::pin(
                    async move { store::notices::begin_batch(tx, "letters-x", &folder, 10).await },
                )
            })
            .await;
        assert_eq!(begun.unwrap(), 1);
        assert_eq!(scene.print(two.path(), 10).await.unwrap().letters, 0);
        assert_eq!(scene.print(one.path(), 10).await.unwrap().letters, 1);
        let path = one.path().join("letters-x/00001.pdf");
        assert_eq!(printed(one.path())[&told[0].to_string()], [path]);
    });
}

#[test]
fn what_is_agreed_to_is_enclosed_and_a_stored_letter_is_the_printed_one() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene.agree(&[DocumentType::Invoices]).await;
        let folder = tempfile::tempdir().unwrap();
        let report = scene.print(folder.path(), 10).await.unwrap();
        assert_eq!(report.letters, 1);
        assert!(report.pages > 1, "{report:?}");
        let found = printed(folder.path());
        let (notice, files) = found.first_key_value().unwrap();
        assert_eq!(files.len(), 2);
        if let Some(words) = words_of(&std::fs::read(&files[1]).unwrap()) {
            assert!(words.contains("Read this before you agree."), "{words}");
        }
        let id = NoticeId::parse(notice).unwrap();
        let kept = notices::copy(&scene.ctx, &scene.member, id).await.unwrap();
        assert_eq!(kept.pdf.unwrap(), std::fs::read(&files[0]).unwrap());
        let sent = notices::of_person(&scene.ctx, &scene.member, scene.maria.person).await;
        let paper = sent.unwrap()[0].paper.clone().unwrap();
        assert_eq!((paper.line, paper.printed_at.is_some()), (Some(1), true));
        assert!(
            files[0].to_string_lossy().contains(&paper.batch),
            "the proof names the batch"
        );
    });
}

#[test]
fn a_letter_is_in_the_readers_language_and_in_large_print_it_is_longer() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let folder = tempfile::tempdir().unwrap();
        let english = scene.tell(NoticeKind::DraftFailed).await;
        scene.spanish_in_large_print().await;
        let spanish = scene
            .tell_with(NoticeKind::DraftFailed, sample(NoticeKind::DraftFailed))
            .await;
        let report = scene.print(folder.path(), 10).await.unwrap();
        assert!(
            report.pages > report.letters,
            "large print needs more: {report:?}"
        );
        let found = printed(folder.path());
        let text =
            |notice: NoticeId| words_of(&std::fs::read(&found[&notice.to_string()][0]).unwrap());
        let (Some(english), Some(spanish)) = (text(english), text(spanish)) else {
            return;
        };
        assert!(english.contains("did not go through"), "{english}");
        assert!(spanish.contains("Su pago automático"), "{spanish}");
        for words in [&english, &spanish] {
            assert!(words.contains("1 Main Street"), "{words}");
            assert!(words.contains("$86.40"), "{words}");
        }
    });
}
