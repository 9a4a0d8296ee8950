//! Which processor was measured.

use std::fs;

/// The processor's name with family and model, by which generations of one name are told apart; `None` where the system
/// doesn't say.
pub(super) fn name() -> Option<String> {
    described(&fs::read_to_string("/proc/cpuinfo").ok()?)
}

fn described(cpuinfo: &str) -> Option<String> {
    let value = |name: &str| {
        let mut fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = fields.find(|(key, _)| key.trim() == name)?;
        Some(value.trim())
    };
    let (name, family, model) = (value("model name")?, value("cpu family")?, value("model")?);
    Some(format!("{name}, family {family}, model {model}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_cpuinfo() {
        let text =
            "cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: Some: CPU\n\nmodel name\t: other\n";
        let name = described(text);
        assert_eq!(name.as_deref(), Some("Some: CPU, family 25, model 17"));
        assert_eq!(described("Features : fp asimd\n"), None);
    }
}
