//! Images of checks beside the check in suspense, and the one address that serves them.

use http::StatusCode;
use identity::Role;
use testkit::World;
use usecases::Actor;
use usecases::check_images::{ImagesOf, take_in_images};
use usecases::lockbox::{CHUNK, ImportFile, import};
use usecases::progress::Unwatched;

use crate::reach::staff_signed_in;

const FILE: &str = "kind,lockbox,deposited_on,batch,envelope,amount,count,routing,account,\
check_number,remitter,image
check,0022222,2026-11-27,001,1,310.00,,011000015,987654321,77,MARIA PENA,IMG 1/77
total,,,,,310.00,1,,,,,
";

/// A grey TIFF of two by one pixels.
fn tiff() -> Vec<u8> {
    let mut file = b"II*\0\x0a\0\0\0\x00\xff\x09\0".to_vec();
    for (tag, value) in [
        (256_u16, 2_u16),
        (257, 1),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 1),
        (279, 2),
    ] {
        file.extend(tag.to_le_bytes());
        file.extend([3, 0, 1, 0, 0, 0]);
        file.extend(u32::from(value).to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

async fn a_check_with_images(world: &World) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("mail.csv");
    std::fs::write(&path, FILE).expect("a temporary file can be written");
    let file = ImportFile {
        path,
        layout: None,
        chunk: CHUNK,
    };
    let taken = import(&world.ctx, &Actor::Operator, file, &Unwatched).await;
    let of = ImagesOf::File(taken.expect("it is taken in").file);
    for side in ["front", "back"] {
        let path = folder.path().join(format!("001-1-{side}.tif"));
        std::fs::write(path, tiff()).expect("an image can be written");
    }
    let folder = folder.path().to_owned();
    let taken = take_in_images(&world.ctx, &Actor::Operator, folder, of).await;
    assert_eq!(taken.expect("they are taken in").kept, 2);
}

#[test]
fn staff_who_see_suspense_see_the_images_and_nobody_else_does() {
    testkit::both(|world| async move {
        a_check_with_images(&world).await;
        for role in Role::ALL {
            testkit::staff(&world, role).await;
        }
        let mut billing = staff_signed_in(&world, Role::Billing).await;
        let page = billing.open("/staff/suspense").await;
        let check = page
            .body
            .split("href=\"")
            .find(|link| link.contains("&#x2f;1\""));
        let check = check
            .and_then(|link| link.split('"').next())
            .expect("a check");
        let check = check.replace("&#x2f;", "/");
        let page = billing.open(&check).await;
        for said in [
            "alt=\"Front of check number 77, $310.00\"",
            "alt=\"Back of check number 77, $310.00\"",
            "Front: open in full size",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let spanish = billing.open(&format!("{check}?lang=es")).await;
        assert!(
            spanish
                .body
                .contains("alt=\"Anverso del cheque número 77, $310.00\"")
        );
        let image = page
            .body
            .split("src=\"")
            .find(|rest| rest.starts_with("&#x2f;staff&#x2f;check-images"));
        let image = image
            .and_then(|rest| rest.split('"').next())
            .expect("an image");
        let image = image.replace("&#x2f;", "/");
        let answer = billing.get(&image).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], "image/png");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let saved = billing.get(&format!("{image}?as=original")).await;
        assert_eq!(saved.headers["content-type"], "image/tiff");
        assert_eq!(saved.headers["content-disposition"], "attachment");
        for role in [Role::Associate, Role::Administrator] {
            let mut other = staff_signed_in(&world, role).await;
            assert_eq!(
                other.get(&image).await.status,
                StatusCode::FORBIDDEN,
                "{role:?}"
            );
        }
        for role in [Role::Supervisor, Role::Auditor] {
            let mut other = staff_signed_in(&world, role).await;
            assert_eq!(other.get(&image).await.status, StatusCode::OK, "{role:?}");
        }
    });
}

#[test]
fn a_check_without_images_says_so() {
    testkit::on(testkit::Engine::Sqlite, |world| async move {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("mail.csv");
        std::fs::write(&path, FILE).expect("a temporary file can be written");
        let file = ImportFile {
            path,
            layout: None,
            chunk: CHUNK,
        };
        import(&world.ctx, &Actor::Operator, file, &Unwatched)
            .await
            .expect("it is taken in");
        testkit::staff(&world, Role::Billing).await;
        let mut billing = staff_signed_in(&world, Role::Billing).await;
        let page = billing.open("/staff/suspense").await;
        let check = page
            .body
            .split("href=\"")
            .find(|link| link.contains("&#x2f;1\""));
        let check = check
            .and_then(|link| link.split('"').next())
            .expect("a check");
        let page = billing.open(&check.replace("&#x2f;", "/")).await;
        assert!(
            page.body
                .contains("The bank has sent no image of this check.")
        );
    });
}
