//! Ommers of a part's first blocks are judged by ancestors that lie before it.

use super::*;
use crate::hostile::{corpus, small::Small};
use alloy_consensus::Header;

/// A block that might have stood in place of the next.
fn rival(small: &Small) -> Header {
    Header {
        extra_data: b"rival".to_vec().into(),
        ..small.next()
    }
}

/// A chain in which the block 10 has this ommer: one that might have stood in place of the block `10 - age`, which was
/// included before by the block `10 - again`.
fn chain(age: usize, again: Option<usize>) -> Vec<u8> {
    let mut small = Small::new();
    let mut ommer = None;
    for number in 1..=20 {
        if number == 10 - age {
            ommer = Some(rival(&small));
        }
        let included = number == 10 || again.is_some_and(|before| number == 10 - before);
        let ommers = ommer.iter().filter(|_| included);
        let ommers = ommers.map(|ommer| (ommer.clone(), 8_u128.saturating_sub(age as u128)));
        small.push(ommers.collect());
    }
    corpus::era1(&small)
}

/// Whether the block 10 is right, in the whole and in its part; nothing else is wrong before it.
fn block_10(bytes: &[u8]) -> bool {
    let whole = opened(bytes).whole().expect("whole");
    let whole = judge(&Options::default(), std::iter::once(whole));
    let expected = verdicts(&whole);
    let verified = whole[0].blocks[10].verdict.is_verified();
    for block in &whole[0].blocks {
        let is_before = block.verdict.number < Some(10);
        assert_eq!(block.verdict.is_verified(), verified || is_before);
    }
    if !verified {
        assert_eq!(failed(&whole[0].blocks[10].verdict), [Check::Ommers]);
    }
    for (first, last) in [(10, 11), (9, 12), (8, 11), (5, 20), (0, 21)] {
        let part = opened(bytes).part(first..last).expect("a part");
        let reports = judge(&Options::default(), std::iter::once(part));
        let places = first as usize..last as usize;
        assert_eq!(verdicts(&reports), expected[places], "{first}..{last}");
    }
    verified
}

#[test]
fn ommers_are_of_seven_generations() {
    for age in 0..10 {
        assert_eq!(block_10(&chain(age, None)), (1..=6).contains(&age), "{age}");
    }
}

#[test]
fn ommers_are_included_once() {
    for age in 2..=6 {
        for again in 1..age {
            assert!(!block_10(&chain(age, Some(again))), "{age} {again}");
        }
    }
}
