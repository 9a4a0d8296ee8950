//! Messages that hold each other's hashes, through the stage `levels`.

use crate::{device::variants, signatures::Stream};
use phalanx_shaders::{
    BindingKind::{StorageRead, StorageReadWrite, Uniform},
    layout::{LevelNode, LevelParams, NO_HOLE},
    twin,
};

/// Levels of a made-up forest: how many messages each has. Messages of a level hold up to 16 hashes of the one below.
const LEVELS: [usize; 5] = [1_000, 130, 64, 7, 1];

/// A forest: words, nodes level by level, and the parameters of each level. Holes stand at all offsets to a word, next to
/// each other and with some bytes between; some hashes go nowhere.
fn forest() -> (Vec<u8>, Vec<LevelNode>, Vec<LevelParams>) {
    let mut stream = Stream(77);
    let (mut messages, mut nodes, mut params) = (Vec::new(), Vec::new(), Vec::new());
    let mut waiting: Vec<usize> = Vec::new();
    for count in LEVELS {
        let first = nodes.len();
        for _ in 0..count {
            let start = messages.len();
            for _ in 0..stream.next() % 40 {
                messages.push(stream.next() as u8);
            }
            for _ in 0..(stream.next() % 17).min(waiting.len() as u64) {
                let child: &mut LevelNode = &mut nodes[waiting.pop().expect("one waits")];
                child.hole = messages.len() as u32;
                messages.extend([0; 32]);
                messages.resize(messages.len() + (stream.next() % 3) as usize, 0xa0);
            }
            nodes.push(LevelNode {
                start: start as u32 / 4,
                length: (messages.len() - start) as u32,
                hole: NO_HOLE,
            });
            messages.push(1);
            messages.resize(messages.len().next_multiple_of(4), 0);
        }
        waiting = (first..nodes.len()).collect();
        params.push(LevelParams {
            first: first as u32,
            count: count as u32,
        });
    }
    (messages, nodes, params)
}

#[test]
fn hashes_come_into_the_holes_that_wait_for_them() {
    let (messages, nodes, levels) = forest();
    let mut filled = messages.clone();
    let mut expected = vec![[0; 32]; nodes.len()];
    for params in &levels {
        twin::levels::run(params, &mut filled, &nodes, &mut expected);
    }
    let holes = nodes.iter().filter(|node| node.hole != NO_HOLE);
    let offsets: std::collections::BTreeSet<u32> = holes.map(|node| node.hole % 4).collect();
    assert_eq!(offsets.len(), 4, "holes at all offsets");
    for (device, variant) in variants("hashes_come_into_the_holes_that_wait_for_them") {
        let messages = device.buffer(StorageReadWrite, &messages);
        let nodes = device.buffer(StorageRead, bytemuck::cast_slice(&nodes));
        let digests = device.buffer(StorageReadWrite, &vec![0xa5; 32 * expected.len()]);
        for level in &levels {
            let params = device.buffer(Uniform, bytemuck::bytes_of(level));
            device.dispatch("levels", variant, level.count, |name| match name {
                "params" => &params,
                "messages" => &messages,
                "nodes" => &nodes,
                _ => &digests,
            });
        }
        assert!(device.read(&messages) == filled, "{}: holes", device.name);
        let got = device.read(&digests);
        for (row, expected) in expected.iter().enumerate() {
            assert_eq!(
                got[32 * row..][..32],
                expected[..],
                "{}: {row}",
                device.name
            );
        }
    }
}
