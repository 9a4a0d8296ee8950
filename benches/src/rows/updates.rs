//! Changes of a large state, on one thread: each contender keeps its trie and goes on with it.

use super::{Goals, count, name};
use crate::{
    engines::{self, alloy_trie, eth_trie},
    measure::{Answers, Clock, Contender},
    report::{Match, Report},
    workloads::updates::{Pairs, Updates},
};
use alloy_primitives::B256;

const GOALS: Goals = Goals {
    avx512: Some(4.0),
    avx2: None,
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(section, report, 1_000_000, 2_000);
}

/// A rival's trie, which takes changes and gives the root.
type Rival = Box<dyn FnMut(&Pairs) -> B256>;

fn rivals(start: &Pairs) -> Vec<(&'static str, Rival)> {
    let mut eth_trie = eth_trie::Kept::new(start);
    let mut alloy_trie = alloy_trie::Kept::new(start);
    #[cfg(feature = "ethrex")]
    let mut ethrex_trie = engines::ethrex_trie::Kept::new(start);
    vec![
        (
            "eth_trie",
            Box::new(move |changes| eth_trie.update(changes)),
        ),
        (
            "alloy-trie, touched paths rebuilt",
            Box::new(move |changes| alloy_trie.update(changes)),
        ),
        #[cfg(feature = "ethrex")]
        (
            "ethrex-trie",
            Box::new(move |changes| ethrex_trie.update(changes)),
        ),
    ]
}

pub(super) fn play(section: &'static str, report: &mut Report, accounts: usize, changes: usize) {
    let updates = Updates::new(2, accounts);
    let start = updates.start();
    let workload = format!("{} changes of {} accounts", count(changes), count(accounts));
    let engines = engines::on_threads(1);
    let answers = &Answers::default();
    let mut contest = Match::new(section, workload, Clock::Processor, changes);
    for engine in &engines {
        let mut updates = updates.clone();
        let mut state = start.state(engine);
        let contender = Contender::in_steps(
            name(engine),
            move |_| updates.batch(changes).changes(),
            move |changes| {
                state.apply(engine, changes).expect("in memory");
                state.root()
            },
            |step, root| answers.agree(&name(engine), step, root),
        );
        contest.engine(contender, GOALS.of(engine));
    }
    for (rival, update) in rivals(&start.pairs()) {
        let mut updates = updates.clone();
        let input = move |_| updates.batch(changes).pairs();
        let check = move |step, root| answers.agree(rival, step, root);
        contest.rival(Contender::in_steps(rival, input, update, check));
    }
    if cfg!(not(feature = "ethrex")) {
        report.skip(section, "ethrex-trie, which takes --features ethrex");
    }
    report.play(contest);
}
