//! Stories about images of checks: beside a lockbox file, after it, and in image cash letters.

use std::path::Path;

use formats::image_cash_letter::Image;
use identity::Role;
use kernel::{CheckImageId, StaffId};
use testkit::{World, both};
use usecases::check_images::{
    ImageSeen, ImagesOf, ImagesReport, LARGEST, Wanted, Why, beside, open, take_in_images,
};
use usecases::lockbox::{CHUNK, returns_waiting, take_in_returns};
use usecases::staff::batches;
use usecases::suspense::{self, Waiting};
use usecases::{Actor, UseCaseError};

use crate::files::number;
use crate::lockbox::{Letter, a_billed_plan, clean, coupon, letter, take, write};
use crate::returned::{letter_of, returned};

/// A bilevel TIFF of eight by one pixels, uncompressed; `row` are its pixels.
pub fn tiff(row: u8) -> Vec<u8> {
    let tags: [(u16, u16, u32); 9] = [
        (256, 3, 8),
        (257, 3, 1),
        (258, 3, 1),
        (259, 3, 1),
        (262, 3, 0),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, 1),
        (279, 4, 1),
    ];
    let mut file = vec![b'I', b'I', 42, 0, 10, 0, 0, 0, row, 0, 9, 0];
    for (tag, kind, value) in tags {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

pub fn staff(world: &World, role: Role) -> Actor {
    Actor::Staff {
        staff: world.ctx.id::<StaffId>(),
        role,
        address: String::new(),
    }
}

fn lay(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    std::fs::write(folder.join(name), bytes).expect("an image can be written");
}

async fn take_images(world: &World, folder: &Path, of: &str) -> Result<ImagesReport, UseCaseError> {
    let of = ImagesOf::Named(of.to_owned());
    take_in_images(&world.ctx, &Actor::Operator, folder.to_owned(), of).await
}

/// The first check in suspense, as billing sees it.
pub async fn first_waiting(world: &World) -> Waiting {
    let billing = staff(world, Role::Billing);
    let key = suspense::next(&world.ctx, &billing, None)
        .await
        .expect("it answers");
    let key = key.expect("a check waits");
    suspense::look(&world.ctx, &billing, key)
        .await
        .expect("it is there")
}

async fn original(world: &World, id: CheckImageId) -> Vec<u8> {
    let auditor = staff(world, Role::Auditor);
    let file = open(&world.ctx, &auditor, id, Wanted::Original).await;
    file.expect("it is there").bytes
}

/// How many images the list of the only batch has with each check.
async fn in_the_batch(world: &World) -> Vec<usize> {
    let billing = staff(world, Role::Billing);
    let all = batches::batches(&world.ctx, &billing).await;
    let file = all.expect("it answers").files[0].file;
    let batch = batches::file(&world.ctx, &billing, file, None, 1).await;
    let checks = batch.expect("it is there").checks;
    checks.iter().map(|check| check.images.len()).collect()
}

fn sides(images: &[ImageSeen]) -> Vec<(bool, bool, bool)> {
    let images = images.iter();
    images
        .map(|i| (i.back, i.showable, i.with_return))
        .collect()
}

#[test]
fn good_images_are_kept_once_and_bad_ones_named_with_what_to_do() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 1).await;
        let letters = [letter(1, None), letter(2, None)];
        let file = write(folder.path(), "mail.csv", "R1", &letters);
        take(&world, file.clone(), CHUNK).await.unwrap();
        assert_eq!(first_waiting(&world).await.images, []);
        let images = beside(&file);
        assert!(images.ends_with("mail.csv.images"));
        lay(&images, "001-1-front.tif", &tiff(0x0f));
        lay(&images, "1-01-BACK.tiff", &tiff(0xf0));
        lay(&images, "001-2-1-front.tif", &tiff(0x3c));
        lay(&images, ".DS_Store", b"of a Mac");
        for (name, bytes) in [
            ("001-2-back.tif", b"%PDF-1.7 renamed".to_vec()),
            ("001-2-back.png", b"\x89PNG\r\n\x1a\ncut".to_vec()),
            ("001-9-front.tif", tiff(1)),
            ("001-1-2-front.tif", tiff(2)),
            ("letter.tif", tiff(3)),
            (
                "001-2-b.tif",
                vec![0; usize::try_from(LARGEST).unwrap() + 1],
            ),
        ] {
            lay(&images, name, &bytes);
        }
        let report = take_images(&world, &images, "R1").await.unwrap();
        assert_eq!((report.kept, report.before), (3, 0));
        // They stand with their checks in the list of the batch, too.
        assert_eq!(in_the_batch(&world).await, [2, 1]);
        let bad: Vec<_> = report
            .bad
            .iter()
            .map(|b| (b.file_name.as_str(), &b.why))
            .collect();
        assert!(
            matches!(
                bad[..],
                [
                    ("001-1-2-front.tif", Why::NoCheck),
                    ("001-2-b.tif", Why::TooLarge(_)),
                    ("001-2-back.png", Why::Unreadable(_)),
                    ("001-2-back.tif", Why::Unreadable(_)),
                    ("001-9-front.tif", Why::NoCheck),
                    ("letter.tif", Why::Name),
                ]
            ),
            "{bad:?}"
        );
        // Again, by the name of the file: nothing is kept twice, and another image of a side that
        // is there is not mixed in.
        lay(
            &images,
            "001-2-front.png",
            &formats::check_image::for_browsers(tiff(9)).unwrap().1,
        );
        let again = take_images(&world, &images, "mail.csv").await.unwrap();
        assert_eq!((again.kept, again.before, again.bad.len()), (0, 3, 7));
        let other = again.bad.iter().find(|bad| bad.why == Why::OtherThere);
        assert_eq!(other.unwrap().file_name, "001-2-front.png");
        assert_eq!(number(&world, "SELECT COUNT(*) FROM check_images").await, 3);
        seen_and_sealed(&world).await;
        clean(&world).await;
    });
}

