//! Where a document lies.

use std::{path::Path, sync::Arc};

/// A document's place: its name for reports, and the folder within which partners are looked for.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// `path!path/inside`.
    pub(super) name: String,
    /// The folder above which no partner is looked for.
    root: Arc<str>,
    /// True if the user named this document itself.
    pub(super) named: bool,
}

impl Origin {
    /// A file found under, or being, a path that the user named.
    pub(super) fn file(path: &Path, named: &Path) -> Self {
        let name = printable(&path.to_string_lossy());
        let alone = path == named;
        let root = if alone {
            folder_of(&name).to_owned()
        } else {
            printable(&named.to_string_lossy())
                .trim_end_matches('/')
                .to_owned()
        };
        Self {
            name,
            root: root.into(),
            named: alone,
        }
    }

    /// An entry of the archive that lies here.
    pub(super) fn entry(&self, path: &[u8]) -> Self {
        let path = printable(&String::from_utf8_lossy(path));
        Self {
            name: format!(
                "{}!{}",
                self.name,
                path.trim_start_matches("./").trim_matches('/')
            ),
            root: self.root.clone(),
            named: false,
        }
    }

    /// A line of the document that lies here.
    pub(super) fn line(&self, line: u64) -> Self {
        Self {
            name: format!("{}:{line}", self.name),
            ..self.clone()
        }
    }

    /// The folder or archive that the document lies in.
    pub(super) fn folder(&self) -> &str {
        folder_of(&self.name)
    }

    /// The document's folder and those above it, nearest first, up to the input's own.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        let root = self.root.len();
        std::iter::successors(Some(self.folder()), |folder| Some(folder_of(folder))).scan(
            false,
            move |done, folder| {
                let last = *done;
                *done = folder.len() <= root;
                (!last).then_some(folder)
            },
        )
    }

    /// The file's name up to its first dot.
    pub(super) fn stem(&self) -> &str {
        let file = self.name.get(self.folder().len()..).unwrap_or_default();
        let file = file.trim_start_matches(['/', '!']);
        file.split('.').next().unwrap_or_default()
    }
}

fn folder_of(name: &str) -> &str {
    name.rfind(['/', '!'])
        .and_then(|end| name.get(..end))
        .unwrap_or_default()
}

/// Names go to terminals: none may carry control sequences.
pub(super) fn printable(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_end_at_the_input() {
        let archive = Origin::file(Path::new("a/b/x.tar"), Path::new("a/b"));
        let inner = archive.entry(b"./p/q/block.json");
        assert_eq!(inner.name, "a/b/x.tar!p/q/block.json");
        assert_eq!(
            inner.folders().collect::<Vec<_>>(),
            ["a/b/x.tar!p/q", "a/b/x.tar!p", "a/b/x.tar", "a/b"]
        );
        assert_eq!(inner.stem(), "block");
        let alone = Origin::file(Path::new("x.json"), Path::new("x.json"));
        assert_eq!(alone.folders().collect::<Vec<_>>(), [""]);
        assert!(alone.named);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let archive = Origin::file(Path::new("x"), Path::new("x"));
        assert_eq!(
            archive.entry(b"a\x1b[2J\xff").name,
            "x!a\u{fffd}[2J\u{fffd}"
        );
    }
}
