//! Fields of the header, each changed with the claimed hash kept and with no hash claimed.

mod changes;

use super::{
    Expect::By,
    Subject, Tally,
    chain::{Generated, SMALL},
    sealed, witness,
};
use changes::changes;
use phalanx::{block::Block, generate::Plan, verdict::Check};

/// Makes every change, in both ways.
fn run(subject: &Subject, tally: &mut Tally) {
    for (name, header, expect) in changes(subject) {
        let original = &subject.block;
        assert_ne!(header, original.header, "{name}");
        let fitted = sealed(Block {
            header,
            ..original.clone()
        });
        let claimed = Block {
            claimed_hash: Some(original.hash),
            ..fitted.clone()
        };
        let kept = format!("{name}, claimed hash kept");
        subject.expect(tally, kept, &claimed, By(&[Check::BlockHash]));
        subject.expect(tally, name, &fitted, expect);
    }
}

#[test]
fn of_a_generated_chain() {
    let chain = Generated::new(SMALL);
    let mut tally = Tally::new("headers of a generated chain");
    for index in [0, 2] {
        run(&chain.subject(index), &mut tally);
    }
    tally.print();
    let unseen = tally.unseen();
    assert!(
        unseen
            .iter()
            .all(|name| ["extra data", "gas limit in bounds", "mix hash"].contains(name)),
        "{unseen:?}"
    );
}

#[test]
fn of_empty_blocks() {
    let plan = Plan {
        transactions: 0,
        ..SMALL
    };
    let mut tally = Tally::new("headers of empty blocks");
    run(&Generated::new(plan).subject(1), &mut tally);
    tally.print();
    let unseen = [
        "beneficiary",
        "extra data",
        "gas limit in bounds",
        "mix hash",
    ];
    assert_eq!(tally.unseen(), unseen);
}

#[test]
fn of_witnessed_blocks() {
    let mut tally = Tally::new("headers of witnessed blocks");
    for name in witness::FORKS {
        if let Some(subject) = witness::real("headers of witnessed blocks", name) {
            run(&subject, &mut tally);
        }
    }
    tally.print();
}
