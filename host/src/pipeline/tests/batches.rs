//! Batches are full where there is enough to fill them.

use super::*;
use std::sync::{Arc, mpsc};

fn small(id: u64) -> Item {
    Item {
        transactions: transactions(1 + (id % 3) as usize),
        ..Item::new(id)
    }
}

#[test]
fn small_blocks_fill_them() {
    for threads in THREADS {
        let fake = Fake::default();
        let settings = |options: &mut Options| {
            options.signatures = 64;
            options.blocks = usize::MAX;
            options.linger = Duration::from_secs(600);
        };
        let outcomes = run(threads, settings, &fake, (0..1000).map(small));
        assert_eq!(outcomes.count(), 1000);
        let batches = fake.0.batches.lock().unwrap();
        let mut sizes: Vec<usize> = batches.iter().map(|batch| batch.iter().sum()).collect();
        // Batches may be noted in another order than they were begun in: the last one is the least.
        sizes.sort_unstable();
        let (_, full) = sizes.split_first().unwrap();
        // No further than the block that fills it.
        let fit = full.iter().all(|size| (64..64 + 3).contains(size));
        assert!(fit && full.len() > 20, "{threads} threads: {sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 1999);
    }
}

#[test]
fn a_full_window_goes_with_what_it_has() {
    let fake = Fake::default();
    let settings = |options: &mut Options| {
        options.blocks = 5;
        options.linger = Duration::from_secs(600);
    };
    let outcomes = run(1, settings, &fake, (0..20).map(small));
    assert_eq!(outcomes.count(), 20);
    let batches = fake.0.batches.lock().unwrap();
    assert!(batches.iter().all(|batch| batch.len() <= 5), "{batches:?}");
    assert_eq!(batches[0].len(), 5);
}

#[test]
fn latency_waits_for_nothing() {
    let fake = Fake::default();
    let settings = |options: &mut Options| *options = Options::new(Mode::Latency, &engine(2));
    let outcomes = run(2, settings, &fake, (0..20).map(small));
    assert_eq!(outcomes.count(), 20);
    let batches = fake.0.batches.lock().unwrap();
    assert!(batches.iter().all(|batch| batch.len() == 1), "{batches:?}");
}

/// A block has its outcome although the source gives the next one only afterwards.
#[test]
fn a_slow_source_holds_nothing_up() {
    for threads in [2, 3, 8] {
        let (sender, receiver) = mpsc::channel();
        let mut outcomes = run(threads, |_| (), &Fake::default(), receiver.into_iter());
        for id in 0..20 {
            sender.send(small(id)).unwrap();
            assert_eq!(outcomes.next(), Some(Ok(id)));
        }
        drop(sender);
        assert!(outcomes.next().is_none());
    }
}

/// One thread that waits for the source can't do anything else: one block at a time is what it is for.
#[test]
fn a_slow_source_and_one_thread() {
    let (sender, receiver) = mpsc::channel();
    let settings = |options: &mut Options| *options = Options::new(Mode::Latency, &engine(1));
    let mut outcomes = run(1, settings, &Fake::default(), receiver.into_iter());
    for id in 0..20 {
        sender.send(small(id)).unwrap();
        assert_eq!(outcomes.next(), Some(Ok(id)));
    }
    drop(sender);
    assert!(outcomes.next().is_none());
}

/// A batch waits so long for its source, and no longer because other works go on meanwhile.
#[test]
fn what_others_do_makes_no_batch_wait_longer() {
    const OTHERS: u64 = 300;
    let (sender, receiver) = mpsc::channel();
    let fake = Fake::default();
    let settings = |options: &mut Options| options.linger = Duration::from_millis(100);
    let mut outcomes = run(3, settings, &fake, receiver.into_iter());
    // These follow each other and have no signatures; one of them ends every 10 ms, for three seconds.
    let lane = Arc::new(Lane::new(Vec::new()));
    sender.send(small(0)).unwrap();
    for id in 1..=OTHERS {
        let item = Item {
            lane: Some(Arc::clone(&lane)),
            executes: Duration::from_millis(10),
            ..Item::new(id)
        };
        sender.send(item).unwrap();
    }
    assert_eq!(outcomes.next(), Some(Ok(0)));
    let ended = fake.0.executed.lock().unwrap().len() as u64;
    assert!(ended < OTHERS / 2, "{ended} have ended meanwhile");
    drop(sender);
    outcomes.stop();
}
