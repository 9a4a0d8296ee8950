//! Files, compressed streams and archives, down to the documents in them.

use super::{Done, Reader, Stop};
use crate::input::{
    InputError,
    archive::{Archive, EntryKind, Fault},
    era1,
    origin::Origin,
    pair::Subject,
    rlp,
    sniff::{self, Form},
    stream::{self, Layer, Meter, Metered},
};
use std::io::{self, BufReader, Read};

impl Reader<'_> {
    /// Reports a failure if it is this level's; hands a lower level's down.
    fn blame(&mut self, at: &Origin, done: Done, level: u32, meter: &Meter<'_>) -> Done {
        match done {
            Err(Stop::Stream) => match meter.take_failure(level) {
                Some(error) => self.unreadable(&at.name, &error),
                None => Err(Stop::Stream),
            },
            done => done,
        }
    }

    pub(super) fn document(
        &mut self,
        at: &Origin,
        source: &mut dyn Read,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        let mut head = [0; sniff::HEAD];
        let length = stream::fill(source, &mut head)?;
        let head = head.get(..length).unwrap_or_default();
        let mut source = head.chain(source);
        let form = sniff::form(head);
        if matches!(form, Form::Zstd | Form::Gzip | Form::Tar) && level >= self.limits.nesting {
            return self.unreadable(&at.name, &InputError::Nesting(self.limits.nesting));
        }
        match form {
            Form::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(source)?;
                // A frame may ask for a window of its own size: 128 MiB, which the format's tools accept unasked.
                decoder.window_log_max(27)?;
                self.expanded(at, decoder, "zstd", level, meter)
            }
            Form::Gzip => {
                let decoder = flate2::read::MultiGzDecoder::new(source);
                self.expanded(at, decoder, "gzip", level, meter)
            }
            Form::Tar => self.archive(at, &mut source, level, meter),
            Form::E2Store if head.get(8..10) == Some(&[3, 0]) => {
                let case = era1::read(&mut source, self.limits)?;
                let bytes = meter.compressed();
                self.take(at, case, |reader, case| {
                    reader
                        .held
                        .subject(at, bytes, Subject::Era1(Box::new(case)));
                    Ok(())
                })
            }
            Form::Rlp => match stream::all(&mut source, self.limits.document_bytes)? {
                Some(bytes) => self.blocks(at, &bytes.into()),
                None => self.too_long(at),
            },
            Form::Hex => match stream::all(&mut source, self.limits.document_bytes)? {
                Some(text) => match rlp::unhex(&text) {
                    Ok(bytes) => self.blocks(at, &bytes),
                    Err(error) => self.unreadable(&at.name, &error),
                },
                None => self.too_long(at),
            },
            Form::Json => self.text(at, &mut BufReader::new(source)),
            Form::Empty => self.unknown(at, "empty"),
            Form::E2Store => self.unknown(at, "an e2store file other than era1"),
            Form::Other if head.starts_with(b"version https://git-lfs") => {
                self.unknown(at, "a Git LFS pointer whose file is absent")
            }
            Form::Other => self.unknown(at, "of no known kind"),
        }
    }

    pub(super) fn too_long(&mut self, at: &Origin) -> Done {
        self.unreadable(&at.name, &InputError::TooLong(self.limits.document_bytes))
    }

    fn expanded(
        &mut self,
        at: &Origin,
        decoder: impl Read,
        format: &'static str,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        let level = level + 1;
        let mut bytes = Metered {
            inner: decoder,
            meter,
            level,
            layer: Layer::Expanded(format),
        };
        let done = self.document(at, &mut bytes, level, meter);
        self.blame(at, done, level, meter)
    }

    fn archive(
        &mut self,
        at: &Origin,
        source: &mut dyn Read,
        level: u32,
        meter: &Meter<'_>,
    ) -> Done {
        self.archives = true;
        let level = level + 1;
        let mut archive = Archive::new();
        loop {
            let entry = match archive.next(source, self.limits) {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(Fault::Stream(error)) => return Err(error.into()),
                Err(Fault::Archive(error)) => return self.unreadable(&at.name, &error),
            };
            let inside = at.entry(&entry.path);
            let mut bytes = Metered {
                inner: &mut *source,
                meter,
                level,
                layer: Layer::Entry(entry.size),
            };
            let done = match entry.kind {
                EntryKind::File => self.document(&inside, &mut bytes, level, meter),
                EntryKind::Folder => Ok(()),
                EntryKind::Other => self.unknown(&inside, "a link or special file in an archive"),
            }
            .and_then(|()| Ok(io::copy(&mut bytes, &mut io::sink()).map(drop)?));
            if let Err(Stop::Stream) = done
                && let Some(error) = meter.take_failure(level)
            {
                return self.unreadable(&at.name, &error);
            }
            done?;
        }
        // A compressed stream shows that it is whole at its end only.
        io::copy(source, &mut io::sink())?;
        Ok(())
    }
}
