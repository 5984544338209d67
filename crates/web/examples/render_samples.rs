//! Writes every sample of every page as a file, to look at in a browser:
//! `cargo run -p memberpay-web --example render_samples -- plans/connecticare.toml target/pages`.

use std::path::Path;

use kernel::Language;
use memberpay_web::assets::Assets;
use memberpay_web::samples::{plan_of, render_all};
use memberpay_web::templates::Engine;
use memberpay_web::words::Words;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plan_file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("give a plan file and a folder to write to".into());
    };
    let plan = plan_of(&plan_file, &std::fs::read_to_string(&plan_file)?)?;
    let folder = Path::new(&folder);
    let assets = Assets::new(&plan.brand);
    let engine = Engine::new(std::env::var_os("MEMBERPAY_TEMPLATES").map(Into::into))?;
    std::fs::create_dir_all(folder)?;
    for (name, body) in assets.all() {
        std::fs::write(folder.join(name), body)?;
    }
    for language in Language::ALL {
        let words = Words::new(language, &plan);
        for sample in render_all(&engine, &words)? {
            // The escaping of templates writes a slash as a character reference.
            let html = sample
                .html
                .replace("&#x2f;assets&#x2f;", "")
                .replace("/assets/", "");
            let name = sample.name.replace(['/', ' '], "-").replace(".html", "");
            std::fs::write(folder.join(format!("{name}.{}.html", language.tag())), html)?;
        }
    }
    Ok(())
}
