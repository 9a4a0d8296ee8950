//! What the spans that Phalanx's tries emit take, summed by name.

use crate::measure::Clock;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};

/// Target of the spans that are looked at.
const TARGET: &str = "phalanx::trie";

/// Seconds that `work` spends in each kind of span, without those inside of it, in the order in which they first begin;
/// last, under `other`, what it spends in none.
///
/// Only spans of this thread are seen.
pub fn record(clock: Clock, work: impl FnOnce()) -> Vec<(&'static str, f64)> {
    let times = Times {
        clock,
        sums: Arc::default(),
    };
    let sums = Arc::clone(&times.sums);
    let start = clock.now();
    tracing::subscriber::with_default(times, work);
    let whole = clock.now() - start;
    let sums = lock(&sums);
    let mut parts: Vec<(&'static str, f64)> = sums
        .parts
        .iter()
        .map(|(name, time)| (*name, time.as_secs_f64()))
        .collect();
    let named: f64 = parts.iter().map(|(_, seconds)| seconds).sum();
    parts.push(("other", (whole.as_secs_f64() - named).max(0.0)));
    parts
}

/// A subscriber that takes the times of spans. Spans of one name share an id.
struct Times {
    clock: Clock,
    sums: Arc<Mutex<Sums>>,
}

#[derive(Default)]
struct Sums {
    parts: Vec<(&'static str, Duration)>,
    /// Of the spans that were entered and not left: when, and how long those inside them took.
    entered: Vec<(Duration, Duration)>,
}

fn lock(sums: &Mutex<Sums>) -> MutexGuard<'_, Sums> {
    sums.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Subscriber for Times {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.enabled(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target() == TARGET
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let name = span.metadata().name();
        let mut sums = lock(&self.sums);
        let known = sums.parts.iter().position(|(part, _)| *part == name);
        let place = known.unwrap_or_else(|| {
            sums.parts.push((name, Duration::ZERO));
            sums.parts.len() - 1
        });
        Id::from_u64(place as u64 + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {
        let now = self.clock.now();
        lock(&self.sums).entered.push((now, Duration::ZERO));
    }

    fn exit(&self, id: &Id) {
        let now = self.clock.now();
        let mut sums = lock(&self.sums);
        let Some((start, inside)) = sums.entered.pop() else {
            return;
        };
        let time = now.saturating_sub(start);
        sums.parts[id.into_u64() as usize - 1].1 += time.saturating_sub(inside);
        if let Some((_, inside)) = sums.entered.last_mut() {
            *inside += time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spin(millis: u64) {
        std::thread::sleep(Duration::from_millis(millis));
    }

    #[test]
    fn spans_inside_are_not_counted_twice() {
        let parts = record(Clock::Wall, || {
            for _ in 0..2 {
                tracing::trace_span!(target: TARGET, "outer").in_scope(|| {
                    spin(5);
                    tracing::trace_span!(target: TARGET, "inner").in_scope(|| spin(20));
                });
            }
            tracing::trace_span!(target: "elsewhere", "strange").in_scope(|| spin(1));
        });
        let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["outer", "inner", "other"]);
        let [outer, inner, other] = [0, 1, 2].map(|place: usize| parts[place].1);
        assert!(
            outer >= 0.01 && inner >= 0.04 && other >= 0.001,
            "{parts:?}"
        );
    }
}
