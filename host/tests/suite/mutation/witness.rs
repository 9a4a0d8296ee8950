//! Execution witnesses: nodes, codes and headers dropped, altered, replaced, and claims that are not true.

mod claims;
mod evidence;

use super::{Random, Subject, Tally, cases, chain, faults, judge_one, rules_of};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::Decodable;
use evidence::{copy, generated};
use phalanx::{
    input::{CaseKind, WitnessCase},
    verdict::{BlockVerdict, Outcome},
    verify::case::Options,
};
use std::collections::BTreeSet;

pub(super) const PARIS: &str = "mainnet-15537394";
pub(super) const SHANGHAI: &str = "mainnet-18884981";
pub(super) const CANCUN: &str = "mainnet-21429020";
/// Osaka, with blobs and authorizations.
pub(super) const ALL_TYPES: &str = "mainnet-23879620";
/// The smallest blocks that have transactions: one of each sort of forks.
pub(super) const SMALL: &[&str] = &["mainnet-46147", "mainnet-1149999", "mainnet-2675001"];
/// A block of each fork of which there is a witness that holds the parent's header: Frontier, Homestead, the DAO fork's
/// block, Spurious Dragon, Byzantium, Paris, Shanghai, Cancun, Osaka.
pub(super) const FORKS: &[&str] = &[
    "mainnet-116524",
    "mainnet-1150001",
    "mainnet-1920000",
    "mainnet-2675002",
    "mainnet-4370000",
    PARIS,
    SHANGHAI,
    CANCUN,
    "mainnet-25134887",
];

fn load(test: &str, name: &str) -> Option<WitnessCase> {
    let case = cases(test, &format!("witness/{name}.json.zst")).pop()?;
    match case.kind {
        CaseKind::Witness(case) => Some(*case),
        other => panic!("{name}: {other:?}"),
    }
}

fn verdict(options: &Options, case: WitnessCase) -> BlockVerdict {
    judge_one(options, CaseKind::Witness(Box::new(case)))
}

/// A real block with its witness.
pub(super) fn real(test: &str, name: &str) -> Option<Subject> {
    let case = load(test, name)?;
    let options = Options::default();
    let original = verdict(&options, copy(&case));
    assert!(original.is_verified(), "{name}: {:#?}", faults(&original));
    let spec = phalanx::chain::ChainSpec::from_chain_id(case.chain_id.expect("a chain id"));
    let parents = case
        .headers
        .iter()
        .filter(|rlp| keccak256(rlp) == case.block.header.parent_hash);
    let parent = parents
        .filter_map(|rlp| Header::decode(&mut rlp.as_ref()).ok())
        .next();
    Some(Subject {
        name: name.into(),
        block: case.block.clone(),
        rules: rules_of(&spec.expect("a known chain"), &case.block),
        parent,
        next: None,
        judge: Box::new(move |block| {
            let mut case = copy(&case);
            case.block = block.clone();
            verdict(&options, case)
        }),
    })
}

/// True if the verdict says that the witness lacks what has this name.
fn lacks(verdict: &BlockVerdict, name: &str) -> bool {
    verdict.outcomes().any(|(_, outcome)| match outcome {
        Outcome::NotCovered { reason, .. } => reason.contains(name),
        _ => false,
    })
}

struct Witness<'a> {
    name: &'a str,
    options: Options,
    case: WitnessCase,
}

