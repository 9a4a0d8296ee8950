//! Sorted changes into a trie: each node that changes is made anew, once, on the way back up.
//!
//! Changes of one trie come together to every fork, which counts its children only when all of them are settled. So
//! deletions never merge a branch that keeps two children in the end, and never ask for the content of a sibling that
//! an honest witness lacks: as if all upserts came first.

mod make;
mod threads;
mod tree;

use super::{
    StateError, TrieError,
    forest::{At, Forest, KEY_NIBBLES, Key, Name, Root},
    nibbles,
    node::Node,
    plan::{Plan, Ref, Value},
};
pub(super) use threads::WORTH_THREADS;
use tree::{Branch, Tree};

/// A change of one key, as the trie sees it.
pub(super) trait Change: Sync {
    fn key(&self) -> &Key;

    /// True if the key is absent afterwards.
    fn deletes(&self) -> bool;

    /// What the key leads to afterwards, given what it leads to before; `None` if that is the same.
    fn settle<'a>(
        &'a self,
        before: Option<Value<'a>>,
        merge: &mut Merge<'a>,
    ) -> Result<Option<Value<'a>>, StateError>;

    /// An error on the way to the key, as one of the state.
    fn explain(&self, error: TrieError) -> StateError;
}

/// So many changes below one place, or fewer, have the nodes on their paths fetched together: what they come to fits the
/// first caches, and memory answers no more requests at once.
const TOGETHER: usize = 32;

