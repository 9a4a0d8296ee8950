//! Changes of a trie by key.

use super::{
    TrieError,
    nibbles::common_prefix,
    node::{Body, Branch, Node},
    tree::{Fork, Nodes, Trie},
};
use alloy_primitives::Bytes;
use std::sync::Arc;

/// What hangs on a path that is to be forked.
enum End<'a> {
    Value(&'a Bytes),
    Fork(&'a Arc<Node>),
}

impl Trie {
    /// Sets the value of a key; the value must not be empty.
    ///
    /// Needs the nodes on the key's path, nothing else. Nothing changes if one of them is missing, nor if the key has
    /// this value already.
    pub(super) fn insert(&mut self, key: &[u8], value: Bytes) -> Result<(), TrieError> {
        if self.get(key)? == Some(&value) {
            return Ok(());
        }
        let Some(mut node) = self.root.as_mut() else {
            self.root = Some(Node::leaf(key, value));
            return Ok(());
        };
        let mut depth = 0;
        loop {
            let (above, rest) = key.split_at(depth);
            let body = self.nodes.edit(node, above)?;
            if let Some(forked) = part(body, rest, &value) {
                *body = forked;
                return Ok(());
            }
            match body {
                Body::Branch(branch) => {
                    let Some((&nibble, rest)) = rest.split_first() else {
                        branch.value = value;
                        return Ok(());
                    };
                    match &mut branch.children[usize::from(nibble)] {
                        Some(child) => node = child,
                        place => {
                            *place = Some(Node::leaf(rest, value));
                            return Ok(());
                        }
                    }
                    depth += 1;
                }
                Body::Extension { path, child } => {
                    depth += path.len();
                    node = child;
                }
                Body::Leaf { value: old, .. } => {
                    *old = value;
                    return Ok(());
                }
            }
        }
    }

    /// Removes a key.
    ///
    /// Needs the nodes on the key's path, and where a branch is left with one child, the content of that child: it
    /// tells how the two merge. Nothing changes if one of them is missing, nor if the key is not in the trie.
    pub(super) fn remove(&mut self, key: &[u8]) -> Result<(), TrieError> {
        let found = self.find(key)?;
        if found.value.is_none() {
            return Ok(());
        }
        let Some(fork) = found.fork else {
            self.root = None;
            return Ok(());
        };
        let Fork { depth, top, .. } = fork;
        let merged = merge(&self.nodes, &fork, key)?;
        let Some(root) = self.root.as_mut() else {
            return Ok(());
        };
        if let Some(merged) = merged {
            *descend(&self.nodes, root, key, top)? = merged;
            return Ok(());
        }
        let node = descend(&self.nodes, root, key, depth)?;
        let (above, rest) = key.split_at(depth);
        let Body::Branch(branch) = self.nodes.edit(node, above)? else {
            unreachable!("a branch was found there");
        };
        match rest.first() {
            Some(&nibble) => branch.children[usize::from(nibble)] = None,
            None => branch.value = Bytes::new(),
        }
        Ok(())
    }
}

/// The node at `depth` nibbles on a key's path that leads that far, to be changed: so are the nodes above it.
fn descend<'t>(
    nodes: &Nodes,
    mut node: &'t mut Arc<Node>,
    key: &[u8],
    target: usize,
) -> Result<&'t mut Arc<Node>, TrieError> {
    let mut depth = 0;
    while depth < target {
        let (above, rest) = key.split_at(depth);
        let (child, nibbles) = match nodes.edit(node, above)? {
            Body::Branch(branch) => (branch.children[usize::from(rest[0])].as_mut(), 1),
            Body::Extension { path, child } => (Some(child), path.len()),
            Body::Leaf { .. } => (None, 0),
        };
        node = child.expect("the path was found to lead there");
        depth += nibbles;
    }
    Ok(node)
}

/// What takes the place of a branch, and of the extension above it, that loses the place of `key` and has one place
/// taken afterwards; `None` if it has more.
fn merge(nodes: &Nodes, fork: &Fork<'_>, key: &[u8]) -> Result<Option<Arc<Node>>, TrieError> {
    let (above, rest) = key.split_at(fork.depth);
    let removed = rest.first().copied();
    let mut others = (0u8..)
        .zip(&fork.branch.children)
        .filter_map(|(nibble, child)| {
            let child = child.as_ref()?;
            (Some(nibble) != removed).then_some((nibble, child))
        });
    let value = removed.map_or(&[][..], |_| &fork.branch.value);
    let (nibble, child) = match (others.next(), others.next()) {
        (None, _) => {
            let value = fork.branch.value.clone();
            return Ok(Some(Node::leaf(&above[fork.top..], value)));
        }
        (Some(other), None) if value.is_empty() => other,
        _ => return Ok(None),
    };
    let whole = [above, &[nibble]].concat();
    let path = &whole[fork.top..];
    Ok(Some(match nodes.read(child, &whole)? {
        Body::Leaf { path: rest, value } => Node::leaf(&[path, rest].concat(), value.clone()),
        Body::Extension { path: rest, child } => {
            Node::extension(&[path, rest].concat(), Arc::clone(child))
        }
        Body::Branch(_) => Node::extension(path, Arc::clone(child)),
    }))
}

/// What takes the place of a leaf or an extension when a key comes that parts from its path; `None` if none parts.
fn part(body: &Body, new_path: &[u8], value: &Bytes) -> Option<Body> {
    let (path, end) = match body {
        Body::Leaf { path, value } if **path != *new_path => (path, End::Value(value)),
        Body::Extension { path, child } if !new_path.starts_with(path) => (path, End::Fork(child)),
        _ => return None,
    };
    let (common, rest) = path.split_at(common_prefix(path, new_path));
    let mut branch = Box::<Branch>::default();
    match (rest.split_first(), end) {
        (Some((&nibble, rest)), end) => {
            branch.children[usize::from(nibble)] = Some(match end {
                End::Value(value) => Node::leaf(rest, value.clone()),
                End::Fork(child) => Node::extension(rest, Arc::clone(child)),
            });
        }
        (None, End::Value(value)) => branch.value = value.clone(),
        (None, End::Fork(_)) => unreachable!("the key parts from the extension's path"),
    }
    match new_path[common.len()..].split_first() {
        Some((&nibble, rest)) => {
            branch.children[usize::from(nibble)] = Some(Node::leaf(rest, value.clone()));
        }
        None => branch.value = value.clone(),
    }
    let branch = Body::Branch(branch);
    if common.is_empty() {
        return Some(branch);
    }
    Some(Body::Extension {
        path: common.into(),
        child: Node::dirty(branch),
    })
}
