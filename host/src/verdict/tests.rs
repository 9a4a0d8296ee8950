use super::*;

fn fresh() -> BlockVerdict {
    BlockVerdict::new(Some(1), None)
}

#[test]
fn nothing_is_passed_before_it_is_checked() {
    let verdict = fresh();
    assert_eq!(verdict.outcomes().count(), Check::ALL.len());
    for (check, outcome) in verdict.outcomes() {
        assert!(
            matches!(outcome, Outcome::NotCheckable { .. }),
            "{check}: {outcome:?}"
        );
    }
    assert!(verdict.is_verified(), "nothing is known against it");
}

#[test]
fn a_fault_stays() {
    let faults: [fn(&mut BlockVerdict); 2] = [
        |verdict| verdict.fail(Check::Senders, "a", "b", Some(3), "first"),
        |verdict| verdict.not_covered(Check::Senders, Some(3), "first"),
    ];
    for note in faults {
        let mut verdict = fresh();
        verdict.pass(Check::Senders);
        note(&mut verdict);
        let noted = verdict.clone();
        verdict.pass(Check::Senders);
        verdict.skip(Check::Senders, "later");
        verdict.fail(Check::Senders, "c", "d", None, "later");
        verdict.not_covered(Check::Senders, None, "later");
        assert!(verdict.compare(Check::Senders, &1, &1));
        assert_eq!(verdict, noted);
        assert!(!verdict.is_verified());
        assert!(verdict.outcome(Check::Senders).is_fault());
    }
}

#[test]
fn each_check_has_its_own_place() {
    for (index, check) in Check::ALL.into_iter().enumerate() {
        assert_eq!(check as usize, index);
        let mut verdict = fresh();
        verdict.fail(check, "", "", None, "");
        let faults: Vec<Check> = verdict
            .outcomes()
            .filter(|(_, outcome)| outcome.is_fault())
            .map(|(check, _)| check)
            .collect();
        assert_eq!(faults, [check]);
    }
}

#[test]
fn equal_passes_and_other_fails_with_both_sides() {
    let mut verdict = fresh();
    assert!(verdict.compare(Check::GasUsed, &7, &7));
    assert_eq!(*verdict.outcome(Check::GasUsed), Outcome::Passed);
    assert!(!verdict.compare(Check::StateRoot, &7, &8));
    let expected = Outcome::Failed {
        expected: "7".into(),
        got: "8".into(),
        transaction: None,
        reason: "state_root differs".into(),
    };
    assert_eq!(*verdict.outcome(Check::StateRoot), expected);
}

#[test]
fn names_are_those_of_json() {
    for check in Check::ALL {
        assert_eq!(serde_json::to_value(check).unwrap(), check.name());
        assert_eq!(check.to_string(), check.name());
    }
}