/// Changes on their way into a forest.
pub(super) struct Merge<'a> {
    pub(super) forest: &'a Forest,
    pub(super) plan: Plan,
    /// The trie being changed.
    pub(super) name: Name,
    /// Children that have changed, of all forks above, the deepest last.
    changed: Vec<(u8, Tree<'a>)>,
    /// So many changes below one place are worth being spread over threads.
    pub(super) worth_threads: usize,
    places: Vec<(u8, Option<Ref>)>,
    children: Vec<(u8, Ref)>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(forest: &'a Forest, plan: Plan) -> Self {
        Self {
            forest,
            plan,
            name: Name::Accounts,
            changed: Vec::new(),
            worth_threads: WORTH_THREADS,
            places: Vec::new(),
            children: Vec::new(),
        }
    }

    /// The root of a trie after changes in ascending order of distinct keys; `None` if nothing changes.
    pub(super) fn trie<C: Change>(
        &mut self,
        name: Name,
        root: Root,
        changes: &'a [C],
    ) -> Result<Option<Ref>, StateError> {
        let Some(first) = changes.first() else {
            return Ok(None);
        };
        let outer = std::mem::replace(&mut self.name, name);
        let before = match root.is_empty() {
            true => Tree::Empty,
            false => {
                let at = self.at(first.key(), 0);
                let node = self.forest.node(&root.hash, root.id, &at);
                let node = node.map_err(|error| first.explain(error))?;
                Tree::of(node, None, first.key(), 0)
            }
        };
        if changes.len() <= TOGETHER {
            self.prefetch(&before, changes);
        }
        let after = self.merge(before, 0, changes)?;
        self.name = outer;
        Ok(after.map(|tree| self.root(tree)))
    }

    /// A change of all that is below `before`, which stands `depth` nibbles below the root; `None` if nothing changes.
    fn merge<C: Change>(
        &mut self,
        before: Tree<'a>,
        depth: usize,
        changes: &'a [C],
    ) -> Result<Option<Tree<'a>>, StateError> {
        if let [change] = changes {
            let key = *change.key();
            match before {
                Tree::Empty => {
                    let value = change.settle(None, self)?;
                    return Ok(value.map(|value| Tree::Leaf { key, value }));
                }
                Tree::Leaf { key: same, value } if same == key => {
                    if change.deletes() {
                        return Ok(Some(Tree::Empty));
                    }
                    let value = change.settle(Some(value), self)?;
                    return Ok(value.map(|value| Tree::Leaf { key, value }));
                }
                Tree::Leaf { .. } if change.deletes() => return Ok(None),
                _ => {}
            }
        }
        let branch = match before {
            Tree::Fork {
                depth: at, branch, ..
            } if at == depth => Some(self.read(branch, depth, &changes[0])?),
            _ => None,
        };
        let first = self.changed.len();
        let same_nibble = |a: &C, b: &C| nibbles::at(a.key(), depth) == nibbles::at(b.key(), depth);
        let groups = changes.chunk_by(same_nibble);
        if self.is_worth_threads(changes.len()) {
            let groups = groups.collect();
            self.merge_in_threads(&before, &branch, groups, depth)?;
        } else {
            let is_many = changes.len() > TOGETHER;
            for changes in groups {
                let child = self.below(&before, &branch, &changes[0], depth)?;
                if is_many && changes.len() <= TOGETHER {
                    self.prefetch(&child, changes);
                }
                if let Some(tree) = self.merge(child, depth + 1, changes)? {
                    let nibble = nibbles::at(changes[0].key(), depth);
                    self.changed.push((nibble, tree));
                }
            }
        }
        if self.changed.len() == first {
            return Ok(None);
        }
        let key = changes[0].key();
        let after = match branch {
            Some(branch) => self.change_branch(&branch, key, depth, first),
            None => Ok(self.grow(before, key, depth, first)),
        };
        let after = after.map_err(|error| changes[0].explain(error))?;
        self.changed.truncate(first);
        if self.plan.is_full() {
            self.plan.hash();
        }
        Ok(Some(after))
    }

    /// Hints at what the changes below a place will come to.
    fn prefetch<C: Change>(&self, tree: &Tree<'a>, changes: &[C]) {
        if let Tree::Fork {
            depth,
            branch: Branch::Read(node, _),
            ..
        } = tree
        {
            let keys = changes.iter().map(Change::key);
            self.forest.prefetch(node, *depth, keys);
        }
    }

    /// What a branch holds.
    fn read<C: Change>(
        &self,
        branch: Branch<'a>,
        depth: usize,
        change: &C,
    ) -> Result<Node<'a>, StateError> {
        match branch {
            Branch::Read(node, _) => Ok(node),
            Branch::Below(child) => self
                .forest
                .branch(child, &self.at(change.key(), depth))
                .map_err(|error| change.explain(error)),
            Branch::Made(_) => unreachable!("changes come to a branch once"),
        }
    }

    /// What is below the nibble that a change has at `depth`: of a branch, if one is there.
    fn below<C: Change>(
        &self,
        before: &Tree<'a>,
        branch: &Option<Node<'a>>,
        change: &C,
        depth: usize,
    ) -> Result<Tree<'a>, StateError> {
        let nibble = nibbles::at(change.key(), depth);
        match branch {
            Some(branch) => self
                .child(branch, nibble, change.key(), depth)
                .map_err(|error| change.explain(error)),
            None => Ok(before
                .key()
                .filter(|key| nibbles::at(*key, depth) == nibble)
                .map_or(Tree::Empty, |_| *before)),
        }
    }

    /// What a branch at `depth` has below a nibble, which `key` has there.
    fn child(
        &self,
        branch: &Node<'a>,
        nibble: u8,
        key: &Key,
        depth: usize,
    ) -> Result<Tree<'a>, TrieError> {
        let Some(child) = branch.child(nibble) else {
            return Ok(Tree::Empty);
        };
        let node = self.forest.child(child, &self.at(key, depth + 1))?;
        Ok(Tree::of(node, Some(child), key, depth + 1))
    }

    pub(super) fn at<'k>(&self, key: &'k Key, depth: usize) -> At<'k> {
        debug_assert!(depth <= KEY_NIBBLES, "a node below the end of keys");
        At {
            name: self.name,
            key,
            depth,
        }
    }
}