/// The first check has a front and a back, which those see who see suspense; the database holds
/// neither in clear, and no look goes unrecorded.
async fn seen_and_sealed(world: &World) {
    let images = first_waiting(world).await.images;
    assert_eq!(sides(&images), [(false, true, false), (true, true, false)]);
    assert_eq!(original(world, images[0].id).await, tiff(0x0f));
    assert_eq!(original(world, images[1].id).await, tiff(0xf0));
    for role in Role::ALL {
        let actor = staff(world, role);
        let shown = open(&world.ctx, &actor, images[0].id, Wanted::Shown).await;
        if matches!(role, Role::Associate | Role::Administrator) {
            assert!(matches!(shown, Err(UseCaseError::NotAllowed)), "{role:?}");
            continue;
        }
        let shown = shown.expect("it is shown");
        assert_eq!(shown.media_type, "image/png");
        assert!(shown.bytes.starts_with(b"\x89PNG"), "{role:?}");
    }
    for actor in [Actor::Operator, Actor::Job("x")] {
        let shown = open(&world.ctx, &actor, images[0].id, Wanted::Shown).await;
        assert!(matches!(shown, Err(UseCaseError::NotAllowed)));
    }
    let billing = staff(world, Role::Billing);
    let unknown = open(&world.ctx, &billing, world.ctx.id(), Wanted::Shown).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound)));
    let looks = "SELECT COUNT(*) FROM audit_events WHERE action = 'check-image-seen' \
                 AND detail LIKE 'check=%/1 side=%'";
    assert_eq!(number(world, looks).await, 5);
    // Sealed: base64 of the bytes of a TIFF begins with SUkq.
    let clear = "SELECT COUNT(*) FROM check_image_contents WHERE content LIKE '%SUkq%' \
                 OR content NOT LIKE '%.%'";
    assert_eq!(number(world, clear).await, 0);
    assert!(
        world
            .ctx
            .store
            .write::<(), UseCaseError, _>(|tx| Box::pin(async move {
                Ok(tx
                    .execute("DELETE FROM check_image_contents", store::args![])
                    .await
                    .map(drop)?)
            }))
            .await
            .is_err(),
        "an image was deleted"
    );
}

#[test]
fn images_find_their_file_or_say_why_not() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 1).await;
        for (name, reference, n) in [("a.csv", "R1", 1), ("b.csv", "R2", 2)] {
            let path = write(folder.path(), name, reference, &[letter(n, None)]);
            std::fs::rename(&path, folder.path().join("today.csv")).unwrap();
            let path = folder.path().join("today.csv");
            take(&world, path, CHUNK).await.unwrap();
        }
        let images = folder.path().join("scans");
        lay(&images, "001-2-front.tif", &tiff(0x0f));
        for (of, code) in [
            ("R3", "images-file-unknown reference=R3"),
            ("today.csv", "images-file-unclear reference=today.csv"),
        ] {
            let refused = take_images(&world, &images, of).await.unwrap_err();
            assert_eq!(refused.to_string(), code);
        }
        let missing = take_images(&world, &folder.path().join("none"), "R1").await;
        let said = missing.unwrap_err().to_string();
        assert!(said.starts_with("images-unreadable folder="), "{said}");
        let of = ImagesOf::Named("R2".to_owned());
        let person = staff(&world, Role::Supervisor);
        let refused = take_in_images(&world.ctx, &person, images.clone(), of).await;
        assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
        assert_eq!(
            take_images(&world, &images, "R1").await.unwrap().bad[0].why,
            Why::NoCheck
        );
        assert_eq!(take_images(&world, &images, "R2").await.unwrap().kept, 1);
    });
}

