//! Era1 archives: receipts, headers, bodies, difficulties, the accumulator, and the order of the entries.

mod archive;

use super::{Random, Tally, chain, flipped, is_verified, judge};
use alloy_consensus::{Eip658Value, ReceiptEnvelope};
use alloy_primitives::{B256, U256};
use alloy_rlp::Decodable;
pub(super) use archive::first_era as first_blocks;
use archive::{copy, first_era, generated};
use phalanx::{
    exec::Receipt,
    input::{CaseKind, Era1Block, Era1Case},
    verdict::Check,
    verify::{accumulator, case::Options, report::CaseReport},
};

/// One of the three byte strings of an entry.
type Part = fn(&mut Era1Block) -> &mut Vec<u8>;

struct Archive {
    options: Options,
    case: Era1Case,
}

impl Archive {
    fn judge(&self, change: impl FnOnce(&mut Era1Case)) -> CaseReport {
        let mut case = copy(&self.case);
        change(&mut case);
        judge(&self.options, CaseKind::Era1(Box::new(case)))
    }

    /// A change that a check of one block must refuse.
    fn block(
        &self,
        tally: &mut Tally,
        kind: &str,
        at: usize,
        check: Check,
        change: impl FnOnce(&mut Era1Block),
    ) {
        let report = self.judge(|case| change(&mut case.blocks[at]));
        let verdict = &report.blocks[at].verdict;
        assert!(
            verdict.outcome(check).is_fault(),
            "{kind} of entry {at}: {verdict:#?}"
        );
        tally.note(kind, false);
    }

    /// A change that must be refused somewhere.
    fn whole(&self, tally: &mut Tally, kind: &str, change: impl FnOnce(&mut Era1Case)) {
        let report = self.judge(change);
        assert!(!is_verified(&report), "{kind}");
        tally.note(kind, false);
    }

    /// A change that the accumulator must refuse.
    fn accumulated(&self, tally: &mut Tally, kind: &str, change: impl FnOnce(&mut Era1Case)) {
        let report = self.judge(change);
        assert_eq!(
            report.faults.first().map(|fault| fault.check),
            Some("accumulator"),
            "{kind}"
        );
        tally.note(kind, false);
    }

    /// What can be done to any archive, at the entry `at`.
    fn entries(&self, at: usize, tally: &mut Tally) {
        self.accumulated(tally, "accumulator", |case| {
            case.accumulator = case.accumulator.map(flipped)
        });
        self.accumulated(tally, "entry dropped", |case| drop(case.blocks.pop()));
        self.accumulated(tally, "entries exchanged", |case| {
            case.blocks.swap(at, at + 1)
        });
        let difficulty = |case: &mut Era1Case| case.blocks[at].total_difficulty += U256::ONE;
        self.accumulated(tally, "total difficulty", difficulty);
        self.whole(tally, "entries exchanged, accumulator fits", |case| {
            case.blocks.swap(at, at + 1);
            refit(case);
        });
        self.whole(tally, "entry dropped, accumulator fits", |case| {
            case.blocks.remove(at);
            refit(case);
        });
        self.whole(tally, "entry repeated, accumulator fits", |case| {
            let again = copy(case).blocks.remove(at);
            case.blocks.insert(at, again);
            refit(case);
        });
        self.whole(tally, "total difficulty, accumulator fits", |case| {
            case.blocks[at].total_difficulty += U256::ONE;
            refit(case);
        });
        self.whole(tally, "start", |case| case.start += 1);
    }

    /// Bytes of header, body and receipts of the entry `at`: flipped, cut off, added.
    fn bytes(&self, at: usize, count: usize, tally: &mut Tally) {
        let parts: [(&str, Part); 3] = [
            ("header", |entry| &mut entry.header),
            ("body", |entry| &mut entry.body),
            ("receipts", |entry| &mut entry.receipts),
        ];
        let mut random = Random(11);
        for (part, bytes) in parts {
            for _ in 0..count {
                let flip = 1u8 << random.below(8);
                let place = random.next() as usize;
                self.whole(tally, &format!("{part} byte flipped"), |case| {
                    let bytes = bytes(&mut case.blocks[at]);
                    let place = place % bytes.len();
                    bytes[place] ^= flip;
                });
            }
            self.whole(tally, &format!("{part} cut off"), |case| {
                bytes(&mut case.blocks[at]).pop();
            });
            self.whole(tally, &format!("{part} with a byte more"), |case| {
                bytes(&mut case.blocks[at]).push(0x80);
            });
            self.whole(tally, &format!("{part} absent"), |case| {
                bytes(&mut case.blocks[at]).clear();
            });
        }
    }
}

/// Makes the accumulator fit the entries, as far as they are blocks.
fn refit(case: &mut Era1Case) {
    let records: Vec<(B256, U256)> = case
        .blocks
        .iter()
        .map(|entry| {
            (
                alloy_primitives::keccak256(&entry.header),
                entry.total_difficulty,
            )
        })
        .collect();
    case.accumulator = accumulator::root(&records);
    assert!(case.accumulator.is_some(), "an era at most");
}

