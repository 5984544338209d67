//! Check images as another program writes and reads them.

use std::path::Path;
use std::process::Command;

use memberpay_formats::check_image::{Kind, for_browsers, verify};

/// Draws what a check may look like and writes it in each way a bank may; then compares what was
/// made of it, pixel by pixel.
const PILLOW: &str = r#"
import sys
from PIL import Image, ImageDraw
folder, step = sys.argv[1], sys.argv[2]
ways = [(mode, way) for mode in ("1", "L", "RGB") for way in
        ("raw", "group4", "tiff_lzw", "tiff_adobe_deflate", "packbits")
        if way != "group4" or mode == "1"]
for mode, way in ways:
    name = f"{folder}/{mode}-{way}"
    check = Image.new(mode, (1203, 551), "white")
    pen = ImageDraw.Draw(check)
    pen.rectangle((10, 10, 1190, 540), outline="black", width=3)
    pen.text((30, 40), "PAY TO THE ORDER OF EXAMPLE HEALTH PLAN  $310.00", fill="black")
    for x in range(0, 1203, 7):
        pen.line((x, 300, 1203 - x, 500), fill="black")
    if step == "write":
        check.save(name + ".tif", compression=None if way == "raw" else way, dpi=(200, 200))
    else:
        made = Image.open(name + ".png")
        assert made.format == "PNG" and made.size == check.size, name
        assert made.convert("RGB").tobytes() == check.convert("RGB").tobytes(), name
print(len(ways))
"#;

fn run(python: &str, folder: &Path, step: &str) -> String {
    let mut command = Command::new(python);
    command.args(["-c", PILLOW]).arg(folder).arg(step);
    let output = command.output().expect("Python can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn pillow_sees_the_same_pixels_in_the_png_as_in_the_tiff_that_it_wrote() {
    let python = std::env::var("MEMBERPAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import PIL.Image"])
        .output();
    if !there.is_ok_and(|output| output.status.success()) {
        let must = std::env::var("MEMBERPAY_TEST_TOOLS").is_ok_and(|set| set == "1");
        assert!(!must, "Pillow is missing; ./test installs it");
        println!("not checked: Pillow is missing; ./test installs it");
        return;
    }
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("checks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let written = run(&python, &folder, "write");
    let mut converted = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let bytes = std::fs::read(&path).expect("it can be read");
        assert_eq!(verify(&bytes), Ok(Kind::Tiff), "{}", path.display());
        let (kind, png) = for_browsers(bytes).expect("it is made into PNG");
        assert_eq!(kind, Kind::Png);
        std::fs::write(path.with_extension("png"), png).expect("it can be written");
        converted += 1;
    }
    assert_eq!(written, converted.to_string());
    assert_eq!(written, "13");
    run(&python, &folder, "compare");
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
