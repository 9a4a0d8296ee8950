use super::*;
use crate::{
    chain::ChainSpec,
    rules::{HeaderRule, ParentDifficulty, difficulty},
};
use alloy_primitives::Address;
use std::collections::{BTreeMap, HashMap};

/// A chain of valid Byzantium headers, and what is known of it.
struct Known {
    chain: ChainSpec,
    headers: HashMap<B256, Header>,
    ommers: HashMap<B256, Vec<B256>>,
}

impl Ancestry for Known {
    fn header(&self, hash: B256) -> Option<&Header> {
        self.headers.get(&hash)
    }
    fn ommer_hashes(&self, block: B256) -> Option<Vec<B256>> {
        self.ommers.get(&block).cloned()
    }
    fn rules(&self, header: &Header) -> Rules {
        self.chain.rules_at(header.number, header.timestamp, None)
    }
}

impl Known {
    fn new(network: &str) -> Self {
        Self {
            chain: ChainSpec::from_fixture_network(network, &BTreeMap::new(), 1).unwrap(),
            headers: HashMap::new(),
            ommers: HashMap::new(),
        }
    }

    fn child(&self, parent: &Header, miner: u8) -> Header {
        let mut child = Header {
            parent_hash: header_hash(parent),
            number: parent.number + 1,
            timestamp: parent.timestamp + 10,
            gas_limit: parent.gas_limit,
            beneficiary: Address::repeat_byte(miner),
            ..Header::default()
        };
        let rules = self.rules(&child);
        let parent = ParentDifficulty::from(parent);
        child.difficulty = difficulty(&rules, child.number, child.timestamp, parent).unwrap();
        child
    }

    /// Ten known blocks after a genesis; the header at index n has number n.
    fn grow(&mut self) -> Vec<Header> {
        let mut line = vec![Header {
            gas_limit: 1_000_000,
            ..Header::default()
        }];
        for number in 0..10 {
            let next = self.child(&line[number], 1);
            line.push(next);
        }
        for header in &line {
            self.headers.insert(header_hash(header), header.clone());
        }
        line
    }

    fn check(&self, block: &Header, ommers: &[Header]) -> OmmersCheck {
        check_ommers(&self.rules(block), block, ommers, self)
    }
}

fn invalid(check: OmmersCheck) -> OmmersError {
    match check {
        OmmersCheck::Invalid(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn six_generations_of_ommers_are_allowed() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let block = &line[10];
    for number in 4..=9 {
        let ommer = known.child(&line[number - 1], 2);
        assert_eq!(known.check(block, &[ommer]), OmmersCheck::Valid, "{number}");
    }
    for number in [1, 3, 10] {
        let ommer = known.child(&line[number - 1], 2);
        let parent = ommer.parent_hash;
        assert_eq!(
            invalid(known.check(block, &[ommer])),
            OmmersError::Parent { index: 0, parent },
            "{number}"
        );
    }
}

#[test]
fn the_genesis_ends_the_line() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let ommer = known.child(&line[0], 2);
    assert_eq!(
        known.check(&line[2], std::slice::from_ref(&ommer)),
        OmmersCheck::Valid
    );
    // Nothing is missing beyond the genesis: a stranger's ommer is wrong, not unknown.
    let stranger = Header {
        parent_hash: B256::repeat_byte(9),
        ..ommer
    };
    let error = invalid(known.check(&line[2], &[stranger]));
    assert!(matches!(error, OmmersError::Parent { index: 0, .. }));
}

#[test]
fn two_different_ommers_at_most() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let ommer = |miner| known.child(&line[8], miner);
    assert_eq!(known.check(&line[10], &[]), OmmersCheck::Valid);
    assert_eq!(
        known.check(&line[10], &[ommer(2), ommer(3)]),
        OmmersCheck::Valid
    );
    assert_eq!(
        invalid(known.check(&line[10], &[ommer(2), ommer(3), ommer(4)])),
        OmmersError::TooMany(3)
    );
    let hash = header_hash(&ommer(2));
    assert_eq!(
        invalid(known.check(&line[10], &[ommer(2), ommer(2)])),
        OmmersError::Duplicate { index: 1, hash }
    );
}

