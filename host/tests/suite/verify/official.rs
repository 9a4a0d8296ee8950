//! Official blockchain tests, one archive a test.

use super::reports;

/// Passed tests, and what the tests that did not pass are called.
fn tests(test: &str, name: &str) -> Option<(usize, Vec<String>)> {
    let mut passed = 0;
    let mut others = Vec::new();
    for report in reports(test, name)? {
        assert_eq!(report.unreadable, None, "{}", report.input);
        match report.test {
            None => assert_eq!(report.blocks.len(), 0, "{}", report.input),
            Some(test) if test.failure.is_none() => passed += 1,
            Some(test) => others.push(format!("{}: {:?}", test.name, test.failure)),
        }
    }
    Some((passed, others))
}

#[test]
fn legacy_tests() {
    let archive = "official/legacy-Constantinople-BlockchainTests.tar.zst";
    let Some((passed, others)) = tests("verify::official::legacy_tests", archive) else {
        return;
    };
    assert_eq!(others, Vec::<String>::new());
    assert_eq!(passed, 32_592);
}

#[test]
fn ethereum_tests() {
    let archive = "official/ethereum-tests.tar.zst";
    let Some((passed, others)) = tests("verify::official::ethereum_tests", archive) else {
        return;
    };
    assert_eq!(others, Vec::<String>::new());
    assert_eq!(passed, 14_903);
}

#[test]
fn execution_spec_tests() {
    let archive = "official/eest-v5.4.0-part.tar.zst";
    let Some((passed, others)) = tests("verify::official::execution_spec_tests", archive) else {
        return;
    };
    // Amsterdam's rules are refused as not supported, which no test can expect.
    for other in &others {
        assert!(other.contains("Amsterdam"), "{other}");
        assert!(other.contains("not supported"), "{other}");
    }
    assert_eq!(passed, 11_189);
}
