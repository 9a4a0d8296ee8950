//! The precompiles of each fork: revm's set, with those in Phalanx's arithmetic in the place of revm's.
//!
//! What is checked before the arithmetic, gas and padding, is written here once more, since revm's own reaches for what
//! the process has installed; the tests hold both against each other.

use super::PhalanxCrypto;
use alloy_primitives::{Bytes, U256};
use revm::precompile::{
    Crypto, EthPrecompileOutput, EthPrecompileResult, Precompile, PrecompileHalt, PrecompileId,
    PrecompileOutput, PrecompileSpecId, Precompiles,
    modexp::{berlin_gas_calc, byzantium_gas_calc, osaka_gas_calc},
    u64_to_address,
    utilities::{left_pad, left_pad_vec_be, right_pad, right_pad_vec, right_pad_with_offset},
};
use std::{borrow::Cow, sync::OnceLock};

/// The precompiles of a fork. Addresses are those of revm's set.
pub fn precompiles(spec: PrecompileSpecId) -> &'static Precompiles {
    static SETS: [OnceLock<Precompiles>; PrecompileSpecId::OSAKA as usize + 1] =
        [const { OnceLock::new() }; _];
    let set = || {
        let mut set = Precompiles::new(spec).clone();
        set.extend(replacements(spec));
        set
    };
    match SETS.get(spec as usize) {
        Some(made) => made.get_or_init(set),
        // A fork that revm has and this list doesn't know.
        None => Precompiles::new(spec),
    }
}

/// Those of a fork that are in Phalanx's arithmetic.
fn replacements(spec: PrecompileSpecId) -> Vec<Precompile> {
    let mut replacements = vec![Precompile::new(
        PrecompileId::EcRec,
        u64_to_address(1),
        |input, gas, reservoir| answer(ecrecover(input, gas), reservoir),
    )];
    if spec.is_enabled_in(PrecompileSpecId::BYZANTIUM) {
        replacements.push(modexp_of(spec));
        replacements.extend(bn254_of(spec));
    }
    replacements
}

type Answer = revm::precompile::PrecompileResult;

fn answer(result: EthPrecompileResult, reservoir: u64) -> Answer {
    Ok(PrecompileOutput::from_eth_result(result, reservoir))
}

/// 3,000 gas; no answer at all where nobody signed.
fn ecrecover(input: &[u8], gas_limit: u64) -> EthPrecompileResult {
    const GAS: u64 = 3_000;
    if GAS > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    let input = right_pad::<128>(input);
    let ([prehash, v, r, s], []) = input.as_chunks::<32>() else {
        return Ok(EthPrecompileOutput::new(GAS, Bytes::new()));
    };
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(r);
    signature[32..].copy_from_slice(s);
    let signer = match U256::from_be_bytes(*v).try_into() {
        Ok(v @ 27..=28_u8) => PhalanxCrypto
            .secp256k1_ecrecover(&signature, v - 27, prehash)
            .ok(),
        _ => None,
    };
    let signer = signer.map_or_else(Bytes::new, Bytes::from);
    Ok(EthPrecompileOutput::new(GAS, signer))
}

/// What a fork asks for a power.
#[derive(Clone, Copy)]
struct ModexpRules {
    /// Asked before the lengths are read.
    least_gas: u64,
    /// Gas by the lengths of base, exponent and modulus, and the head of the exponent.
    gas: fn(u64, u64, u64, &U256) -> u64,
    /// Longest input, if there is one (EIP-7823).
    longest: usize,
}

/// EIP-198.
const BYZANTIUM: ModexpRules = ModexpRules {
    least_gas: 0,
    gas: byzantium_gas_calc,
    longest: usize::MAX,
};
/// EIP-2565.
const BERLIN: ModexpRules = ModexpRules {
    least_gas: 200,
    gas: berlin_gas_calc,
    longest: usize::MAX,
};
/// EIP-7823 and EIP-7883.
const OSAKA: ModexpRules = ModexpRules {
    least_gas: 500,
    gas: osaka_gas_calc,
    longest: 1024,
};

fn modexp_of(spec: PrecompileSpecId) -> Precompile {
    let run: fn(&[u8], u64, u64) -> Answer = if spec.is_enabled_in(PrecompileSpecId::OSAKA) {
        |input, gas, reservoir| answer(modexp(&OSAKA, input, gas), reservoir)
    } else if spec.is_enabled_in(PrecompileSpecId::BERLIN) {
        |input, gas, reservoir| answer(modexp(&BERLIN, input, gas), reservoir)
    } else {
        |input, gas, reservoir| answer(modexp(&BYZANTIUM, input, gas), reservoir)
    };
    Precompile::new(PrecompileId::ModExp, u64_to_address(5), run)
}

