//! Generated chains.

use phalanx::{Engine, generate::Plan};

#[test]
fn probe_default() {
    let start = std::time::Instant::now();
    let engine = Engine::builder().threads(2).build().unwrap();
    let (genesis, blocks) = Plan::default().build(&engine).unwrap();
    println!(
        "{:?} {}",
        start.elapsed(),
        serde_json::to_string(&genesis).unwrap().len()
    );
    for b in &blocks {
        let b = phalanx::block::Block::decode(b).unwrap();
        println!(
            "{} gas {} base {:?} excess {:?} used {:?} len {:?}",
            b.header.number,
            b.header.gas_used,
            b.header.base_fee_per_gas,
            b.header.excess_blob_gas,
            b.header.blob_gas_used,
            b.encoded_length
        );
    }
}
