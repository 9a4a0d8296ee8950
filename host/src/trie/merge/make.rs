//! Nodes made anew where changes have come together.

use super::{Branch, Merge, Tree};
use crate::trie::{
    TrieError, decode,
    forest::{Key, Root},
    heap::Id,
    nibbles,
    node::Node,
    plan::Ref,
};

impl<'a> Merge<'a> {
    /// What becomes of a branch some of whose children have changed: those from `first` on.
    pub(super) fn change_branch(
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
    pub(super) fn grow(
        &mut self,
        before: Tree<'a>,
        key: &Key,
        depth: usize,
        first: usize,
    ) -> Tree<'a> {
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
    pub(super) fn root(&mut self, tree: Tree<'a>) -> Ref {
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
}
