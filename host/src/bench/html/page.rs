//! The page around the plots.

use super::{bars, escape, scaling, sizes, stages};
use crate::bench::{
    curves::curves,
    energy::CAVEAT,
    format::joules,
    record::{Document, Topic},
    sentences::{losses, tally, warning},
};

/// Colours of lines and parts that the style has.
pub(super) const COLOURS: usize = 8;

/// Light and dark, for a phone and for a desk. Colours are those of Okabe and Ito, which people tell apart who don't see all
/// of them, darker on light ground and lighter on dark.
const STYLE: &str = include_str!("style.css");

/// A document as a page.
pub fn page(document: &Document) -> String {
    let machine = &document.machine;
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Phalanx {0} on {1}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>Phalanx {0}</h1>\n<p>{1}<br>{2}, measured in {3:.0} s</p></header>\n",
        escape(&document.phalanx),
        escape(&machine.title()),
        escape(&document.date),
        document.seconds
    );
    if let Some(warning) = warning(document) {
        html.push_str(&format!(
            "<p class=\"warning\" role=\"alert\">{}</p>\n",
            escape(&warning)
        ));
    }
    for said in [tally(document), losses(document)] {
        html.push_str(&format!("<p>{}</p>\n", escape(&said)));
    }
    section(&mut html, "Beside rivals", bars::section(document));
    let parts = curves(document)
        .into_iter()
        .enumerate()
        .map(|(place, curve)| sizes::section(&curve, &format!("sizes{place}")));
    section(&mut html, "Throughput by batch size", grid(parts));
    section(
        &mut html,
        "Where a block's time goes",
        grid(document.stages.iter().map(stages::section)),
    );
    let threads = document
        .rows
        .iter()
        .filter(|row| row.topic == Topic::Threads);
    let threads = threads
        .enumerate()
        .map(|(place, row)| scaling::section(row, &format!("threads{place}")));
    section(&mut html, "Scaling with threads", grid(threads));
    section(&mut html, "Energy", energy(document));
    section(&mut html, "Machine", about(document));
    section(&mut html, "Method", METHOD.into());
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

const METHOD: &str = "<p>Contenders take turns on the same inputs. The answers of each one's first call are checked before it is \
timed, and of later calls those of trie updates and of chains; whoever answers wrongly there ends the run. Times are medians; \
a ratio is the median of the ratios of each round, so that what slows down a whole round slows down both sides. Intervals are \
of order statistics, as for the sign test: they assume no distribution, and hold the true median in 95 % of cases or more if \
rounds are independent; of so many comparisons, a few intervals are bound to miss it. Where there were fewer than six rounds, \
the confidence that they have is said. A comparison is won or lost only if all of such an interval is, and undecided otherwise. \
Recovery, Keccak-256, trie updates and the nodes of a witness are on one thread and are timed by the processor time of the \
process, where the system is a Unix; everything else, and everything on other systems, is timed by the wall's clock.</p>\n\
<p>alloy-trie, and the tries of headers' roots and the blooms of best practice, hash by alloy's default Keccak. With alloy's feature \
asm-keccak, which this program is built without and clients may have, a trie update of alloy-trie is about 1.6 times as fast.</p>\n";

fn section(html: &mut String, title: &str, body: String) {
    if !body.is_empty() {
        html.push_str(&format!(
            "<section><h2>{}</h2>\n{body}</section>\n",
            escape(title)
        ));
    }
}

/// Side by side where there is room.
fn grid(parts: impl Iterator<Item = String>) -> String {
    let parts: String = parts.map(|part| format!("<div>\n{part}</div>\n")).collect();
    match parts.is_empty() {
        true => parts,
        false => format!("<div class=\"grid\">\n{parts}</div>\n"),
    }
}

fn energy(document: &Document) -> String {
    let energy = &document.energy;
    if energy.sources.is_empty() {
        let reason = energy.reason.as_deref().unwrap_or("nothing tells");
        return format!("<p>Not readable here: {}.</p>\n", escape(reason));
    }
    let part = |of: Option<f64>| match of {
        Some(of) => escape(&joules(of)),
        None => "not readable here".into(),
    };
    let rows: String = energy
        .rows
        .iter()
        .map(|row| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escape(&row.contender),
                escape(&row.per),
                part(row.processor),
                part(row.gpu)
            )
        })
        .collect();
    format!(
        "<p>From {}. {CAVEAT}</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">contender</th><th scope=\"col\">for</th><th scope=\"col\">processor</th><th scope=\"col\">GPU</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n",
        escape(&energy.sources.join(", "))
    )
}

fn about(document: &Document) -> String {
    let (machine, choice, noise) = (&document.machine, &document.choice, &document.noise);
    let memory = machine
        .memory_bytes
        .map(|bytes| format!("{} MiB", bytes >> 20));
    let unknown = || "the system does not tell".to_owned();
    let mut html = String::from("<dl>\n");
    let mut term = |name: &str, text: String| {
        html.push_str(&format!(
            "<dt>{}</dt><dd>{}</dd>\n",
            escape(name),
            escape(&text)
        ));
    };
    term(
        "processor",
        machine.processor.clone().unwrap_or_else(unknown),
    );
    term("logical processors", machine.logical_processors.to_string());
    term("instruction sets", machine.features.join(" "));
    term("memory", memory.unwrap_or_else(unknown));
    term("system", format!("{} {}", machine.os, machine.architecture));
    for note in &machine.backends {
        let word = if note.available {
            "available"
        } else {
            "absent"
        };
        term(
            &format!("backend {}", note.backend),
            format!("{word}: {}", note.reason),
        );
    }
    term(
        "chosen",
        format!(
            "{} on {} threads: {}",
            choice.backend, choice.threads, choice.reason
        ),
    );
    term("beside a GPU", choice.sharing.clone());
    let verdict = if noise.is_noisy() {
        "noisy"
    } else {
        "quiet enough"
    };
    term(
        "noise",
        format!(
            "{verdict}: of {} samples of the same arithmetic, a tenth took {:.1} % longer than the quickest tenth, or more (limit {:.0} %)",
            noise.samples,
            100.0 * noise.spread,
            100.0 * noise.limit
        ),
    );
    html.push_str("</dl>\n");
    if !document.notes.is_empty() {
        let notes: String = document
            .notes
            .iter()
            .map(|note| format!("<li>{}</li>\n", escape(note)))
            .collect();
        html.push_str(&format!("<h3>Notes</h3>\n<ul>\n{notes}</ul>\n"));
    }
    html
}

#[cfg(test)]
mod tests;
