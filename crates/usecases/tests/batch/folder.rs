//! Stories about the folder in which the bank's files arrive.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testkit::{World, both};
use usecases::Ctx;
use usecases::lockbox::{FolderReport, take_in_folder};

use crate::files::{Folder, number};
use crate::lockbox::{a_billed_plan, clean, coupon, letter, write};
use crate::returned::{letter_of, returned};

fn watching(world: &World, folder: &Folder) -> Ctx {
    let mut settings = (*world.ctx.settings).clone();
    settings.lockbox_folder = Some(folder.path().to_owned());
    Ctx {
        settings: Arc::new(settings),
        ..world.ctx.clone()
    }
}

/// Makes a file as old as that by the clock of the story.
fn written_ago(world: &World, path: &Path, seconds: u64) {
    let now = u64::try_from(world.ctx.now().as_second()).expect("the story is after 1970");
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now - seconds);
    let file = std::fs::File::options().write(true).open(path);
    file.and_then(|file| file.set_modified(at))
        .expect("a time can be set");
}

fn report(taken_in: u64, refused: u64) -> FolderReport {
    FolderReport { taken_in, refused }
}

#[test]
fn whole_files_are_taken_in_and_put_away_and_broken_ones_put_aside_with_the_reason() {
    both(|world| async move {
        let roster = a_billed_plan(&world, 3).await;
        drop(roster);
        let folder = Folder::new();
        let ctx = watching(&world, &folder);
        let at = |name: &str| folder.path().join(name);
        let file = |name, reference, who| {
            let letters = [letter(who, Some(coupon(&world, who.into())))];
            write(folder.path(), name, reference, &letters)
        };
        let good = file("a.csv", "R1", 1);
        let broken = file("b.csv", "R2", 2);
        let text = std::fs::read_to_string(&broken).unwrap();
        std::fs::write(&broken, text.replace("310.00,1", "311.00,1")).unwrap();
        let still_written = file("c.csv", "R3", 3);
        let partial = file("d.csv.part", "R4", 3);
        let back = letter_of(&folder, "e.x9", &[returned(101, 31_000, 'A', None)]);
        std::fs::write(at("f.txt"), "Dear plan, where is my money?").unwrap();
        for path in [&good, &broken, &partial, &back, &at("f.txt")] {
            written_ago(&world, path, 60);
        }
        written_ago(&world, &still_written, 5);
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(2, 2));
        for there in [
            "taken-in/a.csv",
            "taken-in/e.x9",
            "refused/b.csv",
            "c.csv",
            "d.csv.part",
        ] {
            assert!(at(there).exists(), "{there}");
        }
        let why = std::fs::read_to_string(at("refused/b.csv.txt")).unwrap();
        assert!(why.contains("difference of $1.00"), "{why}");
        assert!(at("refused/f.txt.txt").exists());
        let returned = "SELECT COUNT(*) FROM payments WHERE status = 'returned'";
        assert_eq!(number(&world, returned).await, 1);
        // Now the last one is whole, and the first comes again under its name.
        let again = file("a.csv", "R1", 1);
        for path in [&again, &still_written] {
            written_ago(&world, path, 60);
        }
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(2, 0));
        assert!(at("taken-in/a.csv.2").exists());
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(0, 0));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 2);
        clean(&world).await;
    });
}
