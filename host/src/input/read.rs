//! The way from paths to cases.

use super::{
    Case, CaseKind, InputError, Limits,
    archive::{Archive, EntryKind, Fault},
    era1, fixture, genesis, json_block, jsonl,
    origin::{Origin, printable},
    pair::{Held, Subject},
    prestate, rlp,
    sniff::{self, Form, Kind, Sketch},
    stream::{self, Layer, Meter, Metered},
    walk::{self, Found, Refused},
    witness,
};
use crate::{block::Block, input::ListedBlock};
use alloy_primitives::Bytes;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    ops::ControlFlow,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};
use tracing::{debug, warn};

/// How far reading has come, for a bar drawn by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of all files, as they lie on disk.
    pub total: AtomicU64,
    /// Bytes read of them so far.
    pub read: AtomicU64,
}

/// Reads everything under the paths, and hands each case to the sink as soon as it is whole; the order depends on the
/// paths and their contents alone. Ends early if the sink breaks.
///
/// Memory holds one document at a time, and those that wait for partners: within a folder or archive that the user
/// names until its end, across such inputs until the end of the run.
pub fn read(
    paths: &[PathBuf],
    limits: &Limits,
    progress: &Progress,
    sink: &mut dyn FnMut(Case) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let inputs: Vec<Vec<Found>> = paths.iter().map(|path| walk::list(path, limits)).collect();
    let total = inputs
        .iter()
        .flatten()
        .filter_map(|found| found.size.as_ref().ok())
        .sum();
    progress.total.store(total, Ordering::Relaxed);
    let mut reader = Reader {
        limits,
        progress,
        sink,
        held: Held::default(),
        documents: 0,
        archives: false,
    };
    match reader.run(paths, inputs) {
        Err(Stop::Sink) => ControlFlow::Break(()),
        Ok(()) | Err(Stop::Stream) => ControlFlow::Continue(()),
    }
}

/// Why reading a document ends early.
enum Stop {
    /// The sink wants no more.
    Sink,
    /// A layer under the document failed; the meter knows which and why.
    Stream,
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Stream
    }
}

type Done = Result<(), Stop>;

struct Reader<'a> {
    limits: &'a Limits,
    progress: &'a Progress,
    sink: &'a mut dyn FnMut(Case) -> ControlFlow<()>,
    held: Held,
    /// Documents of a known kind under the present path.
    documents: u64,
    /// True if an archive was opened under the present path.
    archives: bool,
}

