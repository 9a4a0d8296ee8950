//! `phalanx bench` without another command: everything.

use super::WholeArgs;
use crate::{
    bench::{Plan, Sizes, Step, compare, html, record::Document, run as measure, text},
    cli::{fail, print},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    error::Error,
    fs,
    io::{self, IsTerminal},
    path::Path,
    process::ExitCode,
    time::Duration,
};

/// Parts of the progress bar.
const PARTS: f64 = 1000.0;

pub(super) fn run(args: &WholeArgs) -> ExitCode {
    match result(args) {
        Ok(text) => print("bench", &text).map_or_else(|code| code, |()| ExitCode::SUCCESS),
        Err(error) => fail("bench", error),
    }
}

fn result(args: &WholeArgs) -> Result<String, Box<dyn Error + Send + Sync>> {
    // What can't be read or written is found out before minutes go by.
    let old = args.compare.as_deref().map(|path| {
        let text = fs::read_to_string(path).map_err(|error| error.to_string());
        let old = text.and_then(|text| compare::parse(&text).map_err(|error| error.to_string()));
        old.map_err(|error| format!("--compare {}: {error}", path.display()))
    });
    let old = old.transpose()?;
    if let Some(path) = &args.report {
        can_be_written(path).map_err(|error| format!("--report {}: {error}", path.display()))?;
    }
    let time = Duration::from_secs(args.time.into());
    let plan = Plan {
        config: args.engine.config()?,
        time,
        paths: args.paths.clone(),
        sizes: Sizes::fitting(time),
    };
    let bar = progress_bar();
    let document = measure(&plan, &mut |step: Step<'_>| {
        bar.set_position((step.done * PARTS) as u64);
        bar.set_message(match step.workload {
            "" => step.topic.to_owned(),
            workload => format!("{}: {workload}", step.topic),
        });
    });
    bar.finish_and_clear();
    let document = document?;
    if let Some(path) = &args.report {
        fs::write(path, html::page(&document))
            .map_err(|error| format!("--report {}: {error}", path.display()))?;
    }
    output(args, &document, old.as_ref())
}

/// An error unless a file is there that can be written, or can be made. Nothing is left of it: a run that fails has no report.
fn can_be_written(path: &Path) -> io::Result<()> {
    match fs::File::create_new(path) {
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::OpenOptions::new().append(true).open(path).map(drop)
        }
        Err(error) => Err(error),
    }
}

/// One JSON object, or tables; a comparison goes into either.
fn output(
    args: &WholeArgs,
    document: &Document,
    old: Option<&Document>,
) -> Result<String, Box<dyn Error + Send + Sync>> {
    let comparison = old.map(|old| compare::compare(old, document));
    if args.json {
        let mut json = serde_json::to_value(document)?;
        if let Some(comparison) = comparison {
            json["comparison"] = serde_json::to_value(comparison)?;
        }
        return Ok(serde_json::to_string_pretty(&json)? + "\n");
    }
    let mut said = text::text(document, io::stdout().is_terminal());
    if let Some(comparison) = comparison {
        said.push('\n');
        said.push_str(&comparison.text());
    }
    Ok(said)
}

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(PARTS as u64);
    let template = "{elapsed_precise} {bar:30} {percent:>3} % {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_whether_a_file_can_be_written_leaves_all_as_it_was() {
        let name = format!("phalanx-report-{}.html", std::process::id());
        let path = std::env::temp_dir().join(name);
        can_be_written(&path).expect("temporary files can be made");
        assert!(!path.exists(), "nothing is left");
        fs::write(&path, "an earlier report").expect("a file is written");
        can_be_written(&path).expect("its own file");
        let text = fs::read_to_string(&path).expect("it is still there");
        assert_eq!(text, "an earlier report");
        fs::remove_file(&path).expect("it was there");
        assert!(can_be_written(&path.join("below/nothing")).is_err());
    }
}
