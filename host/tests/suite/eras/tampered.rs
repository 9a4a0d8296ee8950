//! Archives that were tampered with: the whole names the block and the check, and so does the part that holds the block.

use super::*;
use alloy_consensus::Header;
use alloy_primitives::U256;
use alloy_rlp::{Decodable, Encodable};
use phalanx::input::Era1Block;

/// Numbers of the blocks that are changed: at both ends of a part, and within one.
const PLACES: [usize; 4] = [7, 13, 20, 62];

/// What a file says once it is changed and its accumulator made to fit.
fn changed(place: usize, change: impl FnOnce(&mut Era1Case)) -> Vec<u8> {
    let mut case = opened(&GENERATED.files[place]).whole().expect("whole");
    change(&mut case);
    file::refit(&mut case);
    file::written(&case)
}

/// The whole refuses the block at `at` first, by this check, and the parts that hold it or have it among their ancestors
/// say what the whole says. Those that begin beyond it and the next, which may be wrong with it, know nothing of it.
fn is_refused(bytes: &[u8], at: usize, check: Check, what: &str) {
    let options = &GENERATED.options;
    let whole = judge(
        options,
        std::iter::once(opened(bytes).whole().expect("whole")),
    );
    let blocks = &whole[0].blocks;
    let bad = blocks.iter().position(|block| !block.verdict.is_verified());
    assert_eq!(bad, Some(at), "{what}");
    let verdict = &blocks[at].verdict;
    assert!(failed(verdict).contains(&check), "{what}: {verdict:?}");
    let expected = verdicts(&whole);
    for size in SIZES {
        let mut archive = opened(bytes);
        let first = archive.blocks().start;
        let cases: Vec<_> = parts(&mut archive, size).collect();
        let reaches: Vec<_> = cases
            .iter()
            .map(|case| {
                let begins = (case.start - first) as usize;
                (begins, begins + case.ancestors)
            })
            .collect();
        let reports = judge(options, cases.into_iter());
        for (report, (begins, own)) in reports.iter().zip(reaches) {
            let end = own + report.blocks.len();
            let found = verdicts(std::slice::from_ref(report));
            // The first ancestor is taken without its parent.
            if begins < at || begins == 0 {
                assert!(found == expected[own..end], "{what}: {own}..{end}");
            } else if begins > at + 1 {
                assert!(is_verified(report), "{what}: {own}..{end}");
            }
        }
    }
}

fn header(block: &mut Era1Block, change: impl FnOnce(&mut Header)) {
    let mut header = Header::decode(&mut block.header.as_slice()).expect("a header");
    change(&mut header);
    block.header.clear();
    header.encode(&mut block.header);
}

#[test]
fn a_byte_of_a_transaction() {
    for place in [0, 1] {
        for at in PLACES {
            for back in [1, 40, 100] {
                let bytes = changed(place, |case| {
                    let withdrawals = withdrawals(&case.blocks[at]);
                    let body = &mut case.blocks[at].body;
                    let end = body.len() - withdrawals;
                    // Before the empty list of ommers.
                    body[end - 1 - back] ^= 1;
                });
                let what = format!("byte {back} before the end of block {at} of archive {place}");
                let whole = opened(&bytes).whole().expect("whole");
                let reports = judge(&GENERATED.options, std::iter::once(whole));
                // Some bytes hold the encoding together.
                let check = match reports[0].blocks[at].verdict.number {
                    Some(_) => Check::TransactionsRoot,
                    None => Check::Decoding,
                };
                is_refused(&bytes, at, check, &what);
            }
        }
    }
}

/// Bytes of a block's withdrawals, the last of its body.
fn withdrawals(block: &Era1Block) -> usize {
    let mut body = block.body.as_slice();
    let list = alloy_rlp::Header::decode(&mut body).expect("a list");
    assert_eq!(list.payload_length, body.len());
    for _ in 0..2 {
        let item = alloy_rlp::Header::decode(&mut body).expect("a list");
        body = &body[item.payload_length..];
    }
    body.len()
}