#[test]
fn ancestors_are_no_ommers() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    for number in [4, 8, 9] {
        let hash = header_hash(&line[number]);
        assert_eq!(
            invalid(known.check(&line[10], &line[number..=number])),
            OmmersError::Ancestor { index: 0, hash }
        );
    }
}

#[test]
fn an_ommer_is_included_once() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let ommer = known.child(&line[7], 2);
    let hash = header_hash(&ommer);
    let nine = Header {
        ommers_hash: B256::repeat_byte(1),
        ..known.child(&line[8], 1)
    };
    let ten = known.child(&nine, 1);
    let nine_hash = header_hash(&nine);
    known.headers.insert(nine_hash, nine);

    let unknown = known.check(&ten, std::slice::from_ref(&ommer));
    assert!(
        matches!(unknown, OmmersCheck::Unknown { reason } if reason.contains("ommers of ancestor"))
    );
    known.ommers.insert(nine_hash, vec![B256::ZERO]);
    assert_eq!(
        known.check(&ten, std::slice::from_ref(&ommer)),
        OmmersCheck::Valid
    );
    known.ommers.insert(nine_hash, vec![B256::ZERO, hash]);
    assert_eq!(
        invalid(known.check(&ten, &[ommer])),
        OmmersError::AlreadyIncluded {
            index: 0,
            hash,
            by: 9
        }
    );
}

#[test]
fn missing_ancestors_leave_it_open() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let young = known.child(&line[8], 2);
    let old = known.child(&line[5], 2);
    let ancient = known.child(&line[2], 2);
    known.headers.remove(&header_hash(&line[7]));
    let check = |ommer: &Header| known.check(&line[10], std::slice::from_ref(ommer));
    // The parent is known, but an ancestor beyond may have included the ommer.
    assert!(matches!(check(&young), OmmersCheck::Unknown { .. }));
    assert!(matches!(check(&old), OmmersCheck::Unknown { .. }));
    // What is certainly wrong is wrong all the same.
    assert!(matches!(
        invalid(check(&ancient)),
        OmmersError::Parent { .. }
    ));
    let wrong = Header {
        gas_used: u64::MAX,
        ..young
    };
    assert!(matches!(invalid(check(&wrong)), OmmersError::Header { .. }));
}

#[test]
fn ommers_are_valid_headers() {
    let mut known = Known::new("Byzantium");
    let line = known.grow();
    let good = known.child(&line[8], 2);
    type Edit = fn(&mut Header);
    let edits: [(Edit, HeaderRule); 6] = [
        (
            |h| h.extra_data = vec![0; 33].into(),
            HeaderRule::ExtraDataLength,
        ),
        (|h| h.gas_limit = 2_000_000, HeaderRule::GasLimitStep),
        (|h| h.number += 1, HeaderRule::Number),
        (|h| h.timestamp -= 10, HeaderRule::Timestamp),
        (
            |h| h.difficulty = alloy_primitives::U256::ZERO,
            HeaderRule::Difficulty,
        ),
        (|h| h.base_fee_per_gas = Some(7), HeaderRule::BaseFee),
    ];
    for (edit, rule) in edits {
        let mut ommer = good.clone();
        edit(&mut ommer);
        match invalid(known.check(&line[10], &[good.clone(), ommer])) {
            OmmersError::Header { index: 1, error } => assert_eq!(error.rule, rule),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn proof_of_stake_has_no_ommers() {
    let known = Known::new("Paris");
    let check = known.check(&Header::default(), &[Header::default()]);
    assert_eq!(invalid(check), OmmersError::ProofOfStake(1));
}
