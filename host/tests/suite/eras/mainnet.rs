//! The first archive of mainnet, most of whose blocks have ommers or descend from such.

use super::*;
use crate::data;

const ERA1: &str = "full-state/mainnet-00000-5ec1ffb8.era1";

fn open(test: &str) -> Option<Era1Archive<File>> {
    let file = File::open(data::path(test, ERA1)?).expect("a file");
    Some(Era1Archive::open(file, &Limits::default()).expect("an archive"))
}

#[test]
fn parts_hold_the_blocks_of_the_whole() {
    let test = "eras::mainnet::parts_hold_the_blocks_of_the_whole";
    let Some(mut archive) = open(test) else {
        return;
    };
    let whole = archive.whole().expect("whole");
    assert_eq!(archive.blocks(), 0..8192);
    assert_eq!(whole.accumulator, Some(archive.accumulator()));
    assert!(archive.accumulator().to_string().starts_with("0x5ec1ffb8"));
    assert!(
        file::written(&whole) == fs::read(data::path(test, ERA1).expect("there")).expect("a file")
    );
    for size in [100, 8191, 8192] {
        let mut at = 0;
        for part in parts(&mut archive, size) {
            assert_eq!(part.start, (at - part.ancestors) as u64);
            let end = at + part.blocks.len() - part.ancestors;
            assert!(part.blocks == whole.blocks[at - part.ancestors..end]);
            at = end;
        }
        assert_eq!(at, 8192);
    }
}

#[test]
fn parts_give_the_verdicts_of_the_whole() {
    let test = "eras::mainnet::parts_give_the_verdicts_of_the_whole";
    let Some(mut archive) = open(test) else {
        return;
    };
    let whole = archive.whole().expect("whole");
    let empty = alloy_consensus::EMPTY_OMMER_ROOT_HASH;
    let blocks = whole.blocks.iter();
    let with_ommers = blocks.filter(|block| {
        !block
            .header
            .windows(32)
            .any(|window| window == empty.as_slice())
    });
    assert!(with_ommers.count() > 300);
    let options = Options::default();
    let expected = judge(&options, std::iter::once(whole));
    assert!(is_verified(&expected[0]));
    let expected = verdicts(&expected);
    for size in SIZES {
        let reports = judge(&options, parts(&mut archive, size));
        assert_eq!(reports.len() as u64, 8192_u64.div_ceil(size));
        assert!(reports.iter().all(is_verified));
        let found = verdicts(&reports);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "in parts of {size}");
        }
        assert_eq!(found.len(), expected.len());
    }
}
