//! Stories about the folder in which the bank's files arrive.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testkit::{World, both};
use usecases::Ctx;
use usecases::lockbox::{FolderReport, take_in_folder};

use crate::check_images::tiff;
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

#[test]
fn images_are_taken_in_beside_their_file_and_after_it_once_they_are_whole() {
    both(|world| async move {
        drop(a_billed_plan(&world, 1).await);
        let folder = Folder::new();
        let ctx = watching(&world, &folder);
        let at = |name: &str| folder.path().join(name);
        let lay = |name: &str, bytes: &[u8]| {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            std::fs::write(at(name), bytes).unwrap();
            written_ago(&world, &at(name), 60);
        };
        let changed_ago = |name: &str, seconds: u64| {
            let now = u64::try_from(world.ctx.now().as_second()).expect("after 1970");
            let at_time = SystemTime::UNIX_EPOCH + Duration::from_secs(now - seconds);
            std::fs::File::open(at(name))
                .unwrap()
                .set_modified(at_time)
                .unwrap();
        };
        let file = write(
            folder.path(),
            "a.csv",
            "R1",
            &[letter(1, None), letter(2, None)],
        );
        written_ago(&world, &file, 60);
        lay("a.csv.images/001-1-front.tif", &tiff(1));
        lay("a.csv.images/001-7-front.tif", &tiff(2));
        lay("b.csv.images/001-3-front.tif", &tiff(3));
        lay("a.csv.images/001-1-back.tif.part", &tiff(4)[..9]);
        changed_ago("a.csv.images", 60);
        changed_ago("b.csv.images", 60);
        let kept = "SELECT COUNT(*) FROM check_images";
        // The file comes in; its images are still being written, and b.csv is not there.
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(1, 0));
        assert_eq!(number(&world, kept).await, 0);
        std::fs::remove_file(at("a.csv.images/001-1-back.tif.part")).unwrap();
        lay("a.csv.images/001-1-back.tif", &tiff(4));
        changed_ago("a.csv.images", 5);
        assert_eq!(
            take_in_folder(&ctx).await.unwrap(),
            report(0, 0),
            "just changed"
        );
        changed_ago("a.csv.images", 60);
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(1, 1));
        assert_eq!(number(&world, kept).await, 2);
        assert!(at("taken-in/a.csv.images/001-1-back.tif").exists());
        let why = at("refused/a.csv.images/001-7-front.tif.txt");
        let why = std::fs::read_to_string(why).unwrap();
        assert!(why.contains("the file has no such check"), "{why}");
        assert!(at("refused/a.csv.images/001-7-front.tif").exists());
        // b.csv comes after its images.
        let file = write(folder.path(), "b.csv", "R2", &[letter(3, None)]);
        written_ago(&world, &file, 60);
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(2, 0));
        assert_eq!(number(&world, kept).await, 3);
        // Nobody sends a file to these.
        lay("c.csv.images/001-1-front.tif", &tiff(1));
        changed_ago("c.csv.images", 60);
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(0, 0));
        world.clock.advance(jiff::SignedDuration::from_hours(25));
        assert_eq!(take_in_folder(&ctx).await.unwrap(), report(0, 1));
        let why = std::fs::read_to_string(at("refused/c.csv.images.txt")).unwrap();
        assert!(why.contains("images-file-unknown"), "{why}");
    });
}
