//! Documents that wait for partners, and who belongs to whom.

mod shelf;

use super::{
    Case, CaseKind, ChainCase, Era1Case, ListedBlock, PreState, PreStateCase, origin::Origin,
    prestate::Accounts, rlp, witness::DebugWitness,
};
use crate::block::Block;
use alloy_genesis::Genesis;
use alloy_primitives::{B256, Bytes, map::HashMap};
use shelf::{Shelf, sum};
use std::{collections::BTreeMap, mem, sync::Arc};

/// Something to verify that may have a partner.
pub(super) enum Subject {
    Block {
        block: Box<Block>,
        /// The block's bytes, where they are whole.
        rlp: Option<Bytes>,
    },
    Chain(Vec<Bytes>),
    Era1(Box<Era1Case>),
}

/// All that waits.
#[derive(Default)]
pub(super) struct Held {
    subjects: Shelf<Subject>,
    accounts: Shelf<Option<Accounts>>,
    codes: Shelf<Arc<HashMap<B256, Bytes>>>,
    hashes: Shelf<Arc<BTreeMap<u64, B256>>>,
    witnesses: Shelf<Option<DebugWitness>>,
    geneses: Shelf<Arc<Genesis>>,
    /// How many blocks and pre-states each folder had so far, those gone included.
    seen: HashMap<String, (usize, usize)>,
    bytes: u64,
}

/// Where the documents of one kind lie, for one round of pairing.
struct Places {
    accounts: HashMap<String, Vec<usize>>,
    codes: HashMap<String, Vec<usize>>,
    hashes: HashMap<String, Vec<usize>>,
    geneses: HashMap<String, Vec<usize>>,
    witnesses: HashMap<B256, Vec<usize>>,
}

impl Held {
    pub(super) fn subject(&mut self, at: &Origin, bytes: u64, subject: Subject) {
        self.bytes += bytes;
        if matches!(subject, Subject::Block { .. }) {
            self.seen(at).0 += 1;
        }
        self.subjects.put(at, bytes, subject);
    }

    pub(super) fn accounts(&mut self, at: &Origin, bytes: u64, accounts: Accounts) {
        self.bytes += bytes;
        self.seen(at).1 += 1;
        self.accounts.put(at, bytes, Some(accounts));
    }

    fn seen(&mut self, at: &Origin) -> &mut (usize, usize) {
        self.seen.entry(at.folder().to_owned()).or_default()
    }

    pub(super) fn codes(&mut self, at: &Origin, bytes: u64, codes: HashMap<B256, Bytes>) {
        self.bytes += bytes;
        self.codes.put(at, bytes, Arc::new(codes));
    }

    pub(super) fn hashes(&mut self, at: &Origin, bytes: u64, hashes: BTreeMap<u64, B256>) {
        self.bytes += bytes;
        self.hashes.put(at, bytes, Arc::new(hashes));
    }

    pub(super) fn witness(&mut self, at: &Origin, bytes: u64, witness: DebugWitness) {
        self.bytes += bytes;
        self.witnesses.put(at, bytes, Some(witness));
    }

    pub(super) fn genesis(&mut self, at: &Origin, bytes: u64, genesis: Genesis) {
        self.bytes += bytes;
        self.geneses.put(at, bytes, Arc::new(genesis));
    }

    /// The genesis that waits, if it is the only one.
    pub(super) fn only_genesis(&self) -> Option<Arc<Genesis>> {
        match self.geneses.0.as_slice() {
            [one] => Some(Arc::clone(&one.value)),
            _ => None,
        }
    }

    /// Bytes of the documents that wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Pairs what lies in one folder. With `last`, pairs across folders too, and gives out everything, alone where it
    /// has no partner.
    pub(super) fn resolve(&mut self, last: bool) -> Vec<Case> {
        let places = self.places();
        let mut out = Vec::new();
        for item in mem::take(&mut self.subjects.0) {
            let (at, bytes) = (item.at, item.bytes);
            match self.pair(&places, &at, item.value, last) {
                Ok(kind) => out.push(Case {
                    input: at.name,
                    kind,
                }),
                Err(subject) => self.subjects.put(&at, bytes, subject),
            }
        }
        self.accounts.0.retain(|item| !item.used);
        self.witnesses.0.retain(|item| !item.used);
        if last {
            self.accounts
                .unused("a pre-state without its block", &mut out);
            self.witnesses
                .unused("an execution witness without its block", &mut out);
            self.codes.unused("codes that no pre-state uses", &mut out);
            self.hashes
                .unused("block hashes that no pre-state uses", &mut out);
            self.geneses.unused("a genesis without a chain", &mut out);
        }
        self.bytes = sum(&self.subjects)
            + sum(&self.accounts)
            + sum(&self.codes)
            + sum(&self.hashes)
            + sum(&self.witnesses)
            + sum(&self.geneses);
        out
    }

    fn places(&self) -> Places {
        let mut witnesses: HashMap<B256, Vec<usize>> = HashMap::default();
        for (index, item) in self.witnesses.0.iter().enumerate() {
            if let Some(parent) = item.value.as_ref().and_then(|witness| witness.parent) {
                witnesses.entry(parent).or_default().push(index);
            }
        }
        Places {
            accounts: self.accounts.by_folder(),
            codes: self.codes.by_folder(),
            hashes: self.hashes.by_folder(),
            geneses: self.geneses.by_folder(),
            witnesses,
        }
    }