/// The fields of a receipt and of its logs; whichever it has.
fn receipt_changes(archive: &Archive, at: usize, tally: &mut Tally) {
    let mut list = archive.case.blocks[at].receipts.as_slice();
    let receipts = Vec::<Receipt>::decode(&mut list).expect("receipts");
    let mut put = |kind: &str, change: &dyn Fn(&mut Vec<Receipt>)| {
        let mut changed = receipts.clone();
        change(&mut changed);
        assert!(changed != receipts, "{kind}");
        archive.block(tally, kind, at, Check::ReceiptsRoot, |entry| {
            entry.receipts = alloy_rlp::encode(&changed);
        });
    };
    for index in 0..receipts.len() {
        put("receipt status", &|list| {
            edit(&mut list[index], |receipt| {
                let status = !receipt.receipt.status.coerce_status();
                receipt.receipt.status = Eip658Value::Eip658(status);
            });
        });
        put("receipt gas", &|list| {
            edit(&mut list[index], |receipt| {
                receipt.receipt.cumulative_gas_used += 1
            });
        });
        put("receipt bloom", &|list| {
            edit(&mut list[index], |receipt| receipt.logs_bloom.0[9] ^= 1);
        });
        put("receipt dropped", &|list| drop(list.remove(index)));
        put("receipt repeated", &|list| list.push(list[index].clone()));
        put("receipt type", &|list| {
            list[index] = match &list[index] {
                Receipt::Legacy(inner) => Receipt::Eip2930(inner.clone()),
                other => Receipt::Legacy(other.as_receipt_with_bloom().expect("a receipt").clone()),
            };
        });
        if receipts[index].logs().is_empty() {
            continue;
        }
        put("log data", &|list| {
            edit(&mut list[index], |receipt| {
                let log = &mut receipt.receipt.logs[0];
                log.data.data = [&log.data.data, &[1][..]].concat().into();
            });
        });
        put("log address", &|list| {
            edit(&mut list[index], |receipt| {
                receipt.receipt.logs[0].address.0[0] ^= 1
            });
        });
        put("log topics", &|list| {
            edit(&mut list[index], |receipt| {
                let data = &mut receipt.receipt.logs[0].data;
                let mut topics = data.topics().to_vec();
                if topics.pop().is_none() {
                    topics.push(B256::ZERO);
                }
                data.set_topics_unchecked(topics);
            });
        });
        put("log dropped", &|list| {
            edit(&mut list[index], |receipt| drop(receipt.receipt.logs.pop()));
        });
    }
}

type Inner = alloy_consensus::ReceiptWithBloom<alloy_consensus::Receipt>;

fn edit(receipt: &mut Receipt, change: impl FnOnce(&mut Inner)) {
    match receipt {
        ReceiptEnvelope::Legacy(inner)
        | ReceiptEnvelope::Eip2930(inner)
        | ReceiptEnvelope::Eip1559(inner)
        | ReceiptEnvelope::Eip4844(inner)
        | ReceiptEnvelope::Eip7702(inner) => change(inner),
    }
}

#[test]
fn of_a_generated_chain() {
    let chain = chain::Generated::new(chain::SMALL);
    let archive = Archive {
        options: Options {
            chain: Some(chain.spec.clone()),
            ..Options::default()
        },
        case: generated(&chain),
    };
    let report = archive.judge(|_| ());
    assert!(is_verified(&report), "{report:#?}");
    let mut tally = Tally::new("era1 of a generated chain");
    archive.entries(1, &mut tally);
    archive.bytes(2, 30, &mut tally);
    receipt_changes(&archive, 1, &mut tally);
    tally.print();
    // Without the genesis there is no state: the receipts alone are held against the header.
    let stateless = Archive {
        case: archive::without_state(copy(&archive.case)),
        ..archive
    };
    let report = stateless.judge(|_| ());
    assert!(is_verified(&report), "{report:#?}");
    let mut tally = Tally::new("era1 of a generated chain, without state");
    stateless.entries(1, &mut tally);
    receipt_changes(&stateless, 1, &mut tally);
    stateless.bytes(1, 30, &mut tally);
    tally.print();
}

#[test]
fn of_the_first_era() {
    let test = "era1 of mainnet";
    let Some(case) = first_era(test, 120) else {
        return;
    };
    let options = Options::default();
    let archive = Archive { options, case };
    let report = archive.judge(|_| ());
    assert!(is_verified(&report), "{:#?}", report.faults);
    let mut tally = Tally::new(test);
    for at in [1, 50, 118] {
        archive.entries(at, &mut tally);
        archive.bytes(at, 25, &mut tally);
        archive.block(
            &mut tally,
            "receipt added",
            at,
            Check::ReceiptsRoot,
            |entry| {
                entry.receipts = alloy_rlp::encode(vec![Receipt::Legacy(Inner::default())]);
            },
        );
    }
    tally.print();
}