/// Three lengths of 32 bytes, then base, exponent and modulus; what is missing at the end is zero.
fn modexp(rules: &ModexpRules, input: &[u8], gas_limit: u64) -> EthPrecompileResult {
    if rules.least_gas > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    let length = |at| U256::from_be_bytes(right_pad_with_offset::<32>(input, at).into_owned());
    let size = |at| usize::try_from(length(at)).map_err(|_| PrecompileHalt::ModexpEip7823LimitSize);
    let (base_len, modulus_len) = (size(0)?, size(64)?);
    // An exponent that no memory holds asks for more gas than there is.
    let exponent_len = usize::try_from(length(32)).unwrap_or(usize::MAX);
    if base_len.max(exponent_len).max(modulus_len) > rules.longest {
        return Err(PrecompileHalt::ModexpEip7823LimitSize);
    }
    let input = input.get(96..).unwrap_or_default();
    let head = right_pad_with_offset::<32>(input, base_len);
    let head = left_pad::<32>(&head[..exponent_len.min(32)]).into_owned();
    let gas = (rules.gas)(
        base_len as u64,
        exponent_len as u64,
        modulus_len as u64,
        &U256::from_be_bytes(head),
    );
    if gas > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    if base_len == 0 && modulus_len == 0 {
        return Ok(EthPrecompileOutput::new(gas, Bytes::new()));
    }
    let whole = base_len.checked_add(exponent_len);
    let Some(whole) = whole.and_then(|sum| sum.checked_add(modulus_len)) else {
        return Err(PrecompileHalt::OutOfGas);
    };
    let input: Cow<'_, [u8]> = right_pad_vec(input, whole);
    let (base, rest) = input.split_at(base_len);
    let (exponent, modulus) = rest.split_at(exponent_len);
    let power = PhalanxCrypto.modexp(base, exponent, modulus)?;
    let padded = left_pad_vec_be(&power, modulus_len).into_owned();
    Ok(EthPrecompileOutput::new(gas, padded.into()))
}

/// What a fork asks for sums, multiples and pairings: the last are a base and so much a pair.
macro_rules! bn254_precompiles {
    ($add:expr, $mul:expr, $base:expr, $pair:expr) => {
        [
            Precompile::new(
                PrecompileId::Bn254Add,
                u64_to_address(6),
                |input, gas, reservoir| answer(bn254_add(input, $add, gas), reservoir),
            ),
            Precompile::new(
                PrecompileId::Bn254Mul,
                u64_to_address(7),
                |input, gas, reservoir| answer(bn254_mul(input, $mul, gas), reservoir),
            ),
            Precompile::new(
                PrecompileId::Bn254Pairing,
                u64_to_address(8),
                |input, gas, reservoir| answer(bn254_pairing(input, $base, $pair, gas), reservoir),
            ),
        ]
    };
}

fn bn254_of(spec: PrecompileSpecId) -> [Precompile; 3] {
    if spec.is_enabled_in(PrecompileSpecId::ISTANBUL) {
        // EIP-1108.
        bn254_precompiles!(150, 6_000, 45_000, 34_000)
    } else {
        // EIP-196 and EIP-197.
        bn254_precompiles!(500, 40_000, 100_000, 80_000)
    }
}

/// Two points; what is missing at the end is zero.
fn bn254_add(input: &[u8], gas: u64, gas_limit: u64) -> EthPrecompileResult {
    if gas > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    let input = right_pad::<128>(input);
    let (a, b) = input.split_at(64);
    let sum = PhalanxCrypto.bn254_g1_add(a, b)?;
    Ok(EthPrecompileOutput::new(gas, sum.into()))
}

/// A point and a scalar; what is missing at the end is zero.
fn bn254_mul(input: &[u8], gas: u64, gas_limit: u64) -> EthPrecompileResult {
    if gas > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    let input = right_pad::<96>(input);
    let (point, scalar) = input.split_at(64);
    let product = PhalanxCrypto.bn254_g1_mul(point, scalar)?;
    Ok(EthPrecompileOutput::new(gas, product.into()))
}

/// Pairs of 192 bytes, without rest. One or zero, in 32 bytes.
fn bn254_pairing(input: &[u8], base: u64, pair: u64, gas_limit: u64) -> EthPrecompileResult {
    let (pairs, rest) = input.as_chunks::<192>();
    let gas = (pairs.len() as u64)
        .saturating_mul(pair)
        .saturating_add(base);
    if gas > gas_limit {
        return Err(PrecompileHalt::OutOfGas);
    }
    if !rest.is_empty() {
        return Err(PrecompileHalt::Bn254PairLength);
    }
    let pairs: Vec<_> = pairs.iter().map(|pair| pair.split_at(64)).collect();
    let is_one = PhalanxCrypto.bn254_pairing_check(&pairs)?;
    let word = U256::from(u8::from(is_one)).to_be_bytes::<32>();
    Ok(EthPrecompileOutput::new(gas, word.into()))
}
