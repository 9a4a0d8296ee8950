//! Rules of ommers.

use super::{HeaderError, check_standalone, check_with_parent};
use crate::{block::header_hash, chain::Rules};
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header};
use alloy_primitives::B256;

/// Ommers of a block at most.
const MAX_OMMERS: usize = 2;
/// Ancestors of a block among which its ommers' parents are, and whose ommers it must not have again.
const GENERATIONS: usize = 7;

/// What is known of a block's ancestors.
pub trait Ancestry {
    /// The header with this hash, if it is known. The implementation answers for header and hash belonging together.
    fn header(&self, hash: B256) -> Option<&Header>;

    /// The hashes of the ommers of the block with this hash, if they are known.
    fn ommer_hashes(&self, block: B256) -> Option<Vec<B256>>;

    /// The rules for a header whose parent is among the known ones.
    fn rules(&self, header: &Header) -> Rules;
}

/// What came of checking ommers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OmmersCheck {
    /// The rules allow them all.
    Valid,
    /// They break a rule.
    Invalid(OmmersError),
    /// No fault was found, but an ancestor that it takes to be sure is not known.
    Unknown {
        /// What is missing.
        reason: String,
    },
}

/// Why a block may not have its ommers. Indices count the block's ommers from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OmmersError {
    /// There are no ommers under proof of stake (EIP-3675).
    #[error("{0} ommers under proof of stake")]
    ProofOfStake(usize),
    /// A block has two at most.
    #[error("{0} ommers, at most 2 are allowed")]
    TooMany(usize),
    /// The block names the same ommer twice.
    #[error("ommer {index} ({hash}) is named twice")]
    Duplicate {
        /// Which ommer.
        index: usize,
        /// Its hash.
        hash: B256,
    },
    /// An ancestor, seven generations back at most, has the ommer already.
    #[error("ommer {index} ({hash}) was included by ancestor {by}")]
    AlreadyIncluded {
        /// Which ommer.
        index: usize,
        /// Its hash.
        hash: B256,
        /// Number of the ancestor.
        by: u64,
    },
    /// The ommer is an ancestor of the block.
    #[error("ommer {index} ({hash}) is an ancestor")]
    Ancestor {
        /// Which ommer.
        index: usize,
        /// Its hash.
        hash: B256,
    },
    /// The ommer's parent is not the second to seventh ancestor of the block.
    #[error("ommer {index}: its parent {parent} is none of the second to seventh ancestors")]
    Parent {
        /// Which ommer.
        index: usize,
        /// Hash of its parent.
        parent: B256,
    },
    /// The ommer breaks a rule of headers.
    #[error("ommer {index}: {error}")]
    Header {
        /// Which ommer.
        index: usize,
        /// The rule.
        error: HeaderError,
    },
}

/// The known ancestors of a block, the parent first.
struct Lineage<'a> {
    headers: Vec<(B256, &'a Header)>,
    /// Ommers of these ancestors, each with the number of the block that has it.
    included: Vec<(B256, u64)>,
    /// Set if the headers end before the seventh ancestor and before the genesis.
    missing_header: Option<String>,
    /// Set if the ommers of an ancestor are not known.
    missing_ommers: Option<String>,
}

impl<'a> Lineage<'a> {
    fn of(block: &Header, ancestry: &'a (impl Ancestry + ?Sized)) -> Self {
        let mut lineage = Lineage {
            headers: Vec::with_capacity(GENERATIONS),
            included: Vec::new(),
            missing_header: None,
            missing_ommers: None,
        };
        let (mut hash, mut number) = (block.parent_hash, block.number);
        while lineage.headers.len() < GENERATIONS && number > 0 {
            let Some(header) = ancestry.header(hash) else {
                lineage.missing_header = Some(format!("ancestor {hash} is not known"));
                break;
            };
            if header.ommers_hash != EMPTY_OMMER_ROOT_HASH {
                match ancestry.ommer_hashes(hash) {
                    Some(ommers) => lineage
                        .included
                        .extend(ommers.into_iter().map(|ommer| (ommer, header.number))),
                    None => {
                        lineage.missing_ommers =
                            Some(format!("the ommers of ancestor {hash} are not known"));
                    }
                }
            }
            lineage.headers.push((hash, header));
            (hash, number) = (header.parent_hash, header.number);
        }
        lineage
    }
}

/// Checks a block's ommers by themselves and against its ancestors. That they hash to the header's ommers hash is
/// another check.
///
/// A fault that is certain comes before an ancestor that is missing.
pub fn check_ommers(
    rules: &Rules,
    block: &Header,
    ommers: &[Header],
    ancestry: &(impl Ancestry + ?Sized),
) -> OmmersCheck {
    if ommers.is_empty() {
        return OmmersCheck::Valid;
    }
    if rules.is_post_merge() {
        return OmmersCheck::Invalid(OmmersError::ProofOfStake(ommers.len()));
    }
    if ommers.len() > MAX_OMMERS {
        return OmmersCheck::Invalid(OmmersError::TooMany(ommers.len()));
    }
    let lineage = Lineage::of(block, ancestry);
    let mut seen = Vec::with_capacity(MAX_OMMERS);
    let mut missing_parent = None;
    for (index, ommer) in ommers.iter().enumerate() {
        let hash = header_hash(ommer);
        if seen.contains(&hash) {
            return OmmersCheck::Invalid(OmmersError::Duplicate { index, hash });
        }
        seen.push(hash);
        match check_ommer(block, index, ommer, hash, &lineage, ancestry) {
            Ok(None) => {}
            Ok(Some(missing)) => missing_parent = Some(missing),
            Err(error) => return OmmersCheck::Invalid(error),
        }
    }
    // An ommer with a known parent may still have been included by an ancestor beyond those known.
    match missing_parent
        .or(lineage.missing_header)
        .or(lineage.missing_ommers)
    {
        None => OmmersCheck::Valid,
        Some(reason) => OmmersCheck::Unknown { reason },
    }
}

/// Checks one ommer; says what is missing if its parent is not among the known ancestors and may be beyond.
fn check_ommer(
    block: &Header,
    index: usize,
    ommer: &Header,
    hash: B256,
    lineage: &Lineage<'_>,
    ancestry: &(impl Ancestry + ?Sized),
) -> Result<Option<String>, OmmersError> {
    if let Some((_, by)) = lineage.included.iter().find(|(other, _)| *other == hash) {
        return Err(OmmersError::AlreadyIncluded {
            index,
            hash,
            by: *by,
        });
    }
    if lineage.headers.iter().any(|(other, _)| *other == hash) {
        return Err(OmmersError::Ancestor { index, hash });
    }
    let unrelated = OmmersError::Parent {
        index,
        parent: ommer.parent_hash,
    };
    // The parent of the block can't be the parent of its ommer, which would be no older than the block.
    if ommer.parent_hash == block.parent_hash {
        return Err(unrelated);
    }
    let parent = lineage
        .headers
        .iter()
        .find(|(other, _)| *other == ommer.parent_hash);
    let Some((_, parent)) = parent else {
        let age = block.number.checked_sub(ommer.number);
        let may_be_beyond = age.is_some_and(|age| (1..GENERATIONS as u64).contains(&age));
        return match &lineage.missing_header {
            Some(missing) if may_be_beyond => Ok(Some(missing.clone())),
            _ => Err(unrelated),
        };
    };
    let rules = ancestry.rules(ommer);
    check_standalone(&rules, ommer, None)
        .and_then(|()| check_with_parent(&rules, ommer, parent))
        .map_err(|error| OmmersError::Header { index, error })?;
    Ok(None)
}

#[cfg(test)]
mod tests;
