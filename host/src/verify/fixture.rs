//! Official blockchain tests (ethereum/tests, execution-spec-tests): blocks imported in order, some of which must be
//! refused, and the state at the head compared.

pub mod exception;

use super::{
    chain::ChainVerifier,
    groundwork::Groundwork,
    report::{BlockReport, CaseReport, Expectation, TestReport},
};
use crate::{
    Engine,
    block::{Block, header_hash},
    chain::{ChainSpec, genesis_header},
    exec::Executor,
    input::{FixtureBlock, FixtureCase},
    trie::WorldState,
    verdict::{BlockVerdict, Check, Outcome},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes};

/// Runs a test.
pub fn verify<E: Executor>(
    engine: &Engine,
    executor: E,
    case: &FixtureCase,
    report: &mut CaseReport,
) {
    let failure = run(engine, executor, case, report).err();
    report.test = Some(TestReport {
        name: case.name.clone(),
        failure,
    });
}

fn run<E: Executor>(
    engine: &Engine,
    executor: E,
    case: &FixtureCase,
    report: &mut CaseReport,
) -> Result<(), String> {
    let chain_id = case.chain_id.unwrap_or(1);
    let spec = ChainSpec::from_fixture_network(&case.network, &case.blob_schedule, chain_id)
        .map_err(|error| error.to_string())?;
    let state = WorldState::from_genesis_alloc(engine, &case.genesis.alloc);
    let root = state.root();
    let genesis = genesis_of(case, &spec, root)?;
    if genesis.state_root != root {
        return Err(format!(
            "the pre-state has root {root}, the genesis {}",
            genesis.state_root
        ));
    }
    let mut verifier = ChainVerifier::from_genesis(engine, executor, spec, genesis, Some(state));

    let mut first_failure = None;
    for (index, fixture_block) in case.blocks.iter().enumerate() {
        let verdict = import(engine, &mut verifier, &fixture_block.rlp);
        let (verdict, failure) = judge(fixture_block, verdict);
        if let Some(failure) = failure {
            first_failure.get_or_insert(format!("block {index} of the test: {failure}"));
        }
        report.blocks.push(verdict);
    }
    if let Some(failure) = first_failure {
        return Err(failure);
    }
    check_head(engine, case, &verifier)
}

fn genesis_of(case: &FixtureCase, spec: &ChainSpec, root: B256) -> Result<Header, String> {
    let header = match &case.genesis_rlp {
        Some(rlp) => {
            Block::decode(rlp)
                .map_err(|error| format!("genesis: {error}"))?
                .header
        }
        None => genesis_header(&case.genesis, spec, root),
    };
    let hash = header_hash(&header);
    if hash != case.genesis_hash {
        return Err(format!(
            "the genesis has hash {hash}, the test names {}",
            case.genesis_hash
        ));
    }
    Ok(header)
}

fn import<E: Executor>(
    engine: &Engine,
    verifier: &mut ChainVerifier<E>,
    rlp: &Bytes,
) -> BlockVerdict {
    match Block::decode(rlp) {
        Ok(block) => verifier.import(&block, Groundwork::of(engine, &block), None, None),
        Err(error) => BlockVerdict::undecodable(&error),
    }
}

/// Holds the verdict against what the test expects of the block.
fn judge(expected: &FixtureBlock, mut verdict: BlockVerdict) -> (BlockReport, Option<String>) {
    let (expectation, failure) = match (&expected.expect_exception, verdict.is_verified()) {
        (None, true) => (Expectation::Valid, None),
        (None, false) => (Expectation::Valid, Some(describe(&verdict))),
        (Some(exception), true) => {
            let reason =
                format!("an official test says that this block must be refused: {exception}");
            verdict.fail(Check::Execution, &**exception, "verified", None, &*reason);
            (Expectation::Valid, Some(reason))
        }
        (Some(exception), false) if exception::explains(exception, &verdict) => {
            (Expectation::RefusedAsExpected, None)
        }
        (Some(exception), false) => {
            let reason = format!("refused, but not for {exception}: {}", describe(&verdict));
            (Expectation::Valid, Some(reason))
        }
    };
    (
        BlockReport {
            label: None,
            verdict,
            expectation,
        },
        failure,
    )
}

fn describe(verdict: &BlockVerdict) -> String {
    let faults = verdict
        .outcomes()
        .filter_map(|(check, outcome)| match outcome {
            Outcome::Failed {
                reason,
                transaction,
                ..
            }
            | Outcome::NotCovered {
                reason,
                transaction,
            } => {
                let at = transaction.map_or_else(String::new, |t| format!(" (transaction {t})"));
                Some(format!("{check}{at}: {reason}"))
            }
            _ => None,
        });
    faults.collect::<Vec<_>>().join("; ")
}

fn check_head<E: Executor>(
    engine: &Engine,
    case: &FixtureCase,
    verifier: &ChainVerifier<E>,
) -> Result<(), String> {
    let head = verifier.head().unwrap_or_default();
    if head != case.last_block_hash {
        return Err(format!(
            "the head is {head}, the test names {}",
            case.last_block_hash
        ));
    }
    let header = verifier.header(head).ok_or("the head is unknown")?;
    let expected = match (&case.post_state, case.post_state_hash) {
        (Some(alloc), _) => WorldState::from_genesis_alloc(engine, alloc).root(),
        (None, Some(root)) => root,
        (None, None) => return Ok(()),
    };
    if header.state_root != expected {
        let got = header.state_root;
        return Err(format!(
            "the state at the head has root {got}, the test's has {expected}"
        ));
    }
    Ok(())
}
