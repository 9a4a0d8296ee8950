//! Which transactions a generated block holds.

use super::random::Random;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Ether to a known account, the sender itself at times.
    Transfer,
    /// Ether, or at times none, to an address without account.
    TransferFresh,
    /// Ether out of one account, which all transactions of this kind share.
    Burst,
    /// Ether from an account that the transaction of this kind before has made, which leaves nothing behind.
    Relay,
    /// A token transfer: slots that hardly two transactions share. One in ten has not the balance, and reverts.
    Token,
    /// A swap in the one pool: two slots that all swaps share.
    Pool,
    /// A count, shared or of the sender's own.
    Count,
    /// A contract created by a transaction; one in four fails to be.
    Create,
    /// A contract created by a factory (CREATE2); one in eight exists already.
    Factory,
    /// A contract created and destroyed in one transaction, at times at an address that had a balance.
    Ephemeral,
    /// A self-destruct of a contract from the genesis, of which only the balance goes (EIP-6780).
    Destruct,
    /// A call that reverts.
    Revert,
    /// A call that runs out of gas.
    OutOfGas,
    /// A call that burns its gas at once; much of it while the base fee is below that of the genesis.
    Burn,
    /// A call of a precompile or of a system contract, directly or by a contract.
    Probe,
    /// Storage set and cleared, with refunds.
    Toggle,
    /// Logs with 0 to 4 topics.
    Log,
    /// Reads of the block's surroundings: BLOCKHASH, BLOBBASEFEE, PREVRANDAO and others.
    Ambient,
    /// An EIP-4844 transaction. Once the block's blobs are used up, transfers take its place.
    Blob,
    /// An EIP-7702 transaction: delegations, valid and not, renewed and withdrawn.
    SetCode,
    /// A transaction to or from an account that may be delegated.
    Wallet,
    /// A withdrawal request (EIP-7002).
    Withdrawal,
    /// A consolidation request (EIP-7251).
    Consolidation,
    /// A deposit (EIP-6110).
    Deposit,
}

/// How many of a hundred transactions are of each kind.
pub(super) const WEIGHTS: [(Kind, usize); 24] = [
    (Kind::Transfer, 16),
    (Kind::TransferFresh, 6),
    (Kind::Burst, 4),
    (Kind::Relay, 3),
    (Kind::Token, 20),
    (Kind::Pool, 10),
    (Kind::Count, 6),
    (Kind::Create, 3),
    (Kind::Factory, 2),
    (Kind::Ephemeral, 2),
    (Kind::Destruct, 1),
    (Kind::Revert, 2),
    (Kind::OutOfGas, 1),
    (Kind::Burn, 1),
    (Kind::Probe, 4),
    (Kind::Toggle, 3),
    (Kind::Log, 3),
    (Kind::Ambient, 3),
    (Kind::Blob, 2),
    (Kind::SetCode, 3),
    (Kind::Wallet, 2),
    (Kind::Withdrawal, 1),
    (Kind::Consolidation, 1),
    (Kind::Deposit, 1),
];

/// Kinds in random order, each as often as it weighs before the deck is shuffled again.
#[derive(Debug, Clone, Default)]
pub(super) struct Deck(Vec<Kind>);

impl Deck {
    /// A deck of one kind alone.
    #[cfg(test)]
    pub(super) fn of(kind: Kind, count: usize) -> Self {
        Self(vec![kind; count])
    }

    pub(super) fn deal(&mut self, random: &mut Random) -> Kind {
        if self.0.is_empty() {
            let cards = WEIGHTS.iter();
            self.0 = cards.flat_map(|&(kind, count)| vec![kind; count]).collect();
            for last in (1..self.0.len()).rev() {
                self.0.swap(last, random.index(last + 1));
            }
        }
        self.0.pop().unwrap_or(Kind::Transfer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hundred_transactions_are_as_the_table_says() {
        assert_eq!(WEIGHTS.iter().map(|(_, weight)| weight).sum::<usize>(), 100);
        let mut random = Random::new(1, "test");
        let mut deck = Deck::default();
        for _ in 0..3 {
            let dealt: Vec<Kind> = (0..100).map(|_| deck.deal(&mut random)).collect();
            for (kind, weight) in WEIGHTS {
                assert_eq!(dealt.iter().filter(|&&k| k == kind).count(), weight);
            }
            assert_ne!(dealt[..50], [Kind::Transfer; 50]);
        }
    }
}
