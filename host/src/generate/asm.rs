//! A tiny assembler: code as a chain of calls, with structured jumps.

use alloy_primitives::{Bytes, U256};
use revm::bytecode::opcode as op;

/// Code being written. Stacks in comments have their top on the right.
#[derive(Debug, Clone, Default)]
pub(super) struct Asm(Vec<u8>);

impl Asm {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Opcodes as they are.
    pub(super) fn ops(mut self, opcodes: &[u8]) -> Self {
        self.0.extend_from_slice(opcodes);
        self
    }

    /// Bytes that are not meant to run.
    pub(super) fn data(self, bytes: &[u8]) -> Self {
        self.ops(bytes)
    }

    /// Pushes a number with the shortest instruction.
    pub(super) fn push(self, value: u64) -> Self {
        self.push_word(U256::from(value))
    }

    /// Pushes a word with the shortest instruction.
    pub(super) fn push_word(mut self, word: U256) -> Self {
        let bytes = word.to_be_bytes_trimmed_vec();
        // At most 32 bytes: PUSH0 to PUSH32.
        self.0.push(op::PUSH0 + bytes.len() as u8);
        self.0.extend_from_slice(&bytes);
        self
    }

    /// Pushes the call data's word with this index.
    pub(super) fn argument(self, index: u64) -> Self {
        self.push(32 * index).ops(&[op::CALLDATALOAD])
    }

    /// `[word] -> []`: stores a word in memory.
    pub(super) fn store(self, offset: u64) -> Self {
        self.push(offset).ops(&[op::MSTORE])
    }

    /// Runs `body` if the top of the stack is not zero: `[condition] -> []`. The body leaves the stack as it was.
    pub(super) fn when(self, body: impl FnOnce(Self) -> Self) -> Self {
        let mut code = self.ops(&[op::ISZERO, op::PUSH2, 0, 0, op::JUMPI]);
        let hole = code.0.len() - 3;
        code = body(code);
        let end = code.here();
        for (byte, value) in code.0.iter_mut().skip(hole).zip(end) {
            *byte = value;
        }
        code.ops(&[op::JUMPDEST])
    }

    /// Runs `body`, which pushes a condition, until that is zero.
    pub(super) fn repeat(self, body: impl FnOnce(Self) -> Self) -> Self {
        let [high, low] = self.here();
        body(self.ops(&[op::JUMPDEST])).ops(&[op::PUSH2, high, low, op::JUMPI])
    }

    /// Reverts with the data of Solidity's `Error(string)`; the text has at most 32 bytes.
    pub(super) fn revert(self, text: &str) -> Self {
        let mut word = [0; 32];
        for (byte, value) in word.iter_mut().zip(text.bytes()) {
            *byte = value;
        }
        self.push_word(U256::from(0x08c3_79a0u64) << 224)
            .store(0)
            .push(32)
            .store(4)
            .push(text.len() as u64)
            .store(36)
            .push_word(U256::from_be_bytes(word))
            .store(68)
            .push(100)
            .ops(&[op::PUSH0, op::REVERT])
    }

    /// Init code: what is written so far, as a constructor, then the return of `runtime`.
    pub(super) fn deploy(self, runtime: &[u8]) -> Bytes {
        // Length and offset are pushed in two bytes each, for the tail to have a known length.
        const TAIL: usize = 12;
        let [length_high, length_low] = two_bytes(runtime.len());
        let [offset_high, offset_low] = two_bytes(self.0.len() + TAIL);
        self.ops(&[op::PUSH2, length_high, length_low, op::DUP1])
            .ops(&[op::PUSH2, offset_high, offset_low, op::PUSH0, op::CODECOPY])
            .ops(&[op::PUSH0, op::RETURN, op::INVALID])
            .data(runtime)
            .code()
    }

    pub(super) fn code(self) -> Bytes {
        self.0.into()
    }

    fn here(&self) -> [u8; 2] {
        two_bytes(self.0.len())
    }
}

/// A place in the code. The longest code and init code (EIP-3860) end below 2^16.
fn two_bytes(place: usize) -> [u8; 2] {
    (place as u16).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushes_are_shortest() {
        let code = Asm::new().push(0).push(1).push(0x1234).code();
        assert_eq!(code[..], [0x5f, 0x60, 0x01, 0x61, 0x12, 0x34]);
        let word = Asm::new().push_word(U256::MAX).code();
        assert_eq!((word.len(), word[0]), (33, op::PUSH32));
    }

    #[test]
    fn jumps_lead_to_jump_destinations() {
        let code = Asm::new()
            .push(1)
            .when(|asm| asm.ops(&[op::STOP]))
            .repeat(|asm| asm.push(0))
            .code();
        let skip = usize::from(u16::from_be_bytes([code[4], code[5]]));
        assert_eq!((code[skip], code[skip - 1]), (op::JUMPDEST, op::STOP));
        let back = usize::from(u16::from_be_bytes([
            code[code.len() - 3],
            code[code.len() - 2],
        ]));
        assert_eq!((code[back], back), (op::JUMPDEST, skip + 1));
    }

    #[test]
    fn init_code_ends_in_the_runtime() {
        let init = Asm::new().push(7).deploy(&[1, 2, 3]);
        let offset = usize::from(u16::from_be_bytes([init[7], init[8]]));
        assert_eq!(&init[offset..], [1, 2, 3]);
        assert_eq!(init[4], 3);
    }
}
