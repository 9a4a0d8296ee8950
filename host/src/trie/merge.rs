//! Sorted changes into a trie: each node that changes is made anew, once, on the way back up.
//!
//! Changes of one trie come together to every fork, which counts its children only when all of them are settled. So
//! deletions never merge a branch that keeps two children in the end, and never ask for the content of a sibling that
//! an honest witness lacks: as if all upserts came first.

mod threads;
mod tree;

use super::{
    StateError, TrieError, decode,
    forest::{At, Forest, KEY_NIBBLES, Key, Name, Root},
    heap::Id,
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

    /// What becomes of a branch some of whose children have changed: those from `first` on.
    fn change_branch(
        &mut self,
        branch: &Node<'a>,
        key: &Key,
        depth: usize,
        first: usize,
    ) -> Result<Tree<'a>, TrieError> {
        let mut mask = branch.shape.mask();
        for (nibble, tree) in &self.changed[first..] {
            match tree.is_empty() {
                true => mask &= !(1 << nibble),
                false => mask |= 1 << nibble,
            }
        }
        if mask.count_ones() < 2 {
            let nibble = mask.trailing_zeros() as u8;
            let changed = self.changed[first..].iter();
            let mut left = changed.filter(|(at, _)| *at == nibble);
            return match left.next() {
                Some((_, tree)) => Ok(*tree),
                None if mask == 0 => Ok(Tree::Empty),
                None => {
                    let mut key = *key;
                    nibbles::set(&mut key, depth, nibble);
                    self.child(branch, nibble, &key, depth)
                }
            };
        }
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        for index in first..self.changed.len() {
            let (nibble, tree) = self.changed[index];
            places.push((nibble, self.place(tree, depth + 1)));
        }
        let made = self.plan.changed_branch(branch, &places);
        self.places = places;
        Ok(Tree::Fork {
            key: *key,
            depth,
            branch: Branch::Made(made),
        })
    }

    /// What becomes of a place without a branch when trees from `first` on, by their next nibble, come there.
    fn grow(&mut self, before: Tree<'a>, key: &Key, depth: usize, first: usize) -> Tree<'a> {
        if let Some(key) = before.key() {
            let nibble = nibbles::at(key, depth);
            let changed = &self.changed[first..];
            if let Err(at) = changed.binary_search_by_key(&nibble, |(at, _)| *at) {
                self.changed.insert(first + at, (nibble, before));
            }
        }
        let mut trees = self.changed[first..].iter().filter(|(_, t)| !t.is_empty());
        match (trees.next(), trees.next()) {
            (None, _) => return Tree::Empty,
            (Some((_, tree)), None) => return *tree,
            _ => {}
        }
        let mut children = std::mem::take(&mut self.children);
        children.clear();
        for index in first..self.changed.len() {
            let (nibble, tree) = self.changed[index];
            let node = self.place(tree, depth + 1);
            children.extend(node.map(|node| (nibble, node)));
        }
        let branch = self.plan.branch(&children, &[]);
        self.children = children;
        Tree::Fork {
            key: *key,
            depth,
            branch: Branch::Made(branch),
        }
    }

    /// Encodes what is not encoded yet of a tree, now that its place is known; `None` if it is empty.
    fn place(&mut self, tree: Tree<'a>, depth: usize) -> Option<Ref> {
        match tree {
            Tree::Empty => None,
            Tree::Leaf { key, value } => Some(self.plan.leaf(&key, depth, value)),
            Tree::Fork {
                key,
                depth: at,
                branch,
            } => {
                let branch = match branch {
                    Branch::Made(node) => node,
                    Branch::Below(child) | Branch::Read(_, Some(child)) => {
                        self.plan.by_item(&child)
                    }
                    Branch::Read(_, None) => unreachable!("a root that changes is made anew"),
                };
                Some(match at - depth {
                    0 => branch,
                    _ => self.plan.extension(&key, depth, at, branch),
                })
            }
        }
    }

    /// The root of a trie, which has a hash however short it is.
    fn root(&mut self, tree: Tree<'a>) -> Ref {
        let Some(node) = self.place(tree, 0) else {
            return self.plan.by_hash(&Root::EMPTY.hash, Id::NONE);
        };
        match self.plan.encoding(node).map(decode::check) {
            None => node,
            Some(shape) => {
                let shape = shape.expect("what was encoded here is canonical");
                self.plan.root(node, shape)
            }
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
