use super::*;
use crate::types::Address;

fn status<T>(result: Result<T, Failure>) -> Status {
    match result {
        Ok(_) => Status::Ok,
        Err(failure) => failure.status(),
    }
}

#[test]
fn pointers_and_lengths_are_checked() {
    let words = [1_usize, 2, 3];
    let start = words.as_ptr();
    let place = |pointer, count| status(Place::<usize>::new("words", pointer, count));
    assert_eq!(place(start, 3), Status::Ok);
    assert_eq!(place(std::ptr::null(), 0), Status::Ok);
    assert_eq!(place(std::ptr::null(), 1), Status::NullPointer);
    let astray = start.wrapping_byte_add(1);
    assert_eq!(place(astray, 1), Status::Misaligned);
    assert_eq!(place(astray, 0), Status::Ok);
    let most = isize::MAX as usize / size_of::<usize>();
    for count in [most + 1, usize::MAX / 8 + 2, usize::MAX] {
        assert_eq!(place(start, count), Status::TooLong, "{count}");
    }
    let last = std::ptr::without_provenance(usize::MAX - 7);
    assert_eq!(place(last, 1), Status::TooLong);
}

#[test]
fn places_that_share_a_byte_overlap() {
    let bytes = [0_u8; 64];
    let region = |start: usize, count: usize| {
        let pointer = bytes[start..].as_ptr().cast::<Address>();
        Place::new("addresses", pointer, count)
            .expect("a place")
            .region()
    };
    let meet = |a: &Region, b: &Region| status(a.apart_from(b)) == Status::Overlap;
    assert!(meet(&region(0, 1), &region(0, 1)));
    assert!(meet(&region(0, 2), &region(39, 1)));
    assert!(meet(&region(39, 1), &region(0, 2)));
    assert!(meet(&region(0, 3), &region(20, 1)));
    assert!(!meet(&region(0, 2), &region(40, 1)));
    assert!(!meet(&region(0, 3), &region(20, 0)));
}

#[test]
fn what_is_written_is_read() {
    let mut bytes = [0_u8; 5];
    let place = Place::new("bytes", bytes.as_mut_ptr(), 5).expect("a place");
    // SAFETY: five bytes are there, and nobody else uses them.
    unsafe { place.write(&[1, 2, 3, 4, 5]) };
    let place = Place::new("bytes", bytes.as_ptr(), 5).expect("a place");
    // SAFETY: as above.
    assert_eq!(unsafe { place.items() }, [1, 2, 3, 4, 5]);
}

#[test]
fn views_are_checked_one_by_one() {
    let bytes = [7_u8; 16];
    let view = |start: usize, length| Bytes {
        data: bytes[start..].as_ptr(),
        length,
    };
    let empty = Bytes {
        data: std::ptr::null(),
        length: 0,
    };
    let written = Place::new("out", bytes[8..].as_ptr(), 4).expect("a place");
    let check = |views: &[Bytes]| {
        let place = Place::new("messages", views.as_ptr(), views.len()).expect("a place");
        // SAFETY: views of an array that nobody writes, or such as are refused.
        let result = unsafe { super::views(&place, &[written.region()]) };
        result.map(|views| views.iter().map(|view| view.len()).collect::<Vec<_>>())
    };
    assert_eq!(
        check(&[view(0, 8), empty, view(12, 4)]).expect("apart"),
        [8, 0, 4]
    );
    let null = Bytes {
        data: std::ptr::null(),
        length: 1,
    };
    assert_eq!(status(check(&[empty, null])), Status::NullPointer);
    assert_eq!(status(check(&[view(0, usize::MAX)])), Status::TooLong);
    assert_eq!(status(check(&[view(0, 9)])), Status::Overlap);
}

#[test]
fn a_configuration_may_be_that_of_a_later_version() {
    #[repr(C)]
    struct Later {
        known: Config,
        more: u64,
    }
    let mut later = Later {
        known: Config {
            struct_size: size_of::<Later>(),
            backend: 3,
            threads: 2,
            gpu: std::ptr::null(),
            cache: std::ptr::null(),
        },
        more: 0,
    };
    let engine: *mut crate::engine::EngineHandle = std::ptr::null_mut();
    let elsewhere = Place::new("engine", &raw const engine, 1).expect("a place");
    let elsewhere = elsewhere.region();
    // SAFETY: the structure is as long as it says.
    let read = |later: &Later| unsafe { config(std::ptr::from_ref(later).cast(), &elsewhere) };
    let known = read(&later).expect("all else is zero");
    assert_eq!((known.backend, known.threads), (3, 2));
    later.more = 1 << 63;
    assert_eq!(status(read(&later)), Status::InvalidArgument);
    for size in [0, 8, size_of::<Config>() - 1, 4097, usize::MAX] {
        later.known.struct_size = size;
        assert_eq!(status(read(&later)), Status::InvalidArgument, "{size}");
    }
}
