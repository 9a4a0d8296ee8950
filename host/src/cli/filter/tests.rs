use super::*;
use std::convert::Infallible;

/// Lines of a stream that arrives in chunks of `step` bytes.
fn split(input: &[u8], step: usize, limit: usize) -> Vec<String> {
    let mut splitter = Splitter::new(limit);
    let mut found = Vec::new();
    let mut take = |lines: &[Line<'_>]| {
        assert!(!lines.is_empty() && lines.len() <= BATCH_LINES);
        found.extend(lines.iter().map(|line| match line {
            Line::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Line::TooLong => "TOO LONG".into(),
        }));
        Ok::<_, Infallible>(())
    };
    for chunk in input.chunks(step) {
        splitter.push(chunk);
        let Ok(()) = splitter.take_lines(&mut take);
        assert!(
            splitter.pending.len() <= limit + step,
            "keeps no more than a line"
        );
    }
    splitter.end();
    let Ok(()) = splitter.take_lines(&mut take);
    found
}

/// The same by the standard library's splitting of the whole.
fn oracle(input: &[u8], limit: usize) -> Vec<String> {
    let mut lines: Vec<_> = input.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
        .into_iter()
        .map(|line| match line.len() > limit {
            true => "TOO LONG".into(),
            false => String::from_utf8_lossy(line).into_owned(),
        })
        .collect()
}

#[test]
fn lines_do_not_depend_on_chunks() {
    let inputs: [&[u8]; 9] = [
        b"",
        b"\n",
        b"\n\n\n",
        b"a",
        b"a\n",
        b"a\nbb\r\n\nccc",
        b"123456789\nab\n",
        b"a\n123456789",
        b"12345678\n1234567890123456789012\n\n123456789012345\nz",
    ];
    for input in inputs {
        for step in 1..=input.len().max(1) {
            assert_eq!(
                split(input, step, 8),
                oracle(input, 8),
                "{input:?} by {step}"
            );
        }
    }
}

#[test]
fn batches_are_bounded_and_in_order() {
    let input: Vec<u8> = (0..3 * BATCH_LINES + 5)
        .flat_map(|i| format!("{i}\n").into_bytes())
        .collect();
    let mut next = 0;
    let mut calls = 0;
    let result = for_each_batch(io::Cursor::new(input), |lines| {
        calls += 1;
        for line in lines {
            assert_eq!(line.trimmed(), Ok(next.to_string().as_bytes()));
            next += 1;
        }
        Ok::<_, Infallible>(())
    });
    assert!(result.is_ok());
    assert_eq!(next, 3 * BATCH_LINES + 5);
    assert!(calls >= 4);
}

#[test]
fn a_taker_that_stops_and_a_broken_input_end_it() {
    let stopped = for_each_batch(io::repeat(b'\n'), |_| Err("enough"));
    assert!(matches!(stopped, Err(Stop::Taker("enough"))));

    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    let mut lines = 0;
    let broken = for_each_batch(io::Cursor::new(b"a\nb").chain(Broken), |batch| {
        lines += batch.len();
        Ok::<_, Infallible>(())
    });
    assert!(matches!(broken, Err(Stop::Read(_))));
    assert!(lines <= 1, "an unfinished line is no line");
}

#[test]
fn hex_fields() {
    let decode = |field: &[u8]| {
        let mut out = vec![7];
        let result = push_hex(field, &mut out);
        (result, out)
    };
    assert_eq!(decode(b""), (Ok(()), vec![7]));
    assert_eq!(decode(b"0x"), (Ok(()), vec![7]));
    assert_eq!(decode(b"0x00fF"), (Ok(()), vec![7, 0, 255]));
    assert_eq!(decode(b"0XAb"), (Ok(()), vec![7, 0xab]));
    let bad: [&[u8]; 8] = [
        b"0",
        b"0x0",
        b"0x0x",
        b"0x0x00",
        b"0g",
        b"a\0",
        b"\xff\xfe",
        b"a b ",
    ];
    for field in bad {
        assert_eq!(decode(field), (Err(LineError::Hex), vec![7]), "{field:?}");
    }
}

#[test]
fn answers() {
    let mut out = Vec::new();
    assert_eq!(push_answer(Ok::<_, LineError>([0x0f, 0xa0]), &mut out), 0);
    assert_eq!(
        push_answer(Err::<[u8; 0], _>(LineError::HighS), &mut out),
        1
    );
    assert_eq!(out, b"0x0fa0\nerror: high s\n");
}
