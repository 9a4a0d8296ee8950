//! Documents of one kind, in the order of their arrival.

use crate::input::{Case, CaseKind, origin::Origin};
use alloy_primitives::map::HashMap;

/// A document that waits.
pub(super) struct Item<T> {
    pub(super) at: Origin,
    pub(super) value: T,
    pub(super) bytes: u64,
    pub(super) used: bool,
}

/// The documents of one kind.
pub(super) struct Shelf<T>(pub(super) Vec<Item<T>>);

pub(super) fn sum<T>(shelf: &Shelf<T>) -> u64 {
    shelf.0.iter().map(|item| item.bytes).sum()
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Shelf<T> {
    pub(super) fn put(&mut self, at: &Origin, bytes: u64, value: T) {
        self.0.push(Item {
            at: at.clone(),
            value,
            bytes,
            used: false,
        });
    }

    pub(super) fn by_folder(&self) -> HashMap<String, Vec<usize>> {
        let mut folders: HashMap<String, Vec<usize>> = HashMap::default();
        for (index, item) in self.0.iter().enumerate() {
            let folder = item.at.folder().to_owned();
            folders.entry(folder).or_default().push(index);
        }
        folders
    }

    /// Marks the items in the nearest folder that has any, and gives them.
    pub(super) fn nearest<'a>(
        &'a mut self,
        folders: &HashMap<String, Vec<usize>>,
        at: &Origin,
    ) -> Vec<&'a T> {
        let Some(found) = at.folders().find_map(|folder| folders.get(folder)) else {
            return Vec::new();
        };
        for index in found {
            if let Some(item) = self.0.get_mut(*index) {
                item.used = true;
            }
        }
        found
            .iter()
            .filter_map(|index| self.0.get(*index))
            .map(|item| &item.value)
            .collect()
    }

    pub(super) fn unused(&mut self, what: &str, out: &mut Vec<Case>) {
        out.extend(self.0.drain(..).filter(|item| !item.used).map(|item| Case {
            input: item.at.name,
            kind: CaseKind::Skipped(what.to_owned()),
        }));
    }
}
