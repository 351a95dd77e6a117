//! Sorting entries by their path, and finding a path that is there twice.

use std::cmp::Ordering;

use crate::relative_path::RelativePath;

/// An entry whose path another one has already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Twin {
    /// The later one's position in the list as it was given.
    pub(super) index: usize,
    /// The path.
    pub(super) path: String,
}

/// The entries in that order of their paths. A list that is in order already costs one look at each.
pub(super) fn sorted_by_path<T>(
    entries: Vec<T>,
    path: impl Fn(&T) -> &RelativePath,
    order: impl Fn(&str, &str) -> Ordering,
) -> Result<Vec<T>, Twin> {
    let text = |position: usize| path(&entries[position]).as_str();
    if entries.is_sorted_by(|a, b| order(path(a).as_str(), path(b).as_str()).is_lt()) {
        return Ok(entries);
    }
    let positions = positions_in_order(entries.len(), &|a, b| order(text(a), text(b)));
    let twins = positions
        .windows(2)
        .find(|pair| text(pair[0]) == text(pair[1]));
    if let Some(&[_, index]) = twins {
        return Err(Twin {
            index,
            path: text(index).to_owned(),
        });
    }
    Ok(taken(entries, &positions))
}

/// The positions below `count` in that order; of two that are equal the smaller stands first.
///
/// Sorting is long: here it is compiled once for all kinds of entries.
pub(super) fn positions_in_order(
    count: usize,
    order: &dyn Fn(usize, usize) -> Ordering,
) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    positions.sort_unstable_by(|&a, &b| order(a, b).then(a.cmp(&b)));
    positions
}

/// The entries at these positions, no position twice.
pub(super) fn taken<T>(entries: Vec<T>, positions: &[usize]) -> Vec<T> {
    let mut entries: Vec<Option<T>> = entries.into_iter().map(Some).collect();
    positions
        .iter()
        .filter_map(|&position| entries[position].take())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(paths: &[&str]) -> Result<Vec<String>, Twin> {
        let paths = paths
            .iter()
            .map(|path| RelativePath::parse(*path).unwrap())
            .collect();
        let sorted = sorted_by_path(paths, |path| path, str::cmp)?;
        Ok(sorted.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_later_twin_is_named_by_its_given_position() {
        let twin = Twin {
            index: 3,
            path: String::from("b"),
        };
        assert_eq!(sorted(&["b", "a", "c", "b"]), Err(twin));
        assert_eq!(sorted(&["b", "a"]).unwrap(), ["a", "b"]);
    }
}
