//! Documents, told apart by what is in them.

use super::{Done, Reader};
use crate::{
    block::Block,
    input::{
        CaseKind, ListedBlock, fixture, genesis, json_block, jsonl,
        origin::{Origin, printable},
        pair::Subject,
        prestate, rlp,
        sniff::{self, Kind, Sketch},
        stream, witness,
    },
};
use alloy_primitives::Bytes;
use std::io::{BufRead, Read};

impl Reader<'_> {
    /// One block, or a chain of them.
    pub(super) fn blocks(&mut self, at: &Origin, document: &Bytes) -> Done {
        let size = document.len() as u64;
        self.take(at, rlp::split(document), |reader, blocks| {
            let subject = match blocks.as_slice() {
                [one] => match Block::decode(one) {
                    Ok(block) => Subject::Block {
                        block: Box::new(block),
                        rlp: Some(one.clone()),
                    },
                    Err(error) => {
                        let listed = ListedBlock {
                            block: Err(error),
                            label: "a block".to_owned(),
                            senders: None,
                            receipts: None,
                        };
                        return reader.emit(&*at.name, CaseKind::Blocks(vec![listed]));
                    }
                },
                _ => Subject::Chain(blocks),
            };
            reader.held.subject(at, size, subject);
            Ok(())
        })
    }

    /// JSON: one document, or one a line.
    pub(super) fn text(&mut self, at: &Origin, source: &mut dyn BufRead) -> Done {
        let limit = self.limits.document_bytes;
        let mut document = Vec::new();
        let mut lines = Vec::new();
        // Two lines that are not blank tell which.
        while lines.len() < 2 {
            let Some(line) = stream::line(source, limit)? else {
                return self.too_long(at);
            };
            if line.is_empty() {
                break;
            }
            let start = document.len();
            document.extend_from_slice(&line);
            if !line.trim_ascii().is_empty() {
                lines.push(start..document.len());
            }
            if document.len() as u64 > limit {
                return self.too_long(at);
            }
        }
        if let [first, second] = lines.as_slice()
            && let (Some(first), Some(second)) =
                (document.get(first.clone()), document.get(second.clone()))
            && sniff::are_lines(first, second)
        {
            return self.lines(at, &mut document.as_slice().chain(source));
        }
        let left = limit.saturating_sub(document.len() as u64);
        match stream::all(&mut &mut *source, left)? {
            Some(rest) => document.extend_from_slice(&rest),
            None => return self.too_long(at),
        }
        self.json(at, sniff::trimmed(&document))
    }

    fn lines(&mut self, at: &Origin, source: &mut dyn BufRead) -> Done {
        let mut number = 0;
        let mut listed = Vec::new();
        let (mut first, mut bytes) = (1, 0);
        loop {
            let line = stream::line(source, self.limits.document_bytes);
            number += 1;
            let end = !matches!(&line, Ok(Some(line)) if !line.is_empty());
            let parsed = match &line {
                Ok(Some(line)) if !line.trim_ascii().is_empty() => {
                    bytes += line.len();
                    match jsonl::read(sniff::trimmed(line)) {
                        Ok(Some(block)) => Some(block),
                        Ok(None) => {
                            self.json(&at.line(number), sniff::trimmed(line))?;
                            None
                        }
                        Err(error) => Some(jsonl::bad(number, &error)),
                    }
                }
                _ => None,
            };
            if let Some(block) = parsed {
                if listed.is_empty() {
                    first = number;
                }
                listed.push((number, block));
            }
            let full =
                listed.len() >= self.limits.lines_per_case || bytes >= self.limits.bytes_per_case;
            if (end || full)
                && let Some((last, _)) = listed.last()
            {
                self.documents += 1;
                let input = match *last {
                    last if last == first => format!("{}:{last}", at.name),
                    last => format!("{}:{first}-{last}", at.name),
                };
                let blocks = listed.drain(..).map(|(_, block)| block).collect();
                self.emit(input, CaseKind::Blocks(blocks))?;
                bytes = 0;
            }
            match line? {
                None => return self.too_long(&at.line(number)),
                Some(line) if line.is_empty() => return Ok(()),
                Some(_) => {}
            }
        }
    }

    fn json(&mut self, at: &Origin, document: &[u8]) -> Done {
        let (mut sketch, broken) = match Sketch::take(document) {
            Ok(sketch) => (sketch, None),
            Err((sketch, error)) => (sketch, Some(error)),
        };
        let kind = sketch.kind();
        let enveloped = sketch.enveloped;
        let size = document.len() as u64;
        match (kind, broken) {
            // The tests before the fault are used.
            (Kind::Fixture, _) => self.fixtures(at, document),
            (_, Some(error)) => self.unreadable(&at.name, &error.into()),
            (Kind::RpcBlock, None) => self.take(
                at,
                json_block::read(document, enveloped),
                |reader, block| {
                    let block = Box::new(block);
                    reader
                        .held
                        .subject(at, size, Subject::Block { block, rlp: None });
                    Ok(())
                },
            ),
            (Kind::PreState, None) => self.take(at, prestate::read(document), |reader, state| {
                reader.held.accounts(at, size, state);
                Ok(())
            }),
            (Kind::Codes, None) => {
                self.take(at, prestate::read_codes(document), |reader, codes| {
                    reader.held.codes(at, size, codes);
                    Ok(())
                })
            }
            (Kind::BlockHashes, None) => self.take(
                at,
                prestate::read_block_hashes(document),
                |reader, hashes| {
                    reader.held.hashes(at, size, hashes);
                    Ok(())
                },
            ),
            (Kind::ExecWitness, None) => self.take(at, witness::read(document), |reader, case| {
                reader.emit(&*at.name, CaseKind::Witness(Box::new(case)))
            }),
            (Kind::DebugWitness, None) => {
                let witness = witness::read_debug(document, enveloped);
                self.take(at, witness, |reader, witness| {
                    reader.held.witness(at, size, witness);
                    Ok(())
                })
            }
            (Kind::Genesis, None) => self.take(at, genesis::read(document), |reader, genesis| {
                reader.held.genesis(at, size, genesis);
                Ok(())
            }),
            (Kind::Listed, None) => {
                self.take(at, jsonl::read(document), |reader, block| match block {
                    Some(block) => reader.emit(&*at.name, CaseKind::Blocks(vec![block])),
                    None => reader.unknown(at, "JSON of no known kind"),
                })
            }
            (Kind::Idle(what), None) => {
                self.documents += 1;
                self.emit(&*at.name, CaseKind::Skipped(what.to_owned()))
            }
            (Kind::Unknown, None) => self.unknown(at, "JSON of no known kind"),
        }
    }

    fn fixtures(&mut self, at: &Origin, document: &[u8]) -> Done {
        let mut done = Ok(());
        let whole = fixture::read(document, &mut |name, test| {
            if done.is_ok() {
                let input = format!("{}#{}", at.name, printable(name));
                done = match test {
                    Ok(case) => {
                        self.documents += 1;
                        self.emit(input, CaseKind::Fixture(Box::new(case)))
                    }
                    Err(error) => self.unreadable(&input, &error),
                };
            }
        });
        done?;
        match whole {
            Ok(()) => Ok(()),
            Err(error) => self.unreadable(&at.name, &error),
        }
    }
}
