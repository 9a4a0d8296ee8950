//! The contracts of made-up blocks, instruction by instruction. Comments show the stack, its top on the right.

use alloy_primitives::{Address, B256, U256, keccak256};
use revm::bytecode::opcode::*;

/// Where a token keeps a holder's balance, as Solidity's mapping in slot 0 does.
pub(super) fn balance_slot(holder: Address) -> U256 {
    keccak256([holder.into_word(), B256::ZERO].concat()).into()
}

/// A call that moves tokens.
pub(super) fn moving(from: Address, to: Address, amount: u64) -> Vec<u8> {
    let amount = U256::from(amount).to_be_bytes::<32>();
    let words = [from.into_word().0, to.into_word().0, amount];
    [&[0; 4][..], words.as_flattened()].concat()
}

/// A call that swaps so much of the first token.
pub(super) fn swapping(amount: u64) -> Vec<u8> {
    [&[0; 4][..], &U256::from(amount).to_be_bytes::<32>()].concat()
}

/// A token: reads and writes two balances, and logs, as ERC-20's `transferFrom` does; allowances are not looked at.
pub(super) fn token() -> Vec<u8> {
    let topic = keccak256("Transfer(address,address,uint256)");
    let mut code = Code::default();
    code.argument(68).argument(4).ops(&[PUSH0, MSTORE]);
    // [amount, slot, balance]
    code.push(64).ops(&[PUSH0, KECCAK256, DUP1, SLOAD]);
    code.ops(&[DUP3, DUP2, LT]).or_fail();
    code.ops(&[DUP3, SWAP1, SUB, SWAP1, SSTORE]);
    code.argument(36).ops(&[PUSH0, MSTORE]);
    code.push(64).ops(&[PUSH0, KECCAK256, DUP1, SLOAD]);
    code.ops(&[DUP3, ADD, SWAP1, SSTORE]);
    // []
    code.ops(&[PUSH0, MSTORE]).argument(36).argument(4);
    code.word(topic).push(32).ops(&[PUSH0, LOG3]);
    code.push(1)
        .ops(&[PUSH0, MSTORE])
        .push(32)
        .ops(&[PUSH0, RETURN]);
    code.end()
}

/// A pool of two tokens with a constant product and a fee of 0.3 %, as Uniswap's second version: its reserves are in the
/// slots 0 and 1. It takes the first token and gives the second.
pub(super) fn pool([taken, given]: [Address; 2]) -> Vec<u8> {
    let mut code = Code::default();
    code.ops(&[CALLER])
        .push(4)
        .ops(&[MSTORE, ADDRESS])
        .push(36)
        .ops(&[MSTORE]);
    code.argument(4).push(68).ops(&[MSTORE]).call(taken);
    // [reserve, other, amount]
    code.ops(&[PUSH0, SLOAD]).push(1).ops(&[SLOAD]).argument(4);
    // [reserve, other, amount, after fee, divisor]
    code.ops(&[DUP1])
        .push(997)
        .ops(&[MUL, DUP1, DUP5])
        .push(1000)
        .ops(&[MUL, ADD]);
    // [reserve, other, amount, got]
    code.ops(&[SWAP1, DUP4, MUL, DIV]);
    code.ops(&[SWAP1, DUP4, ADD, PUSH0, SSTORE]);
    // [reserve, other, got]
    code.ops(&[DUP1, DUP3, SUB]).push(1).ops(&[SSTORE]);
    code.push(68)
        .ops(&[MSTORE, ADDRESS])
        .push(4)
        .ops(&[MSTORE, CALLER])
        .push(36)
        .ops(&[MSTORE]);
    code.call(given);
    code.word(keccak256("Swap"))
        .push(100)
        .ops(&[PUSH0, LOG1, STOP]);
    code.end()
}

/// Replaces slot 0 by its hash, that by its own, and so on.
pub(super) fn hashing(rounds: usize) -> Vec<u8> {
    let mut code = Code::default();
    code.ops(&[PUSH0, SLOAD, PUSH0, MSTORE]);
    for _ in 0..rounds {
        code.push(32).ops(&[PUSH0, KECCAK256, PUSH0, MSTORE]);
    }
    code.ops(&[PUSH0, MLOAD, PUSH0, SSTORE, STOP]);
    code.end()
}

/// Code being written.
#[derive(Default)]
struct Code {
    bytes: Vec<u8>,
    /// Where the place of the code's end is missing at which it reverts.
    holes: Vec<usize>,
}

impl Code {
    fn ops(&mut self, opcodes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(opcodes);
        self
    }

    fn push(&mut self, number: u16) -> &mut Self {
        let [high, low] = number.to_be_bytes();
        match high {
            0 => self.ops(&[PUSH1, low]),
            _ => self.ops(&[PUSH2, high, low]),
        }
    }

    fn word(&mut self, word: B256) -> &mut Self {
        self.ops(&[PUSH32]).ops(word.as_slice())
    }

    /// The call data's word at an offset.
    fn argument(&mut self, offset: u16) -> &mut Self {
        self.push(offset).ops(&[CALLDATALOAD])
    }

    /// Reverts if the top of the stack is not zero.
    fn or_fail(&mut self) -> &mut Self {
        self.holes.push(self.bytes.len() + 1);
        self.ops(&[PUSH2, 0, 0, JUMPI])
    }

    /// Calls with the first 100 bytes of memory, and reverts if that fails.
    fn call(&mut self, contract: Address) -> &mut Self {
        self.ops(&[PUSH0, PUSH0])
            .push(100)
            .ops(&[PUSH0, PUSH0, PUSH20]);
        self.ops(contract.as_slice())
            .ops(&[GAS, CALL, ISZERO])
            .or_fail()
    }

    fn end(mut self) -> Vec<u8> {
        let [high, low] = u16::try_from(self.bytes.len())
            .expect("short code")
            .to_be_bytes();
        self.ops(&[JUMPDEST, PUSH0, PUSH0, REVERT]);
        for hole in &self.holes {
            self.bytes[*hole..hole + 2].copy_from_slice(&[high, low]);
        }
        self.bytes
    }
}
