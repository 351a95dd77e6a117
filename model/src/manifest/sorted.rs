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
    let order = |a: &T, b: &T| order(path(a).as_str(), path(b).as_str());
    if entries.is_sorted_by(|a, b| order(a, b).is_lt()) {
        return Ok(entries);
    }
    let mut numbered: Vec<(usize, T)> = entries.into_iter().enumerate().collect();
    // Stable, so that of two equal paths the later one stands behind.
    numbered.sort_by(|(_, a), (_, b)| order(a, b));
    let twins = numbered
        .windows(2)
        .find(|pair| path(&pair[0].1) == path(&pair[1].1));
    if let Some([_, (index, entry)]) = twins {
        return Err(Twin {
            index: *index,
            path: path(entry).to_string(),
        });
    }
    Ok(numbered.into_iter().map(|(_, entry)| entry).collect())
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
