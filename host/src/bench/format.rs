//! Numbers as people read them, on a terminal and on a page.

use super::{
    record::{Entry, Row},
    stats::Estimate,
};

/// Nanoseconds with three digits and a unit.
pub(super) fn time(ns: f64) -> String {
    scaled(ns, &[(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")])
}

/// So many a second.
pub(super) fn rate(a_second: f64) -> String {
    let text = scaled(
        a_second,
        &[(1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")],
    );
    text.replace(" /s", "/s")
}

/// Joules with three digits.
pub(super) fn joules(joules: f64) -> String {
    scaled(
        joules,
        &[(1e3, "kJ"), (1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ")],
    )
}

/// What an item takes somebody, with transactions and gas a second where blocks are executed.
pub(super) fn cost(row: &Row, entry: &Entry) -> String {
    let (transactions, gas) = row.block_rates(entry);
    let mut text = format!("{} a {}", time(entry.item_ns.median), row.unit);
    if let Some(transactions) = transactions {
        text.push_str(&format!(", {} tx/s", rate(transactions).replace("/s", "")));
    }
    if let Some(gas) = gas {
        text.push_str(&format!(", {:.0} Mgas/s", gas / 1e6));
    }
    text
}

/// A ratio: `7.3x`.
pub(super) fn times(ratio: f64) -> String {
    format!("{}x", digits(ratio))
}

/// A ratio's interval: `7.1 to 7.5`, with its confidence where that is not what it should be.
pub(super) fn interval(of: &Estimate) -> String {
    let text = format!("{} to {}", digits(of.low), digits(of.high));
    match of.is_sure() {
        true => text,
        false => format!("{text}, {:.0} %", 100.0 * of.confidence),
    }
}

/// Text from elsewhere with U+FFFD in place of control characters, which a terminal would obey.
pub(super) fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A number with commas.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two digits behind the point below ten, one below a hundred.
fn digits(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        ..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

fn scaled(number: f64, units: &[(f64, &str)]) -> String {
    let unit = units.iter().find(|(factor, _)| number >= *factor);
    let (factor, unit) = unit.or(units.last()).copied().unwrap_or((1.0, ""));
    format!("{} {unit}", digits(number / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(time(0.5), "0.50 ns");
        assert_eq!(time(30.04), "30.0 ns");
        assert_eq!(time(3_012.0), "3.01 µs");
        assert_eq!(time(2_500_000.0), "2.50 ms");
        assert_eq!(rate(185_000.0), "185 k/s");
        assert_eq!(rate(12.0), "12.0/s");
        assert_eq!(joules(0.0123), "12.3 mJ");
        assert_eq!(times(7.345), "7.34x");
        assert_eq!(times(12.34), "12.3x");
        let numbers = [0, 8, 999, 1000, 16_384, 1_234_567];
        let texts = ["0", "8", "999", "1,000", "16,384", "1,234,567"];
        assert_eq!(numbers.map(count), texts);
    }

    #[test]
    fn intervals_say_how_sure_they_are() {
        assert_eq!(interval(&Estimate::of([1.0; 9])), "1.00 to 1.00");
        assert_eq!(
            interval(&Estimate::of([1.0, 2.0, 3.0])),
            "1.00 to 3.00, 75 %"
        );
    }
}
