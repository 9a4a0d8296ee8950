//! Signatures to addresses, on one thread.

use crate::{
    RecoverInput,
    bench::{
        contender::{Contender, WrongAnswer},
        contest::{Contest, Player},
        engines::{k256, libsecp256k1},
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::Topic,
        workloads,
    },
};
use alloy_primitives::Address;
use rayon::prelude::*;
use std::{hint::black_box, rc::Rc};

pub(super) const LIBSECP256K1: &str = "libsecp256k1 + keccak-asm";
const K256: &str = "k256 + sha3";

/// Different signatures, and who signed them.
#[derive(Debug)]
pub(in crate::bench) struct Signed {
    pub(super) inputs: Vec<RecoverInput>,
    signers: Vec<Address>,
}

impl Signed {
    /// So many, made on all threads.
    pub(in crate::bench) fn new(field: &Field, different: usize) -> Self {
        const TOGETHER: usize = 256;
        let seeds: Vec<u64> = (1..).take(different.div_ceil(TOGETHER)).collect();
        let sign = |seed: &u64| workloads::signatures(*seed, TOGETHER);
        let (mut inputs, mut signers) = (Vec::new(), Vec::new());
        for (some, theirs) in field
            .pool
            .install(|| seeds.par_iter().map(sign).collect::<Vec<_>>())
        {
            inputs.extend(some);
            signers.extend(theirs);
        }
        inputs.truncate(different);
        signers.truncate(different);
        Self { inputs, signers }
    }

    /// So many of them, if there are.
    pub(super) fn first(&self, items: usize) -> &[RecoverInput] {
        &self.inputs[..items.min(self.inputs.len())]
    }

    /// Who signed a batch that has these signatures over and over.
    fn expected(&self, items: usize) -> impl Iterator<Item = Address> + '_ {
        self.signers.iter().copied().cycle().take(items)
    }

    /// An engine that recovers a batch of these.
    pub(super) fn phalanx<'a>(
        &self,
        player: Player<'a>,
        workload: &str,
        inputs: &'a [RecoverInput],
    ) -> Result<Contender<'a>, WrongAnswer> {
        let engine = player.engine();
        let call = move || engine.recover(black_box(inputs));
        let name = player.name();
        Contender::checked(name, workload, call, |results| {
            let found = results.iter().copied();
            found.eq(self.expected(inputs.len()).map(Ok))
        })
    }

    /// A rival that does.
    pub(super) fn rival<'a>(
        &self,
        name: &str,
        workload: &str,
        inputs: &'a [RecoverInput],
        recover: impl Fn(&[RecoverInput]) -> Vec<Option<Address>> + 'a,
    ) -> Result<Contender<'a>, WrongAnswer> {
        let call = move || recover(black_box(inputs));
        Contender::checked(name, workload, call, |results| {
            let found = results.iter().copied();
            found.eq(self.expected(inputs.len()).map(Some))
        })
    }
}

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let [small, large] = run.plan.sizes.batches;
    let material = Rc::clone(&run.material);
    let signed = &material.signed;
    for (items, part) in [(small, 0.3), (large, 0.7)] {
        let workload = format!("{} signatures", count(items));
        let inputs = signed.first(items);
        let clock = Clock::Processor;
        let mut contest = Contest::new(Topic::Recovery, &*workload, "signature", items, clock);
        for engine in &field.one {
            let player = Player::Alone(engine);
            contest.phalanx(player, signed.phalanx(player, &workload, inputs)?);
        }
        let rival = signed.rival(LIBSECP256K1, &workload, inputs, libsecp256k1::recover)?;
        contest.rival(1, rival);
        contest.rival(1, signed.rival(K256, &workload, inputs, k256::recover)?);
        run.play(field, contest, part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn a_contender_that_answers_wrongly_is_named() {
        let field = Field::new(&Config::default(), &mut Vec::new()).expect("a field");
        let mut signed = Signed::new(&field, 300);
        assert_eq!(signed.inputs.len(), 300);
        let inputs = signed.inputs.clone();
        let honest = signed.rival(K256, "three hundred", &inputs, k256::recover);
        assert!(honest.is_ok());
        let liar = |inputs: &[RecoverInput]| {
            let mut answers = k256::recover(inputs);
            answers[77] = Some(Address::ZERO);
            answers
        };
        let error = signed.rival("liar", "three hundred", &inputs, liar).err();
        let error = BenchError::from(error.expect("one answer is wrong"));
        assert_eq!(error.to_string(), "liar answers wrongly: three hundred");
        // Phalanx is held to the same.
        signed.signers[299] = Address::ZERO;
        let player = Player::Alone(field.fastest());
        let error = signed.phalanx(player, "three hundred", &inputs).err();
        assert_eq!(error.map(|error| error.contender), Some(player.name()));
    }
}
