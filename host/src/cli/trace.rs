//! `--trace FILE`: spans as Chrome trace events, which Perfetto and `chrome://tracing` open; one row a thread.

use serde_json::{Map, Value, json};
use std::{
    cell::Cell,
    fmt::Debug,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tracing::{
    Id, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

/// Targets whose spans are written.
const TARGETS: [&str; 2] = ["phalanx::pipeline", "phalanx::trie"];

/// Takes the spans; to be put on a [`tracing_subscriber::Registry`].
pub struct ChromeLayer {
    shared: Arc<Shared>,
}

/// The file, which is whole once this has [`finished`](Self::finish).
pub struct TraceFile {
    shared: Arc<Shared>,
}

struct Shared {
    start: Instant,
    out: Mutex<Out>,
}

/// The file, until it is finished, or the first error of it.
struct Out {
    file: Option<BufWriter<File>>,
    error: Option<io::Error>,
}

/// Begins a trace.
pub fn create(path: &Path) -> io::Result<(ChromeLayer, TraceFile)> {
    let mut file = BufWriter::new(File::create(path)?);
    let process = json!({
        "name": "process_name", "ph": "M", "pid": std::process::id(), "tid": 0,
        "args": { "name": "phalanx" },
    });
    write!(
        file,
        "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{process}"
    )?;
    let shared = Arc::new(Shared {
        start: Instant::now(),
        out: Mutex::new(Out {
            file: Some(file),
            error: None,
        }),
    });
    let layer = ChromeLayer {
        shared: Arc::clone(&shared),
    };
    Ok((layer, TraceFile { shared }))
}

impl TraceFile {
    /// Ends the file. Spans that are open are left out.
    pub fn finish(self) -> io::Result<()> {
        self.end()
    }

    fn end(&self) -> io::Result<()> {
        let mut out = self.shared.lock();
        let end = out.file.take().map_or(Ok(()), |mut file| {
            file.write_all(b"\n]}\n")?;
            file.flush()
        });
        out.error.take().map_or(end, Err)
    }
}

/// A file that nobody finishes, as after a panic, is ended all the same.
impl Drop for TraceFile {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the trace is not whole");
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn microseconds(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.start).as_secs_f64() * 1e6
    }

    fn write(&self, event: &Value) {
        let mut out = self.lock();
        if let Some(file) = &mut out.file
            && let Err(error) = write!(file, ",\n{event}")
        {
            out.file = None;
            out.error = Some(error);
        }
    }

    /// This thread's row. Writes its name when it first has something to show.
    fn row(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        thread_local! {
            static ROW: Cell<u64> = const { Cell::new(0) };
        }
        if ROW.get() == 0 {
            ROW.set(NEXT.fetch_add(1, Ordering::Relaxed));
            let thread = std::thread::current();
            self.write(&json!({
                "name": "thread_name", "ph": "M", "pid": std::process::id(), "tid": ROW.get(),
                "args": { "name": thread.name().unwrap_or("a thread") },
            }));
        }
        ROW.get()
    }
}

/// The fields of a span.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0
            .insert(field.name().into(), format!("{value:?}").into());
    }
}

/// When a span was last entered.
struct Entered(Instant);

fn is_taken(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && TARGETS.contains(&metadata.target())
}

fn taken<'s, S: Subscriber + for<'l> LookupSpan<'l>>(
    context: &'s Context<'_, S>,
    id: &Id,
) -> Option<SpanRef<'s, S>> {
    context.span(id).filter(|span| is_taken(span.metadata()))
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for ChromeLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = taken(&context, id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = taken(&context, id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = taken(&context, id) {
            span.extensions_mut().replace(Entered(Instant::now()));
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = taken(&context, id) else {
            return;
        };
        let extensions = span.extensions();
        let Some(Entered(start)) = extensions.get::<Entered>() else {
            return;
        };
        let ts = self.shared.microseconds(*start);
        let end = self.shared.microseconds(Instant::now());
        let metadata = span.metadata();
        self.shared.write(&json!({
            "name": metadata.name(),
            "cat": metadata.target(),
            "ph": "X",
            "ts": ts,
            "dur": end - ts,
            "pid": std::process::id(),
            "tid": self.shared.row(),
            "args": extensions.get::<Fields>().map(|fields| &fields.0),
        }));
    }
}

/// Which spans and levels the layer takes: for a filter of its own, beside that of the log.
pub fn filter() -> tracing_subscriber::filter::Targets {
    let targets = TARGETS.map(|target| (target, tracing::Level::TRACE));
    tracing_subscriber::filter::Targets::new().with_targets(targets)
}

#[cfg(test)]
mod tests;