impl Reader<'_> {
    fn run(&mut self, paths: &[PathBuf], inputs: Vec<Vec<Found>>) -> Done {
        for (path, files) in paths.iter().zip(inputs) {
            self.documents = 0;
            self.archives = false;
            let alone = matches!(files.as_slice(), [one] if one.path == *path);
            for file in &files {
                self.file(file)?;
            }
            let name = Origin::file(path, path).name;
            if self.documents == 0 {
                self.unreadable(
                    &name,
                    &InputError::Nothing("nothing to verify in it".into()),
                )?;
            }
            // Files named one by one are partners of one another as if their folder had been named.
            if !alone || self.archives {
                self.resolve(false)?;
            }
        }
        self.resolve(true)
    }

    fn resolve(&mut self, last: bool) -> Done {
        for case in self.held.resolve(last) {
            self.emit(case.input, case.kind)?;
        }
        Ok(())
    }

    fn emit(&mut self, input: impl Into<String>, kind: CaseKind) -> Done {
        let input = input.into();
        if let CaseKind::Skipped(reason) = &kind {
            debug!(%input, %reason, "skipped");
        }
        match (self.sink)(Case { input, kind }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Sink),
        }
    }

    fn unreadable(&mut self, input: &str, error: &InputError) -> Done {
        self.documents += 1;
        self.emit(input, CaseKind::Unreadable(error.to_string()))
    }

    /// A document of no known kind: worth a word in a folder, a mistake where the user named it.
    fn unknown(&mut self, at: &Origin, what: &str) -> Done {
        if at.named {
            return self.unreadable(&at.name, &InputError::Nothing(what.to_owned()));
        }
        self.emit(&*at.name, CaseKind::Skipped(what.to_owned()))
    }

    /// Hands a result on: what is whole to its place, an error to the user.
    fn take<T>(
        &mut self,
        at: &Origin,
        result: Result<T, InputError>,
        place: impl FnOnce(&mut Self, T) -> Done,
    ) -> Done {
        match result {
            Ok(value) => {
                self.documents += 1;
                place(self, value)?;
                if self.held.bytes() > self.limits.held_bytes {
                    warn!("too much waits for partners; it is used without");
                    self.resolve(true)?;
                }
                Ok(())
            }
            Err(error) => self.unreadable(&at.name, &error),
        }
    }

    fn file(&mut self, found: &Found) -> Done {
        let at = &found.origin;
        let size = match &found.size {
            Ok(size) => *size,
            Err(Refused::Broken(error)) => return self.unreadable(&at.name, error),
            Err(Refused::Passed(reason)) => return self.unknown(at, reason),
        };
        let file = match File::open(&found.path) {
            Ok(file) => file,
            Err(error) => return self.unreadable(&at.name, &error.into()),
        };
        let meter = Meter::new(self.limits, self.progress);
        let mut bytes = Metered {
            inner: file,
            meter: &meter,
            level: 0,
            layer: Layer::File,
        };
        let done = self.document(at, &mut bytes, 0, &meter);
        // What is left of a file that is passed over or broken counts as done.
        let left = size.saturating_sub(meter.compressed());
        self.progress.read.fetch_add(left, Ordering::Relaxed);
        match done {
            Err(Stop::Stream) => {
                let unknown = || io::Error::other("a layer of it failed").into();
                let error = meter.take_any().unwrap_or_else(unknown);
                self.unreadable(&at.name, &error)
            }
            done => done,
        }
    }

    /// Reports a failure if it is this level's; hands a lower level's down.
    fn blame(&mut self, at: &Origin, done: Done, level: u32, meter: &Meter<'_>) -> Done {
        match done {
            Err(Stop::Stream) => match meter.take_failure(level) {
                Some(error) => self.unreadable(&at.name, &error),
                None => Err(Stop::Stream),
            },
            done => done,
        }
    }

    fn document(
        &mut self,
        at: &Origin,
        source: &mut dyn Read,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        let mut head = [0; sniff::HEAD];
        let length = stream::fill(source, &mut head)?;
        let head = head.get(..length).unwrap_or_default();
        let mut source = head.chain(source);
        let form = sniff::form(head);
        if matches!(form, Form::Zstd | Form::Gzip | Form::Tar) && level >= self.limits.nesting {
            return self.unreadable(&at.name, &InputError::Nesting(self.limits.nesting));
        }
        match form {
            Form::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(source)?;
                // A frame may ask for a window of its own size: 128 MiB, which the format's tools accept unasked.
                decoder.window_log_max(27)?;
                self.expanded(at, decoder, "zstd", level, meter)
            }
            Form::Gzip => {
                let decoder = flate2::read::MultiGzDecoder::new(source);
                self.expanded(at, decoder, "gzip", level, meter)
            }
            Form::Tar => self.archive(at, &mut source, level, meter),
            Form::E2Store if head.get(8..10) == Some(&[3, 0]) => {
                let case = era1::read(&mut source, self.limits)?;
                let bytes = meter.compressed();
                self.take(at, case, |reader, case| {
                    reader
                        .held
                        .subject(at, bytes, Subject::Era1(Box::new(case)));
                    Ok(())
                })
            }
            Form::Rlp => match stream::all(&mut source, self.limits.document_bytes)? {
                Some(bytes) => self.blocks(at, &bytes.into()),
                None => self.too_long(at),
            },
            Form::Hex => match stream::all(&mut source, self.limits.document_bytes)? {
                Some(text) => match rlp::unhex(&text) {
                    Ok(bytes) => self.blocks(at, &bytes),
                    Err(error) => self.unreadable(&at.name, &error),
                },
                None => self.too_long(at),
            },
            Form::Json => self.text(at, &mut BufReader::new(source)),
            Form::Empty => self.unknown(at, "empty"),
            Form::E2Store => self.unknown(at, "an e2store file other than era1"),
            Form::Other if head.starts_with(b"version https://git-lfs") => {
                self.unknown(at, "a Git LFS pointer whose file is absent")
            }
            Form::Other => self.unknown(at, "of no known kind"),
        }
    }

    fn too_long(&mut self, at: &Origin) -> Done {
        self.unreadable(&at.name, &InputError::TooLong(self.limits.document_bytes))
    }

    fn expanded(
        &mut self,
        at: &Origin,
        decoder: impl Read,
        format: &'static str,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        let level = level + 1;
        let mut bytes = Metered {
            inner: decoder,
            meter,
            level,
            layer: Layer::Expanded(format),
        };
        let done = self.document(at, &mut bytes, level, meter);
        self.blame(at, done, level, meter)
    }

    fn archive(
        &mut self,
        at: &Origin,
        source: &mut dyn Read,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        self.archives = true;
        let level = level + 1;
        let mut archive = Archive::new();
        loop {
            let entry = match archive.next(source, self.limits) {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(Fault::Stream(error)) => return Err(error.into()),
                Err(Fault::Archive(error)) => return self.unreadable(&at.name, &error),
            };
            let inside = at.entry(&entry.path);
            let mut bytes = Metered {
                inner: &mut *source,
                meter,
                level,
                layer: Layer::Entry(entry.size),
            };
            let done = match entry.kind {
                EntryKind::File => self.document(&inside, &mut bytes, level, meter),
                EntryKind::Folder => Ok(()),
                EntryKind::Other => self.unknown(&inside, "a link or special file in an archive"),
            }
            .and_then(|()| Ok(io::copy(&mut bytes, &mut io::sink()).map(drop)?));
            if let Err(Stop::Stream) = done
                && let Some(error) = meter.take_failure(level)
            {
                return self.unreadable(&at.name, &error);
            }
            done?;
        }
        // A compressed stream shows that it is whole at its end only.
        io::copy(source, &mut io::sink())?;
        Ok(())
    }

    /// One block, or a chain of them.
    fn blocks(&mut self, at: &Origin, document: &Bytes) -> Done {
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
    fn text(&mut self, at: &Origin, source: &mut dyn BufRead) -> Done {
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
            (Kind::Listed, None) => self.take(at, jsonl::read(document), |reader, block| {
                let blocks = block.into_iter().collect();
                reader.emit(&*at.name, CaseKind::Blocks(blocks))
            }),
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
