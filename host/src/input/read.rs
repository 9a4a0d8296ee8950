//! The way from paths to cases.

mod documents;
mod layers;

use super::{
    Case, CaseKind, InputError, Limits,
    origin::Origin,
    pair::Held,
    stream::{Layer, Meter, Metered},
    walk::{self, Found, Refused},
};
use alloy_genesis::Genesis;
use std::{
    fs::{self, File},
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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

/// Reads the one genesis in a file, recognised by content, compressed or not.
pub fn read_genesis(path: &Path, limits: &Limits) -> Result<Arc<Genesis>, InputError> {
    if fs::metadata(path)?.is_dir() {
        return Err(InputError::Nothing("a folder".into()));
    }
    let mut fault = None;
    let mut sink = |case: Case| {
        if let CaseKind::Unreadable(reason) | CaseKind::Skipped(reason) = case.kind {
            fault.get_or_insert(reason);
        }
        ControlFlow::Continue(())
    };
    let mut reader = Reader {
        limits,
        progress: &Progress::default(),
        sink: &mut sink,
        held: Held::default(),
        documents: 0,
        archives: false,
    };
    for file in walk::list(path, limits) {
        // The sink never breaks, and a stream's fault has been handed to it.
        let _ = reader.file(&file);
    }
    let genesis = reader.held.only_genesis();
    match (genesis, fault) {
        (Some(genesis), None) => Ok(genesis),
        (_, Some(reason)) => Err(InputError::Nothing(reason)),
        (None, None) => Err(InputError::Nothing("not one genesis".into())),
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
}
