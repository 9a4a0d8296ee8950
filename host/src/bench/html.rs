//! A document as one page of HTML: nothing is loaded, no script runs, plots are SVG with a text in their place for those who
//! can't see them, and the same figures stand in tables.

mod bars;
mod page;
mod plot;
mod scaling;
mod sizes;
mod stages;

pub use page::page;

/// Text as it stands between tags and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A name without what plots have no room for: `libsecp256k1 + keccak-asm, over rayon` is `libsecp256k1` there.
fn short(name: &str) -> &str {
    let ends = [", ", " + "].into_iter().filter_map(|end| name.find(end));
    match name.ends_with(" + gpu") {
        true => "auto",
        false => &name[..ends.min().unwrap_or(name.len())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("<script a=\"b\" c='d'>&amp;"),
            "&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;amp;"
        );
        assert_eq!(escape("µs, 10 %"), "µs, 10 %");
    }

    #[test]
    fn names_in_plots() {
        for (name, said) in [
            ("avx512, 16 threads", "avx512"),
            ("libsecp256k1 + keccak-asm, over rayon", "libsecp256k1"),
            ("avx512, 16 threads + gpu", "auto"),
            ("gpu (software)", "gpu (software)"),
        ] {
            assert_eq!(short(name), said);
        }
    }
}
