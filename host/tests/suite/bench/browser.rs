//! The page in headless Chromium, as wide as a phone and as a desk, light and dark.

use super::{document, temporary};
use phalanx::bench::html;
use serde_json::Value;
use std::{env, fs, io::Write, path::PathBuf, process::Command};

/// What looks at the page: one that holds it in a frame of some width, since the page itself runs no script. A frame whose
/// content stands in its parent may be looked into.
const LOOK: &str = r#"
const frame = document.querySelector("iframe");
frame.onload = () => {
  const view = frame.contentWindow, page = frame.contentDocument;
  const channels = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (text) => {
    const part = channels(text).slice(0, 3).map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = view.getComputedStyle(at).backgroundColor, alpha = channels(colour)[3];
      if (alpha === undefined || alpha > 0) return colour;
    }
  };
  let contrast = 100, faintest = "", outside = [];
  for (const element of page.querySelectorAll("main *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const shown = element.getClientRects().length > 0;
    if (own && shown) {
      const style = view.getComputedStyle(element), inPlot = element.ownerSVGElement;
      const [a, b] = [light(inPlot ? style.fill : style.color), light(ground(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < contrast) { contrast = ratio; faintest = element.outerHTML.slice(0, 80); }
    }
    const box = element.getBoundingClientRect(), scrolls = element.closest(".scroll");
    const edge = element.ownerSVGElement ? element.ownerSVGElement.getBoundingClientRect().right : view.innerWidth;
    if (shown && !scrolls && box.right > edge + 1) outside.push(element.outerHTML.slice(0, 80));
  }
  const result = {
    inner: view.innerWidth, scroll: page.documentElement.scrollWidth, plots: page.querySelectorAll("svg.plot").length,
    ground: light(ground(page.body)), contrast, faintest, outside,
    texts: [...page.querySelectorAll("svg[role=img]")].filter((svg) => !svg.querySelector("desc") && !svg.ariaLabel).length,
  };
  document.querySelector("pre").textContent = JSON.stringify(result);
};
"#;

/// Chromium, where it is; one line that it isn't, or a failure where it must be.
fn chromium() -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            env::var_os("PHALANX_REQUIRE_CHROMIUM").is_none(),
            "no Chromium on PATH, and PHALANX_REQUIRE_CHROMIUM is set"
        );
        // Not println!, which the test harness keeps to itself when a test passes.
        let line = b"SKIPPED the report in a browser: no chromium on PATH\n";
        std::io::stderr()
            .write_all(line)
            .expect("standard error takes a line");
    }
    found
}

/// What the page is like in a frame of some width.
fn look(chromium: &PathBuf, page: &str, width: u32, dark: bool) -> Value {
    let name = format!("look-{width}-{dark}");
    let (file, profile) = (temporary(&format!("{name}.html")), temporary(&name));
    let inside = page.replace('&', "&amp;").replace('"', "&quot;");
    let around = format!(
        "<!DOCTYPE html><meta charset=utf-8><pre></pre>\
         <iframe style=\"border:0;width:{width}px;height:900px\"></iframe>\
         <script>{LOOK}</script><template id=page title=\"{inside}\"></template>\
         <script>frame.srcdoc = document.querySelector('#page').title</script>"
    );
    fs::write(&file, around).expect("a file is written");
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--window-size=1400,1000",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        // 0 is dark, 1 light.
        .arg(format!(
            "--blink-settings=preferredColorScheme={}",
            u8::from(!dark)
        ))
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("Chromium runs");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    for left in [fs::remove_file(&file), fs::remove_dir_all(&profile)] {
        left.expect("it was there");
    }
    let result = dom
        .split("<pre>")
        .nth(1)
        .and_then(|rest| rest.split("</pre>").next());
    let result = result
        .unwrap_or_default()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {dom:.2000}"))
}

#[test]
fn the_page_fits_a_phone_and_a_desk_in_light_and_dark() {
    let Some(chromium) = chromium() else { return };
    let page = html::page(document());
    for (width, dark) in [(360, false), (360, true), (1280, false), (1280, true)] {
        let seen = look(&chromium, &page, width, dark);
        let number = |name: &str| seen[name].as_f64().expect("a number");
        assert_eq!(number("inner"), f64::from(width), "{seen}");
        assert!(
            number("scroll") <= f64::from(width),
            "wider than its window: {seen}"
        );
        assert_eq!(
            seen["outside"],
            serde_json::json!([]),
            "beyond the edge: {seen}"
        );
        assert_eq!(
            number("plots"),
            4.0,
            "two curves and two of threads: {seen}"
        );
        assert_eq!(number("texts"), 0.0, "a plot without words: {seen}");
        // WCAG 2.1, level AA.
        assert!(number("contrast") >= 4.5, "faint: {seen}");
        assert_eq!(number("ground") < 0.2, dark, "{seen}");
    }
}