#[test]
fn a_field_of_a_header() {
    for at in PLACES {
        let limit = changed(1, |case| {
            header(&mut case.blocks[at], |header| header.gas_limit *= 2)
        });
        is_refused(&limit, at, Check::HeaderRules, "gas limit");
        let root = changed(1, |case| {
            header(&mut case.blocks[at], |header| {
                header.receipts_root.0[0] ^= 1
            })
        });
        is_refused(&root, at, Check::ReceiptsRoot, "receipts root");
        let link = changed(1, |case| {
            header(&mut case.blocks[at], |header| header.parent_hash.0[0] ^= 1)
        });
        is_refused(&link, at, Check::ParentLink, "parent hash");
        // Without a state only the next block knows.
        let state = changed(1, |case| {
            header(&mut case.blocks[at], |header| header.state_root.0[0] ^= 1)
        });
        is_refused(&state, at + 1, Check::ParentLink, "state root");
    }
}

#[test]
fn a_receipt() {
    for at in PLACES {
        for back in [1, 90] {
            let bytes = changed(1, |case| {
                let receipts = &mut case.blocks[at].receipts;
                let end = receipts.len();
                receipts[end - back] ^= 1;
            });
            is_refused(&bytes, at, Check::ReceiptsRoot, "a receipt");
        }
    }
}

#[test]
fn a_total_difficulty() {
    for at in PLACES {
        let bytes = changed(1, |case| {
            case.blocks[at].total_difficulty += U256::ONE;
        });
        let whole = opened(&bytes).whole().expect("whole");
        let whole = judge(&GENERATED.options, std::iter::once(whole));
        let part = opened(&bytes).part(64 + at as u64..65 + at as u64);
        let part = judge(&GENERATED.options, std::iter::once(part.expect("a part")));
        for verdict in [&whole[0].blocks[at].verdict, &part[0].blocks[0].verdict] {
            assert_eq!(failed(verdict), [Check::HeaderRules]);
        }
    }
}

#[test]
fn blocks_exchanged() {
    for at in PLACES {
        let bytes = changed(1, |case| case.blocks.swap(at, at + 1));
        is_refused(&bytes, at, Check::ParentLink, "exchanged blocks");
    }
}

#[test]
fn the_accumulator() {
    for bytes in &GENERATED.files {
        let mut case = opened(bytes).whole().expect("whole");
        let right = case.accumulator;
        case.accumulator = right.map(|root| root ^ alloy_primitives::B256::with_last_byte(1));
        let bytes = file::written(&case);
        let report = judge(&GENERATED.options, std::iter::once(case)).remove(0);
        assert!(
            report
                .blocks
                .iter()
                .all(|block| block.verdict.is_verified())
        );
        let faults: Vec<_> = report.faults.iter().map(|fault| fault.check).collect();
        assert_eq!(faults, ["accumulator"]);
        // The parts don't know. Who joins them does.
        let mut archive = opened(&bytes);
        assert_ne!(Some(archive.accumulator()), right);
        let mut joined = Era1Case {
            genesis: None,
            start: 0,
            blocks: Vec::new(),
            ancestors: 0,
            accumulator: None,
        };
        for mut part in parts(&mut archive, 7) {
            joined.blocks.extend(part.blocks.drain(part.ancestors..));
        }
        file::refit(&mut joined);
        assert_eq!(joined.accumulator, right);
        let reports = judge(&GENERATED.options, parts(&mut archive, 7));
        assert!(reports.iter().all(is_verified));
    }
}

/// With the state at hand, a header's state root is held against it too.
#[test]
fn a_state_root_over_its_state() {
    let bytes = changed(0, |case| {
        header(&mut case.blocks[4], |header| header.state_root.0[0] ^= 1)
    });
    for part in [0..64, 0..5, 3..5, 4..5] {
        let mut case = opened(&bytes).part(part.clone()).expect("a part");
        case.genesis = Some(Arc::clone(&GENERATED.genesis));
        let report = judge(&GENERATED.options, std::iter::once(case)).remove(0);
        let verdict = &report.blocks[4 - part.start as usize].verdict;
        assert_eq!(
            (verdict.number, failed(verdict)),
            (Some(4), vec![Check::StateRoot])
        );
    }
    let mut case = opened(&bytes).part(5..7).expect("a part");
    case.genesis = Some(Arc::clone(&GENERATED.genesis));
    let report = judge(&GENERATED.options, std::iter::once(case)).remove(0);
    for block in &report.blocks {
        assert_eq!(failed(&block.verdict), [Check::ParentLink]);
    }
}
