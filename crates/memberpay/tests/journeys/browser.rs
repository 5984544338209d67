//! A real browser, driven as a person drives it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::process::{Child, Command};

use crate::support::{ports, program, tools};

/// chromedriver on a port of its own.
pub struct Driver {
    pub url: String,
    child: Child,
}

impl Driver {
    /// Starts it; `None` if it is not installed and that is allowed here.
    pub async fn start() -> Option<Self> {
        let Some(path) = tools::chromedriver() else {
            tools::not_checked(
                "chromedriver",
                "install chromium and chromium-driver, or set CHROMEDRIVER",
            );
            return None;
        };
        if tools::axe().is_none() {
            tools::not_checked("axe-core", "run: npm ci --prefix e2e");
        }
        let port = ports::free();
        let child = Command::new(path)
            .args([&format!("--port={port}"), "--log-level=OFF"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver can be started");
        let url = format!("http://127.0.0.1:{port}");
        let (client, begun) = (program::client(), Instant::now());
        while client.get(format!("{url}/status")).send().await.is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "chromedriver does not answer"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(Driver { url, child })
    }

    /// Ends it.
    pub async fn stop(mut self) {
        let _ = self.child.kill().await;
    }
}

/// One browser with nothing in it yet.
pub struct Browser {
    pub driver: WebDriver,
    /// False if the person has switched scripts off.
    pub scripts: bool,
}

impl Browser {
    /// Opens one.
    pub async fn open(driver: &str, scripts: bool) -> Self {
        let mut wanted = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--disable-quic",
            "--disable-dev-shm-usage",
            // As on a phone: what scrolls takes no room.
            "--hide-scrollbars",
            "--lang=en-US",
        ] {
            wanted.add_arg(argument).unwrap();
        }
        if !scripts {
            let without = json!({ "profile.managed_default_content_settings.javascript": 2 });
            wanted.add_experimental_option("prefs", without).unwrap();
        }
        wanted
            .set("goog:loggingPrefs", json!({ "browser": "ALL" }))
            .unwrap();
        let driver = WebDriver::new(driver, wanted)
            .await
            .expect("chromium can be started");
        driver
            .set_page_load_timeout(Duration::from_secs(60))
            .await
            .unwrap();
        driver
            .set_script_timeout(Duration::from_secs(60))
            .await
            .unwrap();
        let browser = Browser { driver, scripts };
        browser.be_wide(1280).await;
        browser
    }

    /// Makes the window as wide as a device is.
    pub async fn be_wide(&self, width: u32) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.driver
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", size)
            .await
            .unwrap();
    }

    /// A picture of the whole page.
    pub async fn picture(&self, name: &str) {
        let cdp = self.driver.cdp();
        let Ok(sizes) = cdp.send_raw("Page.getLayoutMetrics", json!({})).await else {
            return;
        };
        let size = &sizes["cssContentSize"];
        let clip =
            json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let how = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let Ok(answer) = cdp.send_raw("Page.captureScreenshot", how).await else {
            return;
        };
        let Some(encoded) = answer["data"].as_str() else {
            return;
        };
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(encoded)
            .unwrap();
        let file = tools::left_for_people("journeys").join(format!("{name}.png"));
        std::fs::write(file, bytes).expect("a picture can be kept");
    }

    /// What a script on the page gives back.
    pub async fn ask(&self, script: &str) -> Value {
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap()
            .json()
            .clone()
    }

    /// Errors on the console since the last time.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE")
            .map(|entry| entry.message)
            .collect()
    }

    /// Where the person was when something went wrong.
    pub async fn leave_evidence(self: &Arc<Self>, journey: &str) {
        let at = self
            .driver
            .current_url()
            .await
            .map(|url| url.to_string())
            .unwrap_or_default();
        println!("  it was at {at}");
        self.picture(&format!("FAILED-{journey}")).await;
        if let Ok(source) = self.driver.source().await {
            let file = tools::left_for_people("journeys").join(format!("FAILED-{journey}.html"));
            let _ = std::fs::write(file, source);
        }
    }

    /// Closes it.
    pub async fn close(self: Arc<Self>) {
        if let Some(browser) = Arc::into_inner(self) {
            let _ = browser.driver.quit().await;
        }
    }
}
