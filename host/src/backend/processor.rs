//! What the system says of the processor.

use std::fs;

/// Marketing name of the processor, where the system tells.
pub fn name() -> Option<String> {
    read_value("/proc/cpuinfo", "model name")
}

/// The first value of a name in a file of `name: value` lines, as Linux has them under `/proc`.
pub(crate) fn read_value(path: &str, name: &str) -> Option<String> {
    value_of(&fs::read_to_string(path).ok()?, name)
}

fn value_of(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_proc_files() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2: fast\n\nmodel name\t: other\n";
        assert_eq!(
            value_of(text, "model name").as_deref(),
            Some("Some CPU @ 2: fast")
        );
        assert_eq!(value_of(text, "model"), None);
        assert_eq!(value_of("", "model name"), None);
    }
}
