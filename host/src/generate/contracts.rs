//! The contracts that the transactions use, written by hand.

use super::asm::Asm;
use alloy_primitives::{Address, B256, Bytes, U256, b256, keccak256};
use revm::bytecode::opcode::*;

/// Topic of the ERC-20 event `Transfer(address,address,uint256)`.
const TRANSFER: B256 = b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
/// Topic of the deposit contract's `DepositEvent(bytes,bytes,bytes,bytes,bytes)` (EIP-6110).
const DEPOSIT: B256 = b256!("649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

/// Lengths in bytes of a deposit's public key, withdrawal credentials, amount, signature and index (EIP-6110).
const DEPOSIT_FIELDS: [u64; 5] = [48, 32, 8, 96, 8];

/// Slots that [`toggle`] writes.
pub(super) const TOGGLED: u64 = 5;

/// The address of a contract in the genesis; the same for every seed.
pub(super) fn address(name: &str) -> Address {
    Address::from_word(keccak256(format!("phalanx contract {name}")))
}

/// The slot of `key` in a Solidity mapping at slot `place`.
pub(super) fn mapping_slot(key: Address, place: u64) -> B256 {
    let place = U256::from(place).to_be_bytes::<32>();
    keccak256([key.into_word().0, place].concat())
}

/// `[] -> [slot]`: the mapping slot of the words at 0 and 32 in memory.
fn hashed_slot(code: Asm) -> Asm {
    code.push(64).ops(&[PUSH0, KECCAK256])
}

/// An ERC-20 token's `transfer(address,uint256)`, whatever the selector. Balances are a mapping at slot 0.
pub(super) fn token() -> Bytes {
    let from = Asm::new().ops(&[CALLER, PUSH0, MSTORE]);
    hashed_slot(from)
        // [slot, balance, amount]
        .ops(&[DUP1, SLOAD])
        .push(36)
        .ops(&[CALLDATALOAD, DUP1, DUP3, LT])
        .when(|code| code.revert("balance too low"))
        // The sender's balance less the amount: [slot, amount]
        .ops(&[DUP1, SWAP2, SUB, DUP3, SSTORE])
        .push(4)
        .ops(&[CALLDATALOAD, PUSH0, MSTORE])
        .push(64)
        // The recipient's balance and the amount: [slot, amount]
        .ops(&[PUSH0, KECCAK256, DUP1, SLOAD, DUP3, ADD, SWAP1, SSTORE])
        .ops(&[PUSH0, MSTORE])
        .push(4)
        .ops(&[CALLDATALOAD, CALLER])
        .push_word(TRANSFER.into())
        .push(32)
        .ops(&[PUSH0, LOG3])
        .push(1)
        .store(0)
        .push(32)
        .ops(&[PUSH0, RETURN])
        .code()
}

/// A constant-product pool with its two reserves in slots 0 and 1, which every call reads and writes.
///
/// The argument is the amount paid in; its lowest bit says to which reserve. What is paid out is credited to the
/// caller in a mapping at the slot of the other reserve, and logged.
pub(super) fn pool() -> Bytes {
    let swapped = Asm::new()
        .argument(0)
        .push(1)
        // [in, reserve of in afterwards]
        .ops(&[AND, DUP1, SLOAD])
        .argument(0)
        .ops(&[ADD, DUP1, DUP3, SSTORE])
        // [in, reserve of in, out, reserve of out]
        .ops(&[DUP2, ISZERO, DUP1, SLOAD, DUP1])
        .argument(0)
        // Paid out: reserve of out * amount / reserve of in. [in, reserve of in, out, paid]
        .ops(&[MUL, DUP4, SWAP1, DIV, DUP1, SWAP2, SUB, DUP3, SSTORE])
        .ops(&[CALLER, PUSH0, MSTORE, DUP2])
        .store(32);
    hashed_slot(swapped)
        .ops(&[DUP1, SLOAD, DUP3, ADD, SWAP1, SSTORE, PUSH0, MSTORE])
        .ops(&[CALLER])
        .push_word(keccak256("Swap(address,uint256)").into())
        .push(32)
        .ops(&[PUSH0, LOG2, STOP])
        .code()
}

/// Counts calls: without call data in slot 0, else in a slot of the caller's.
pub(super) fn counter() -> Bytes {
    Asm::new()
        .ops(&[CALLDATASIZE, ISZERO, ISZERO, CALLER, MUL, DUP1, SLOAD])
        .push(1)
        .ops(&[ADD, SWAP1, SSTORE, STOP])
        .code()
}

/// Logs the call data five times, with 0 to 4 topics.
pub(super) fn logger() -> Bytes {
    let topics = [CALLER, NUMBER, CALLVALUE, ADDRESS];
    let copied = Asm::new().ops(&[CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY]);
    (0..=topics.len())
        .zip([LOG0, LOG1, LOG2, LOG3, LOG4])
        .fold(copied, |code, (count, log)| {
            code.ops(&topics[..count]).ops(&[CALLDATASIZE, PUSH0, log])
        })
        .code()
}

/// Reads its surroundings, among them the hash of the block that the argument says is so many blocks ago and the
/// balance of the coinbase, and stores a hash of it all in a slot of the caller's.
pub(super) fn ambient() -> Bytes {
    let reads: [&[u8]; 12] = [
        &[BLOBBASEFEE],
        &[DIFFICULTY],
        &[BASEFEE],
        &[TIMESTAMP],
        &[GASLIMIT],
        &[CHAINID],
        &[SELFBALANCE],
        &[GASPRICE],
        &[ORIGIN],
        &[COINBASE, BALANCE],
        &[COINBASE, EXTCODEHASH],
        &[PUSH0, BLOBHASH],
    ];
    let first = Asm::new()
        .argument(0)
        .ops(&[NUMBER, SUB, BLOCKHASH])
        .store(0);
    let offsets = (1u64..).map(|place| 32 * place);
    reads
        .iter()
        .zip(offsets)
        .fold(first, |code, (read, offset)| code.ops(read).store(offset))
        .push(32 * (1 + reads.len() as u64))
        .ops(&[PUSH0, KECCAK256, CALLER, SSTORE, STOP])
        .code()
}

/// Deploys (CREATE2) the init code that follows two arguments: the salt, and whether to call what was deployed.
pub(super) fn factory() -> Bytes {
    Asm::new()
        .push(64)
        .ops(&[CALLDATASIZE, SUB, DUP1])
        .push(64)
        .ops(&[PUSH0, CALLDATACOPY])
        .argument(0)
        // [address]
        .ops(&[SWAP1, PUSH0, CALLVALUE, CREATE2, DUP1, ISZERO])
        .when(|code| code.revert("not deployed"))
        .argument(1)
        .when(|code| code.ops(&[PUSH0, PUSH0, PUSH0, PUSH0, PUSH0, DUP6, GAS, CALL, POP]))
        .store(0)
        .push(32)
        .ops(&[PUSH0, RETURN])
        .code()
}

/// Init code of a counter that first notes who made it and when; `junk` makes its code differ from others'.
pub(super) fn child(junk: &[u8]) -> Bytes {
    let runtime = [&counter()[..], junk].concat();
    Asm::new()
        .ops(&[CALLER, PUSH0, SSTORE, NUMBER])
        .push(1)
        .ops(&[SSTORE])
        .deploy(&runtime)
}

/// Init code of a contract that stores something and self-destructs when called: in favour of its caller, or, for its
/// balance to be burnt, of itself.
pub(super) fn mayfly(burns: bool) -> Bytes {
    let heir = if burns { ADDRESS } else { CALLER };
    Asm::new()
        .ops(&[NUMBER, NUMBER, SSTORE])
        .deploy(&[heir, SELFDESTRUCT])
}

/// Init code that does nothing but return `runtime`.
pub(super) fn deploy(runtime: &[u8]) -> Bytes {
    Asm::new().deploy(runtime)
}

/// Init code that self-destructs before it returns.
pub(super) fn stillborn() -> Bytes {
    Asm::new()
        .ops(&[NUMBER, PUSH0, SSTORE, ORIGIN, SELFDESTRUCT])
        .code()
}

/// Self-destructs in favour of its argument. As it is older than the transaction, only its balance goes (EIP-6780).
pub(super) fn mortal() -> Bytes {
    Asm::new().argument(0).ops(&[SELFDESTRUCT]).code()
}

/// Writes a slot and reverts with a reason.
pub(super) fn reverter() -> Bytes {
    Asm::new()
        .ops(&[NUMBER, CALLER, SSTORE])
        .revert("refused")
        .code()
}

/// Runs until its gas is gone.
pub(super) fn spinner() -> Bytes {
    Asm::new().repeat(|code| code.push(1)).code()
}

/// Burns all its gas at once.
pub(super) fn burner() -> Bytes {
    Asm::new().ops(&[INVALID]).code()
}

/// Sets [`TOGGLED`] slots of the caller's if they are clear, clears them for a refund if they are set.
pub(super) fn toggle() -> Bytes {
    let base = Asm::new().ops(&[CALLER]).push(16).ops(&[SHL]);
    (0..TOGGLED)
        .fold(base, |code, place| {
            code.ops(&[DUP1])
                .push(place)
                .ops(&[ADD, DUP1, SLOAD, ISZERO, SWAP1, SSTORE])
        })
        .ops(&[STOP])
        .code()
}

/// Calls the address in its first argument with the rest of the call data, logs what comes back and stores its hash in
/// a slot of the caller's.
pub(super) fn probe() -> Bytes {
    Asm::new()
        .push(32)
        .ops(&[CALLDATASIZE, SUB, DUP1])
        .push(32)
        .ops(&[PUSH0, CALLDATACOPY, PUSH0, PUSH0, DUP3, PUSH0])
        .argument(0)
        // [length, success]
        .ops(&[GAS, STATICCALL])
        .ops(&[RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY])
        .ops(&[RETURNDATASIZE, PUSH0, LOG1])
        .ops(&[RETURNDATASIZE, PUSH0, KECCAK256, CALLER, SSTORE, STOP])
        .code()
}

/// Logs a deposit of the call data's fields, one after the other without padding, as the deposit contract does.
pub(super) fn deposit() -> Bytes {
    let total: u64 = DEPOSIT_FIELDS.iter().sum();
    let mut code = Asm::new()
        .push(total)
        .ops(&[CALLDATASIZE, SUB])
        .when(|code| code.revert("not a deposit"));
    let mut source = 0;
    // The ABI encoding: the offset of each field, then each field's length and its bytes padded to words.
    let mut offset = 32 * DEPOSIT_FIELDS.len() as u64;
    for (place, length) in (0u64..).zip(DEPOSIT_FIELDS) {
        code = code
            .push(offset)
            .store(32 * place)
            .push(length)
            .store(offset)
            .push(length)
            .push(source)
            .push(offset + 32)
            .ops(&[CALLDATACOPY]);
        source += length;
        offset += 32 + length.next_multiple_of(32);
    }
    code.push_word(DEPOSIT.into())
        .push(offset)
        .ops(&[PUSH0, LOG1, STOP])
        .code()
}
