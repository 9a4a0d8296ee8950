//! Generated chains in era1 archives.

use super::{Blocks, GenerateError, Plan, blocks::Made, era1::Writer};
use crate::{
    Engine, block::Transaction, exec::Receipt, input::Era1Block, verify::accumulator::ERA_LENGTH,
};
use alloy_consensus::{BlockBody, Header};
use alloy_primitives::{U256, hex};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// Blocks of one archive.
pub(super) const LENGTHS: RangeInclusive<u64> = 1..=ERA_LENGTH as u64;

/// Writes a chain to a folder, which is made where it is absent: its genesis to `genesis.json`, and its blocks to era1
/// archives that follow each other, block 0 (the genesis) in the first, `per_archive` (1 to 8,192) in each but the last.
/// Gives the archives' paths, `phalanx-<index, 5 digits>-<first 4 bytes of the accumulator root>.era1`. `progress` is called
/// after each block.
///
/// Files of these names are replaced, others left as they are. Each is written under another name and renamed when it is
/// whole. After an error, those that remain are not the whole chain.
pub fn archives(
    plan: &Plan,
    engine: &Engine,
    folder: &Path,
    per_archive: u64,
    mut progress: impl FnMut(),
) -> Result<Vec<PathBuf>, GenerateError> {
    if !LENGTHS.contains(&per_archive) {
        return Err(GenerateError::ArchiveLength { asked: per_archive });
    }
    let (genesis, blocks) = plan.blocks(engine)?;
    fs::create_dir_all(folder).map_err(|source| GenerateError::Write {
        path: folder.to_owned(),
        source,
    })?;
    put(folder, |file| {
        serde_json::to_writer_pretty(file, &genesis)?;
        Ok("genesis.json".to_owned())
    })?;
    let mut entries = Entries::new(blocks);
    let mut paths = Vec::new();
    let mut first = 0;
    while let Some(entry) = entries.next() {
        let mut next = Some(entry?);
        let index = paths.len();
        paths.push(put(folder, |file| {
            let mut writer = Writer::new(file, first)?;
            for left in (0..per_archive).rev() {
                let Some(entry) = next.take() else {
                    break;
                };
                writer.block(&entry)?;
                progress();
                first += 1;
                if left > 0 {
                    next = entries.next().transpose()?;
                }
            }
            let (_, root) = writer.finish()?;
            let name = root.get(..4).map(hex::encode);
            Ok(format!(
                "phalanx-{index:05}-{}.era1",
                name.unwrap_or_default()
            ))
        })?);
    }
    Ok(paths)
}

/// Why a file is not written.
enum Fault {
    Io(io::Error),
    Chain(GenerateError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

impl From<GenerateError> for Fault {
    fn from(error: GenerateError) -> Self {
        Self::Chain(error)
    }
}

/// Puts a file into a folder, whole or not at all, under the name that writing it gives.
fn put(
    folder: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<String, Fault>,
) -> Result<PathBuf, GenerateError> {
    // Nobody else's, so that two who write the same file don't spoil it.
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let draft = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = folder.join(format!(".phalanx-{}-{draft}.tmp", process::id()));
    let written = File::create(&draft).map_err(Fault::from).and_then(|file| {
        let mut out = BufWriter::new(file);
        let name = write(&mut out)?;
        out.flush()?;
        // A name must not outlive a crash that its bytes don't.
        out.get_ref().sync_all()?;
        let path = folder.join(name);
        fs::rename(&draft, &path)?;
        Ok(path)
    });
    written.map_err(|fault| {
        // What went wrong before is what the caller wants to hear of.
        fs::remove_file(&draft).ok();
        match fault {
            Fault::Io(source) => GenerateError::Write {
                path: draft,
                source,
            },
            Fault::Chain(error) => error,
        }
    })
}

/// The blocks of a chain as archives hold them, from block 0 on.
struct Entries {
    genesis: Option<Header>,
    blocks: Blocks,
    /// Of the blocks so far.
    total_difficulty: U256,
}

impl Entries {
    fn new(blocks: Blocks) -> Self {
        Self {
            genesis: Some(blocks.parent().clone()),
            blocks,
            total_difficulty: U256::ZERO,
        }
    }

    fn entry(
        &mut self,
        header: &Header,
        body: &BlockBody<Transaction>,
        receipts: &Vec<Receipt>,
    ) -> Era1Block {
        self.total_difficulty = self.total_difficulty.saturating_add(header.difficulty);
        Era1Block {
            header: alloy_rlp::encode(header),
            body: alloy_rlp::encode(body),
            receipts: alloy_rlp::encode(receipts),
            total_difficulty: self.total_difficulty,
        }
    }
}

impl Iterator for Entries {
    type Item = Result<Era1Block, GenerateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(header) = self.genesis.take() {
            let body = BlockBody {
                withdrawals: header.withdrawals_root.map(|_| Default::default()),
                ..BlockBody::default()
            };
            return Some(Ok(self.entry(&header, &body, &Vec::new())));
        }
        let Made { block, output, .. } = match self.blocks.advance()? {
            Ok(made) => made,
            Err(error) => return Some(Err(error)),
        };
        let body = BlockBody {
            transactions: block.transactions,
            ommers: Vec::new(),
            withdrawals: block.withdrawals,
        };
        Some(Ok(self.entry(&block.header, &body, &output.receipts)))
    }
}