fn images_of(front: u8, back: u8) -> Vec<Image> {
    [(false, front), (true, back)]
        .into_iter()
        .map(|(back, row)| Image {
            back,
            format: "00".to_owned(),
            bytes: tiff(row),
        })
        .collect()
}

#[test]
fn images_of_a_cash_letter_stay_with_their_check_byte_for_byte() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 2).await;
        let letters = [
            letter(1, None),
            letter(2, Some(coupon(&world, 2))),
            Letter {
                cents: 12_345,
                ..letter(3, None)
            },
        ];
        take(
            &world,
            write(folder.path(), "in.csv", "R1", &letters),
            CHUNK,
        )
        .await
        .unwrap();
        let mut came = returned(101, 31_000, 'A', None);
        came.returned = None;
        came.images = images_of(0x11, 0x22);
        let mut unknown = returned(555, 31_000, 'A', None);
        unknown.returned = None;
        unknown.images = images_of(0x33, 0x44);
        let mut back = returned(102, 31_000, 'A', None);
        back.images = images_of(0x55, 0x66);
        let mut nobodys = returned(666, 31_000, 'D', None);
        nobodys.images = vec![Image {
            back: false,
            format: "00".to_owned(),
            bytes: b"a bank's own kind of image".to_vec(),
        }];
        let file = letter_of(&folder, "letter.x9", &[came, unknown, back, nobodys]);
        let report = take_in_returns(&world.ctx, &Actor::Operator, file.clone())
            .await
            .unwrap();
        assert_eq!((report.checks, report.reversed, report.images), (2, 1, 5));
        assert_eq!(report.images_of_unknown.len(), 1);
        let again = take_in_returns(&world.ctx, &Actor::Operator, file)
            .await
            .unwrap();
        assert_eq!((again.before, again.images), (2, 0));
        let images = first_waiting(&world).await.images;
        assert_eq!(sides(&images), [(false, true, false), (true, true, false)]);
        assert_eq!(original(&world, images[0].id).await, tiff(0x11));
        assert_eq!(original(&world, images[1].id).await, tiff(0x22));
        nobodys_image(&world).await;
        // The check that paid an account: whose it is was seen, too.
        let looks = "SELECT COUNT(*) FROM audit_events WHERE action = 'member-seen' \
                     AND detail = 'reason=queue' AND account_id IN \
                     (SELECT account_id FROM remittance_payments)";
        let before = number(&world, looks).await;
        assert_eq!(original(&world, of_paid(&world).await).await, tiff(0x55));
        assert_eq!(number(&world, looks).await, before + 1);
        clean(&world).await;
    });
}

/// What no browser shows is kept and can be saved.
async fn nobodys_image(world: &World) {
    let billing = staff(world, Role::Billing);
    let waiting = returns_waiting(&world.ctx, &billing)
        .await
        .expect("it is listed");
    assert_eq!(sides(&waiting[0].images), [(false, false, true)]);
    let id = waiting[0].images[0].id;
    assert_eq!(original(world, id).await, b"a bank's own kind of image");
    let shown = open(&world.ctx, &billing, id, Wanted::Shown).await;
    assert!(matches!(shown, Err(UseCaseError::NotFound)));
}

/// The front of the check that was taken back.
async fn of_paid(world: &World) -> CheckImageId {
    let mut tx = world.ctx.store.read().await.expect("the database answers");
    let mut row = tx
        .one(
            "the image",
            "SELECT c.id FROM check_images c JOIN returned_checks r \
             ON r.digest = c.return_digest AND r.record_no = c.return_record \
             WHERE r.outcome = 'reversed' AND c.side = 'front'",
            store::args![],
        )
        .await
        .expect("the database answers");
    row.read().expect("the database answers")
}
