//! Why a block can't be executed.

/// Why a block can't be executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// The block breaks a rule: no state could make it valid at this place.
    #[error("{}{reason}", at(.transaction))]
    Invalid {
        /// Index of the transaction at fault; `None` for a system call or the block as a whole.
        transaction: Option<usize>,
        /// The rule, in words.
        reason: String,
    },
    /// The state source failed to answer a read, so nothing can be said of the block.
    #[error("{}{reason}", at(.transaction))]
    State {
        /// Index of the transaction that read; `None` for a system call or the block as a whole.
        transaction: Option<usize>,
        /// The source's error.
        reason: String,
    },
}

fn at(transaction: &Option<usize>) -> String {
    transaction.map_or_else(String::new, |index| format!("transaction {index}: "))
}
