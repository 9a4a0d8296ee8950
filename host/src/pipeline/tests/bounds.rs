//! No more is under way than the options say.

use super::*;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[test]
fn the_source_is_never_pulled_further_than_the_bound() {
    for threads in THREADS {
        for blocks in [1, 2, 5, 40] {
            let pulled = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&pulled);
            let source = (0..100).map(move |id| {
                count.fetch_add(1, Ordering::SeqCst);
                Item {
                    transactions: transactions(1),
                    ..Item::new(id)
                }
            });
            let settings = |options: &mut Options| options.blocks = blocks;
            let mut outcomes = run(threads, settings, &Fake::default(), source);
            for taken in 0..100 {
                // Time for threads to go too far.
                if taken % 10 == 0 {
                    std::thread::sleep(Duration::from_millis(2));
                }
                let ahead = pulled.load(Ordering::SeqCst) - taken;
                assert!(ahead <= blocks, "{threads} threads: {ahead} of {blocks}");
                assert_eq!(outcomes.next(), Some(Ok(taken as u64)));
            }
            assert!(outcomes.next().is_none());
            assert!(outcomes.metrics().most_blocks <= blocks);
        }
    }
}

#[test]
fn bytes_are_bounded() {
    let length = |id: u64| 10 + (id % 7) as usize;
    for threads in THREADS {
        let item = move |id| Item {
            bytes: length(id),
            takes: Duration::from_micros(50),
            ..Item::new(id)
        };
        let settings = |options: &mut Options| options.bytes = 50;
        let mut outcomes = run(threads, settings, &Fake::default(), (0..200).map(item));
        assert_eq!(outcomes.by_ref().count(), 200);
        let most = outcomes.metrics().most_bytes;
        assert!(most < 50 + 17, "{threads} threads: {most}");
        assert!(threads == 1 || most > 20, "more than one at once");
    }
    // One that is larger than all that is allowed goes alone.
    let item = |id| Item {
        bytes: 1000,
        ..Item::new(id)
    };
    let settings = |options: &mut Options| options.bytes = 50;
    let mut outcomes = run(8, settings, &Fake::default(), (0..20).map(item));
    assert_eq!(outcomes.by_ref().count(), 20);
    assert_eq!(outcomes.metrics().most_bytes, 1000);
}

#[test]
fn zero_counts_as_one() {
    let settings = |options: &mut Options| {
        (options.blocks, options.bytes, options.signatures) = (0, 0, 0);
        options.linger = Duration::ZERO;
    };
    let item = |id| Item {
        bytes: 10,
        transactions: transactions(2),
        ..Item::new(id)
    };
    let mut outcomes = run(3, settings, &Fake::default(), (0..20).map(item));
    assert_eq!(outcomes.by_ref().count(), 20);
    assert_eq!(outcomes.metrics().most_blocks, 1);
}

/// From the first batch on: what waits to be executed is less than the bound before each further batch. Only where the
/// first of a chain is late is there one more, without which nothing could go on.
#[test]
fn recovered_signatures_are_bounded() {
    let (signatures, of_one) = (64, 8);
    for threads in THREADS {
        for of_a_chain in [false, true] {
            let notes = fake::Notes {
                batch_takes: Duration::from_millis(1),
                ..fake::Notes::default()
            };
            let fake = Fake(Arc::new(notes));
            let lane = Arc::new(Lane::new(Vec::new()));
            let item = move |id| Item {
                lane: of_a_chain.then(|| Arc::clone(&lane)),
                transactions: transactions(of_one),
                executes: Duration::from_micros(50),
                ..Item::new(id)
            };
            let settings = |options: &mut Options| options.signatures = signatures;
            let outcomes = run(threads, settings, &fake, (0..200).map(item));
            assert_eq!(outcomes.count(), 200);
            let most = fake.0.most_held.load(Ordering::SeqCst);
            let bound = if of_a_chain { 3 } else { 2 } * signatures;
            assert!(most <= bound, "{threads} threads: {most} of {bound}");
        }
    }
}
