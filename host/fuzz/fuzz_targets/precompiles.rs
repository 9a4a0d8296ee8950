//! Precompiles in Phalanx's arithmetic against revm's, in every fork.
#![no_main]

use alloy_primitives::{U256, hex};
use phalanx::precompiles::precompiles;
use phalanx_host_fuzz::Input;
use revm::precompile::{
    PrecompileHalt, PrecompileResult, PrecompileSpecId, PrecompileStatus, Precompiles,
    u64_to_address,
};

const FORKS: [PrecompileSpecId; 4] = [
    PrecompileSpecId::BYZANTIUM,
    PrecompileSpecId::ISTANBUL,
    PrecompileSpecId::BERLIN,
    PrecompileSpecId::OSAKA,
];
/// BN254's generator of G2.
const Q: [u8; 128] = hex!(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
);
/// Numbers that things happen at: secp256k1's n and p, BN254's r and p.
const EDGES: [[u8; 32]; 4] = [
    hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
    hex!("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"),
    hex!("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"),
    hex!("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    while !input.is_empty() {
        let precompile = [1, 5, 6, 7, 8][input.below(5)];
        let mut question = Vec::new();
        match precompile {
            1 => {
                question.extend(word(&mut input));
                question.extend(U256::from(26 + input.below(4)).to_be_bytes::<32>());
                question.extend([word(&mut input), word(&mut input)].concat());
            }
            5 => {
                let lengths = [0; 3].map(|_| input.below(80));
                question.extend(
                    lengths
                        .map(|length| U256::from(length).to_be_bytes::<32>())
                        .concat(),
                );
                for length in lengths {
                    question.extend(input.bytes(length));
                }
            }
            6 => question.extend([point(&mut input), point(&mut input)].concat()),
            7 => {
                question.extend(point(&mut input));
                question.extend(word(&mut input));
            }
            _ => {
                for _ in 0..input.below(4) {
                    question.extend(point(&mut input));
                    question.extend(if input.below(8) == 0 { [0; 128] } else { Q });
                }
            }
        }
        if input.below(8) == 0 {
            question.truncate(input.below(400));
        }
        if input.below(8) == 0 && !question.is_empty() {
            let at = input.below(question.len());
            question[at] ^= input.byte();
        }
        agree(precompile, &question);
    }
});

fn agree(precompile: u64, question: &[u8]) {
    let address = u64_to_address(precompile);
    for fork in FORKS {
        let answer = |set: &Precompiles| {
            let precompile = set.get(&address).expect("every one of these forks has it");
            one_refusal(precompile.execute(question, 10_000_000, 0))
        };
        let (ours, revms) = (answer(precompiles(fork)), answer(Precompiles::new(fork)));
        assert_eq!(
            ours,
            revms,
            "{fork:?}, {precompile}: {}",
            hex::encode(question)
        );
    }
}

/// Where several things are wrong with points, either may be told.
fn one_refusal(mut answer: PrecompileResult) -> PrecompileResult {
    if let Ok(output) = &mut answer
        && output.status == PrecompileStatus::Halt(PrecompileHalt::Bn254FieldPointNotAMember)
    {
        output.status = PrecompileStatus::Halt(PrecompileHalt::Bn254AffineGFailedToCreate);
    }
    answer
}

/// Any number, a small one, or one at an edge.
fn word(input: &mut Input<'_>) -> [u8; 32] {
    match input.below(3) {
        0 => U256::from(input.byte()).to_be_bytes(),
        1 => {
            let edge = U256::from_be_bytes(EDGES[input.below(EDGES.len())]);
            let near = edge.wrapping_add(U256::from(input.below(4)));
            near.wrapping_sub(U256::from(2)).to_be_bytes()
        }
        _ => {
            let mut word = [0; 32];
            let bytes = input.bytes(32);
            word[..bytes.len()].copy_from_slice(&bytes);
            word
        }
    }
}

/// A multiple of BN254's generator of G1, or its negative; infinity; or two numbers.
fn point(input: &mut Input<'_>) -> [u8; 64] {
    let mut point = [0; 64];
    match input.below(4) {
        0 => {
            let numbers = [word(input), word(input)].concat();
            point.copy_from_slice(&numbers);
        }
        1 => {}
        sign => {
            let scalar = U256::from(1 + input.below(20)).to_be_bytes::<32>();
            let generator = [U256::from(1), U256::from(2)].map(|word| word.to_be_bytes::<32>());
            let question = [&generator.concat()[..], &scalar].concat();
            let revms = Precompiles::new(PrecompileSpecId::OSAKA);
            let multiple = revms.get(&u64_to_address(7)).expect("a precompile");
            let multiple = multiple.execute(&question, 10_000, 0).expect("a multiple");
            point.copy_from_slice(&multiple.bytes);
            if sign == 2 {
                let p = U256::from_be_bytes(EDGES[3]);
                let y = p - U256::from_be_slice(&point[32..]);
                point[32..].copy_from_slice(&y.to_be_bytes::<32>());
            }
        }
    }
    point
}
