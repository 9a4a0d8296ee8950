//! Large batches over threads: what is below one place of a trie does not concern another place.

use super::{Branch, Change, Merge, Tree};
use crate::trie::{
    StateError, nibbles,
    node::Node,
    plan::{Link, Plan},
};
use rayon::prelude::*;

/// Changes that are worth it: split in sixteen, each part is some hundred microseconds of work, a hundred times what it
/// costs to hand it over, and fills the lanes on most levels.
pub(in crate::trie) const WORTH_THREADS: usize = 2048;

/// A part is split again only where it is more than its share of so many for each thread: more parts would end no sooner
/// together, and fill fewer lanes each.
const PARTS_A_THREAD: usize = 4;

impl<'a> Merge<'a> {
    pub(super) fn is_worth_threads(&self, changes: usize) -> bool {
        changes >= self.worth_threads && self.plan.engine().threads() > 1
    }

    /// Does what a serial merge does with each group of changes, which come to different nibbles at `depth`. Each is
    /// planned and hashed by itself. Of several errors, the first one in order counts, as if one had come after the
    /// other.
    pub(super) fn merge_in_threads<C: Change>(
        &mut self,
        before: &Tree<'a>,
        branch: &Option<Node<'a>>,
        groups: Vec<&'a [C]>,
        depth: usize,
    ) -> Result<(), StateError> {
        let engine = self.plan.engine().clone();
        let changes: usize = groups.iter().map(|changes| changes.len()).sum();
        let part = changes / (PARTS_A_THREAD * engine.threads());
        let beside = |plan| Merge {
            name: self.name,
            worth_threads: self.worth_threads.max(part),
            ..Merge::new(self.forest, plan)
        };
        let plans: Vec<Plan> = groups.iter().map(|_| self.plan.beside()).collect();
        let merged: Vec<Result<_, StateError>> = engine.install(|| {
            let groups = groups.par_iter().zip(plans);
            let groups = groups.map(|(changes, plan)| {
                let mut merge = beside(plan);
                let child = merge.below(before, branch, &changes[0], depth)?;
                let after = merge.merge(child, depth + 1, changes)?;
                merge.plan.hash();
                Ok((after, merge.plan))
            });
            groups.collect()
        });
        for (merged, changes) in merged.into_iter().zip(&groups) {
            let (after, plan) = merged?;
            if let Some(tree) = after {
                let nibble = nibbles::at(changes[0].key(), depth);
                let tree = self.adopt(tree, &plan);
                self.changed.push((nibble, tree));
            }
            self.plan.take_chunks(plan);
        }
        Ok(())
    }

    /// A tree that another plan has made, with references of this one.
    fn adopt(&mut self, mut tree: Tree<'a>, plan: &Plan) -> Tree<'a> {
        match &mut tree {
            Tree::Leaf { value, .. } => {
                if let Link::New(root) = &mut value.link {
                    *root = self.plan.adopt(*root, plan);
                }
            }
            Tree::Fork {
                branch: Branch::Made(node),
                ..
            } => *node = self.plan.adopt(*node, plan),
            Tree::Empty | Tree::Fork { .. } => {}
        }
        tree
    }
}
