//! What does not matter in a witness, and what its source claims.

use super::{
    super::{Tally, faults, flipped},
    Witness,
};
use alloy_consensus::Header;
use alloy_primitives::{Bytes, keccak256};
use alloy_rlp::Decodable;
use phalanx::{
    input::WitnessCase,
    verdict::{Check, Outcome},
};

impl Witness<'_> {
    /// Order, repetitions and strangers change nothing.
    pub(super) fn harmless(&self, foreign: &[Bytes], tally: &mut Tally) {
        let mut put = |kind: &str, change: &dyn Fn(&mut WitnessCase)| {
            let verdict = self.judge(change);
            assert!(
                verdict.is_verified(),
                "{}: {kind}: {:#?}",
                self.name,
                faults(&verdict)
            );
            tally.note(kind, true);
        };
        put("strangers added", &|case| {
            for list in [&mut case.nodes, &mut case.codes, &mut case.headers] {
                list.extend(foreign.iter().cloned());
                list.extend([&[][..], &[0x80], &[0xc0], &[0xff; 40]].map(Bytes::copy_from_slice));
            }
        });
        put("reversed", &|case| {
            case.nodes.reverse();
            case.codes.reverse();
            case.headers.reverse();
        });
        put("doubled", &|case| {
            case.nodes.extend(case.nodes.clone());
            case.codes.extend(case.codes.clone());
            case.headers.extend(case.headers.clone());
        });
        put("nodes and codes exchanged", &|case| {
            std::mem::swap(&mut case.nodes, &mut case.codes);
        });
    }

    /// Roots that the source claims, the parent's header, and a witness of nothing.
    pub(super) fn claims(&self, tally: &mut Tally) {
        let mut put = |kind: &str, checks: &[Check], change: &dyn Fn(&mut WitnessCase)| {
            let verdict = self.judge(change);
            let faults = faults(&verdict);
            let right = faults.keys().any(|check| checks.contains(check));
            assert!(right, "{}: {kind}: {faults:#?}", self.name);
            tally.note(kind, false);
        };
        let post = self.case.block.header.state_root;
        put("post-state root claimed", &[Check::StateRoot], &|case| {
            case.post_state_root = Some(flipped(post));
        });
        put("pre-state root claimed", &[Check::StateRoot], &|case| {
            case.pre_state_root = Some(flipped(post));
        });
        put(
            "all nodes dropped",
            &[Check::Execution, Check::StateRoot],
            &|case| case.nodes.clear(),
        );
        let parent = self.case.block.header.parent_hash;
        let at = self
            .case
            .headers
            .iter()
            .position(|rlp| keccak256(rlp) == parent);
        let at = at.expect("the parent's header");
        for byte in 0..self.case.headers[at].len() {
            put("parent's header altered", &[Check::ParentLink], &|case| {
                let mut header = case.headers[at].to_vec();
                header[byte] ^= 1;
                case.headers[at] = header.into();
            });
        }
        put(
            "parent's header dropped, no root claimed",
            &[Check::ParentLink],
            &|case| {
                case.headers.remove(at);
                case.pre_state_root = None;
            },
        );
        // Without the header a root is taken as claimed, and the verdict says so.
        let pre = Header::decode(&mut self.case.headers[at].as_ref())
            .expect("a header")
            .state_root;
        let claimed = self.judge(|case| {
            case.headers.clear();
            case.pre_state_root = Some(pre);
        });
        let link = claimed.outcome(Check::ParentLink);
        assert!(
            matches!(link, Outcome::NotCheckable { .. }),
            "{}: {link:?}",
            self.name
        );
        put(
            "wrong root claimed without header",
            &[Check::Execution, Check::StateRoot],
            &|case| {
                case.headers.clear();
                case.pre_state_root = Some(flipped(pre));
            },
        );
        put(
            "wrong parent claimed without header",
            &[Check::ParentLink],
            &|case| {
                case.headers.clear();
                case.pre_state_root = Some(pre);
                case.block_hashes = vec![flipped(parent)];
            },
        );
    }
}
