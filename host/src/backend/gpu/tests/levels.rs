//! Faults of devices in batches of levels.

use super::*;
use crate::{backend::Hole, gpu::levels::Rows};
use phalanx_shaders::layout::{LevelNode, LevelParams};

/// The output of a plan of levels, by the twin.
pub(super) fn compute(plan: &Plan, output: &mut [u32]) {
    let words = |name| {
        let upload = plan.uploads.iter().find(|upload| upload.name == name);
        &upload.expect("an upload").words
    };
    let mut messages: Vec<u8> = bytemuck::pod_collect_to_vec(words("messages"));
    let nodes: Vec<LevelNode> = bytemuck::pod_collect_to_vec(words("nodes"));
    let digests: &mut [u8] = bytemuck::cast_slice_mut(output);
    for dispatch in &plan.dispatches {
        let params: LevelParams = bytemuck::pod_read_unaligned(&plan.uniforms[dispatch.uniform]);
        let digests = digests.as_chunks_mut().0;
        twin::levels::run(&params, &mut messages, &nodes, digests);
    }
}

/// Messages, their holes, and the messages of each level.
type Forest = ([Vec<u8>; 4], [Option<Hole>; 4], [Vec<u32>; 3]);

/// Three messages, of which the second and the third wait for the first and the second, in three levels; one beside them in
/// the second. What stands in the holes at first is nothing.
fn messages() -> Forest {
    let lengths = [7, 200, 64, 300];
    let mut tag = 0;
    let messages = lengths.map(|length| {
        tag += 1;
        vec![tag; length]
    });
    let hole = |parent, at| Some(Hole { parent, at });
    // Messages are not in order of their levels.
    let holes = [hole(1, 99), hole(3, 100), hole(3, 133), None];
    (messages, holes, [vec![0], vec![2, 1], vec![3]])
}

/// Hashes level by level.
fn expected() -> [[u8; 32]; 4] {
    let (mut messages, holes, levels) = messages();
    let mut hashes = [[0; 32]; 4];
    for index in levels.iter().flatten().map(|index| *index as usize) {
        cpu().keccak256(&[&messages[index]], &mut hashes[index..=index]);
        if let Some(hole) = holes[index] {
            let at = hole.at as usize;
            messages[hole.parent as usize][at..at + 32].copy_from_slice(&hashes[index]);
        }
    }
    hashes
}

/// Some batches; of each whether it was done, and then rightly.
fn run(gpu: &Gpu) -> Vec<bool> {
    let (messages, holes, levels) = messages();
    let messages = messages.each_ref().map(Vec::as_slice);
    let batch = Levels {
        messages: &messages,
        holes: &holes,
        levels: &levels,
    };
    let done = |_| {
        let mut hashes = [[0xee; 32]; 4];
        let done = gpu.keccak256_levels(&batch, &mut hashes);
        if done {
            assert_eq!(hashes, expected());
        }
        done
    };
    (0..5).map(done).collect()
}

#[test]
fn all_levels_in_one_go() {
    let (gpu, _) = gpu(Fault::None);
    assert_eq!(run(&gpu), [true; 5]);
    let account = gpu.account().expect("it has a device");
    assert_eq!((account.computed, account.redone), (20, 0));
    assert_eq!(account.put_aside, None);
}

#[test]
fn whatever_fails_levels_are_right_or_left_to_the_caller() {
    for fault in [
        Fault::Lost,
        Fault::OutOfMemory,
        Fault::Zeros,
        Fault::Flipped,
        Fault::Early,
        Fault::Short,
        Fault::Hole,
        Fault::Stale,
        Fault::Stuck,
        Fault::Panic,
    ] {
        let (gpu, _) = gpu(fault);
        assert_eq!(run(&gpu), [true, true, false, false, false], "{fault:?}");
        let account = gpu.account().expect("it has a device");
        assert!(account.put_aside.is_some(), "{fault:?}");
        assert_eq!((account.computed, account.redone), (8, 4), "{fault:?}");
        assert_eq!(gpu.levels_bytes(), None);
    }
}

#[test]
fn what_a_device_cannot_take_is_left_to_the_caller() {
    let (gpu, _) = gpu(Fault::None);
    let long = vec![1; keccak::LONGEST_MESSAGE_BYTES + 1];
    let many = vec![&long[..9]; CAPACITY.messages];
    for messages in [&[&long[..]][..], &many] {
        let holes = vec![None; messages.len()];
        let level = (0..messages.len() as u32).collect();
        let batch = Levels {
            messages,
            holes: &holes,
            levels: &[level],
        };
        let mut hashes = vec![[0; 32]; messages.len()];
        assert!(!gpu.keccak256_levels(&batch, &mut hashes));
    }
    let account = gpu.account().expect("it has a device");
    assert_eq!((account.redone, account.put_aside), (0, None));
}

#[test]
fn levels_that_are_empty_take_no_dispatch() {
    let batch = Levels {
        messages: &[b"a", b"b"],
        holes: &[None, None],
        levels: &[vec![1], vec![], vec![0], vec![]],
    };
    let known = crate::gpu::levels::known_messages(1, &batch);
    let rows = Rows::new(&batch, &known, &CAPACITY).expect("it fits");
    let invocations: Vec<u32> = rows
        .plan()
        .dispatches
        .iter()
        .map(|d| d.invocations)
        .collect();
    assert_eq!(invocations, [2, 2]);
}