impl Witness<'_> {
    fn judge(&self, change: impl FnOnce(&mut WitnessCase)) -> BlockVerdict {
        let mut case = copy(&self.case);
        change(&mut case);
        verdict(&self.options, case)
    }

    /// Judges the witness without an item. Returns whether the item is needed.
    fn is_needed(&self, hash: B256, change: impl FnOnce(&mut WitnessCase)) -> bool {
        let verdict = self.judge(change);
        let verified = verdict.is_verified();
        let right = verified || lacks(&verdict, &hash.to_string());
        assert!(
            right,
            "{} without {hash}: {:#?}",
            self.name,
            faults(&verdict)
        );
        !verified
    }

    /// Drops, alters and replaces each of the items that `list` leads to; what is needed once is needed each time.
    fn items(
        &self,
        kind: &str,
        list: fn(&mut WitnessCase) -> &mut Vec<Bytes>,
        foreign: &Bytes,
        tally: &mut Tally,
    ) {
        let mut random = Random(7);
        let mut case = copy(&self.case);
        let items = list(&mut case).clone();
        let mut spare = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let hash = keccak256(item);
            let needed = self.is_needed(hash, |case| drop(list(case).remove(index)));
            tally.note(format!("{kind} dropped"), !needed);
            let mut altered = item.to_vec();
            let byte = random.below(altered.len());
            altered[byte] ^= 1 << random.below(8);
            let changed = self.is_needed(hash, |case| list(case)[index] = altered.into());
            assert_eq!(changed, needed, "{}: {hash}", self.name);
            tally.note(format!("{kind} altered"), !needed);
            let changed = self.is_needed(hash, |case| list(case)[index] = foreign.clone());
            assert_eq!(changed, needed, "{}: {hash}", self.name);
            tally.note(format!("{kind} replaced"), !needed);
            if !needed {
                spare.insert(hash);
            }
        }
        // What is read does not depend on what is at hand: without all that is spare the block still verifies.
        let verdict = self.judge(|case| {
            list(case).retain(|item| !spare.contains(&keccak256(item)));
        });
        assert!(
            verdict.is_verified(),
            "{}: {:#?}",
            self.name,
            faults(&verdict)
        );
        assert!(
            spare.len() < items.len() || items.is_empty(),
            "{}: none needed",
            self.name
        );
    }
}

#[test]
fn of_a_generated_block() {
    let chain = chain::Generated::new(chain::SMALL);
    let witness = Witness {
        name: "generated",
        options: Options {
            chain: Some(chain.spec.clone()),
            ..Options::default()
        },
        case: generated(&chain),
    };
    let verdict = witness.judge(|_| ());
    assert!(verdict.is_verified(), "{:#?}", faults(&verdict));
    let foreign = [Bytes::from(vec![0xc0; 50])];
    let mut tally = Tally::new("witness of a generated block");
    witness.items("node", |case| &mut case.nodes, &foreign[0], &mut tally);
    witness.items("code", |case| &mut case.codes, &foreign[0], &mut tally);
    witness.harmless(&foreign, &mut tally);
    witness.claims(&mut tally);
    tally.print();
    assert!(tally.refused() > 300);
}

#[test]
fn of_real_blocks() {
    let test = "witnesses of real blocks";
    let Some(other) = load(test, "mainnet-46402") else {
        return;
    };
    let mut tally = Tally::new(test);
    // Transfers of each early fork, calls (1017395, 2675002), Cancun with contracts (21429992). All of them are small,
    // since each node is a whole verification, three times.
    for name in [
        "mainnet-46147",
        "mainnet-1017395",
        "mainnet-1150001",
        "mainnet-2675002",
        "mainnet-21429992",
    ] {
        let Some(case) = load(test, name) else {
            continue;
        };
        let options = Options::default();
        let witness = Witness {
            name,
            options,
            case,
        };
        witness.items("node", |case| &mut case.nodes, &other.nodes[0], &mut tally);
        witness.items("code", |case| &mut case.codes, &other.nodes[0], &mut tally);
        witness.harmless(&other.nodes, &mut tally);
        witness.claims(&mut tally);
    }
    tally.print();
}

/// A block that asks for the hash of an older ancestor than its parent.
#[test]
fn of_ancestors() {
    let test = "headers of a witness";
    let name = "hoodi-1265656";
    let Some(case) = load(test, name) else {
        return;
    };
    let options = Options::default();
    let witness = Witness {
        name,
        options,
        case,
    };
    let parent = witness.case.block.header.parent_hash;
    let alone = witness.judge(|case| case.headers.retain(|rlp| keccak256(rlp) == parent));
    assert!(lacks(&alone, "BLOCKHASH"), "{:#?}", faults(&alone));
    let mut tally = Tally::new(test);
    let mut refused = 0;
    for index in 0..witness.case.headers.len() {
        let dropped = witness.judge(|case| drop(case.headers.remove(index)));
        let altered = witness.judge(|case| {
            let mut header = case.headers[index].to_vec();
            header[40] ^= 1;
            case.headers[index] = header.into();
        });
        for (kind, verdict) in [("header dropped", dropped), ("header altered", altered)] {
            let verified = verdict.is_verified();
            let named = lacks(&verdict, "BLOCKHASH") || lacks(&verdict, &parent.to_string());
            assert!(
                verified || named,
                "{index}: {kind}: {:#?}",
                faults(&verdict)
            );
            tally.note(kind, verified);
            refused += u32::from(!verified);
        }
    }
    assert!(refused >= 4, "{refused}");
    tally.print();
}