    /// The case of a subject, or the subject if it waits on.
    fn pair(
        &mut self,
        places: &Places,
        at: &Origin,
        subject: Subject,
        last: bool,
    ) -> Result<CaseKind, Subject> {
        match subject {
            Subject::Block { block, rlp } => {
                if let Some(witness) = self.take_witness(places, at, &block, last) {
                    return Ok(CaseKind::Witness(Box::new(witness.with_block(*block))));
                }
                if let Some(accounts) = self.take_accounts(places, at) {
                    let state = self.state(places, at, accounts);
                    return Ok(CaseKind::PreState(Box::new(PreStateCase {
                        block: *block,
                        state,
                    })));
                }
                if let Some(rlp) = &rlp
                    && block.header.number <= 1
                    && let Some(genesis) = self.take_genesis(places, at, false)
                {
                    return Ok(CaseKind::Chain(Box::new(ChainCase {
                        genesis: Some(genesis),
                        blocks: vec![rlp.clone()],
                    })));
                }
                if !last {
                    return Err(Subject::Block { block, rlp });
                }
                Ok(CaseKind::Blocks(vec![ListedBlock {
                    label: block.header.number.to_string(),
                    block: Ok(*block),
                    senders: None,
                    receipts: None,
                }]))
            }
            Subject::Chain(blocks) => {
                let from_genesis = rlp::first_number(&blocks).is_none_or(|number| number <= 1);
                let genesis = from_genesis
                    .then(|| self.take_genesis(places, at, last))
                    .flatten();
                match genesis {
                    None if from_genesis && !last => Err(Subject::Chain(blocks)),
                    genesis => Ok(CaseKind::Chain(Box::new(ChainCase { genesis, blocks }))),
                }
            }
            Subject::Era1(mut era) => {
                // The first era waits for its genesis, which has its state; the others are only told their chain by it.
                let first = era.start == 0;
                era.genesis = self.take_genesis(places, at, last && first);
                if era.genesis.is_none() && first && !last {
                    return Err(Subject::Era1(era));
                }
                Ok(CaseKind::Era1(era))
            }
        }
    }

    /// The genesis in the same folder, or (`anywhere`) the only one of the run.
    fn take_genesis(
        &mut self,
        places: &Places,
        at: &Origin,
        anywhere: bool,
    ) -> Option<Arc<Genesis>> {
        let index = match places.geneses.get(at.folder()).map(Vec::as_slice) {
            Some([one]) => *one,
            None if anywhere && self.geneses.0.len() == 1 => 0,
            _ => return None,
        };
        let item = self.geneses.0.get_mut(index)?;
        item.used = true;
        Some(item.value.clone())
    }

    /// The witness whose newest header is the block's parent: of the same name, else of the same folder, else any.
    fn take_witness(
        &mut self,
        places: &Places,
        at: &Origin,
        block: &Block,
        anywhere: bool,
    ) -> Option<DebugWitness> {
        let mut best: Option<(u8, usize)> = None;
        for index in places.witnesses.get(&block.header.parent_hash)? {
            let item = self.witnesses.0.get(*index)?;
            let rank = match item.at.folder() == at.folder() {
                _ if item.used => continue,
                true if item.at.stem() == at.stem() => 0,
                true => 1,
                false if anywhere => 2,
                false => continue,
            };
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, *index));
            }
        }
        let item = self.witnesses.0.get_mut(best?.1)?;
        item.used = true;
        item.value.take()
    }

    /// The pre-state in the block's folder, where there is one of each; the one of the same name among several.
    fn take_accounts(&mut self, places: &Places, at: &Origin) -> Option<Accounts> {
        let candidates = places.accounts.get(at.folder())?;
        let index = match candidates.as_slice() {
            [one] if self.seen.get(at.folder()) == Some(&(1, 1)) => *one,
            several => *several.iter().find(|index| {
                self.accounts
                    .0
                    .get(**index)
                    .is_some_and(|item| !item.used && item.at.stem() == at.stem())
            })?,
        };
        let item = self.accounts.0.get_mut(index)?;
        item.used = true;
        item.value.take()
    }

    fn state(&mut self, places: &Places, at: &Origin, accounts: Accounts) -> PreState {
        let codes = self.codes.nearest(&places.codes, at);
        let codes = match codes.as_slice() {
            [one] if accounts.codes.is_empty() => Arc::clone(one),
            several => {
                let mut all = accounts.codes;
                for codes in several {
                    all.extend(codes.iter().map(|(hash, code)| (*hash, code.clone())));
                }
                Arc::new(all)
            }
        };
        let hashes = self.hashes.nearest(&places.hashes, at);
        let block_hashes = match hashes.as_slice() {
            [one] => Arc::clone(one),
            several => Arc::new(
                several
                    .iter()
                    .flat_map(|hashes| hashes.iter().map(|(number, hash)| (*number, *hash)))
                    .collect(),
            ),
        };
        PreState {
            accounts: accounts.accounts,
            codes,
            block_hashes,
        }
    }
}
