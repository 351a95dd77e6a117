//! `$N/name`: a name below the directory at position N (spec `manifests.md` 3.3, decisions D7 to D9).

use std::cmp::Ordering;

use super::super::Fault;
use super::super::sorted::positions_in_order;
use super::Directory;

/// The listed directories, to be found by their path.
#[derive(Debug)]
pub(super) struct Directories<'a>(Vec<&'a str>);

impl<'a> Directories<'a> {
    pub(super) fn of(directories: &'a [Directory]) -> Self {
        let path = |position: usize| directories[position].path.as_str();
        let positions = positions_in_order(directories.len(), &|a, b| path(a).cmp(path(b)));
        let mut paths: Vec<_> = positions.into_iter().map(path).collect();
        paths.dedup();
        Self(paths)
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.binary_search(&path).is_ok()
    }

    /// The position of a path's parent, if that is listed, and the path's last name.
    pub(super) fn reference<'p>(&self, path: &'p str) -> Option<(usize, &'p str)> {
        let (parent, name) = path.rsplit_once('/')?;
        Some((self.0.binary_search(&parent).ok()?, name))
    }

    /// Refuses a path that stands in full and would not be read as it is written. Decision D8 knows
    /// `$`, digits, `/`; decision D9 refuses anything else between `$` and `/` when it is read.
    pub(super) fn check_literal(&self, path: &str) -> Result<(), Fault> {
        if path.starts_with('$') && path.contains('/') && self.reference(path).is_none() {
            return Err(Fault::LooksLikeReference(path.to_owned()));
        }
        Ok(())
    }
}

/// A name as it stands in a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// Means itself.
    Literal(&'a str),
    /// The directory's position, and the rest.
    Reference(usize, &'a str),
}

/// Reads a name.
///
/// # Errors
/// [`Fault::BadReference`]
pub(super) fn parse(text: &str) -> Result<Written<'_>, Fault> {
    let Some((number, name)) = text.strip_prefix('$').and_then(|rest| rest.split_once('/')) else {
        return Ok(Written::Literal(text));
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = number.len() > 1 && number.starts_with('0');
    if !is_number || has_leading_zero {
        return Err(Fault::BadReference);
    }
    // A number that does not fit is beyond every list.
    Ok(Written::Reference(
        number.parse().unwrap_or(usize::MAX),
        name,
    ))
}

/// Expands names, and refuses a document that grows beyond measure: a hundred bytes of references
/// can stand for gigabytes of names.
#[derive(Debug)]
pub(super) struct Expander {
    /// Bytes that may still be written.
    budget: usize,
}

/// Names of ordinary trees, where a name stands for its directory's path of a few hundred bytes, are
/// far below this.
const GROWTH: usize = 32;

/// Allowed on top, so that small documents are free.
const FREE_BYTES: usize = 1 << 20;

impl Expander {
    /// For a document of so many bytes.
    pub(super) fn new(document_bytes: usize) -> Self {
        Self {
            budget: document_bytes
                .saturating_mul(GROWTH)
                .saturating_add(FREE_BYTES),
        }
    }

    /// The name in full; `None` if it means itself.
    ///
    /// # Errors
    /// [`Fault::BadReference`], [`Fault::UnknownDirectory`], [`Fault::ExpandsTooFar`].
    pub(super) fn expand(
        &mut self,
        text: &str,
        directories: &[Directory],
    ) -> Result<Option<String>, Fault> {
        let (index, name) = match parse(text)? {
            Written::Literal(_) => return Ok(None),
            Written::Reference(index, name) => (index, name),
        };
        let directory = directories
            .get(index)
            .ok_or(Fault::UnknownDirectory { index })?
            .path
            .as_str();
        let length = directory.len() + 1 + name.len();
        match length.cmp(&self.budget) {
            Ordering::Greater => Err(Fault::ExpandsTooFar),
            Ordering::Equal | Ordering::Less => {
                self.budget -= length;
                Ok(Some(format!("{directory}/{name}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relative_path::RelativePath;

    fn directories(paths: &[&str]) -> Vec<Directory> {
        paths
            .iter()
            .map(|path| Directory {
                path: RelativePath::parse(*path).unwrap(),
                is_deleted: false,
            })
            .collect()
    }

    #[test]
    fn only_a_plain_number_is_a_reference() {
        assert_eq!(parse("$0/x"), Ok(Written::Reference(0, "x")));
        assert_eq!(parse("$12/x/y"), Ok(Written::Reference(12, "x/y")));
        assert_eq!(
            parse("$99999999999999999999/x"),
            Ok(Written::Reference(usize::MAX, "x"))
        );
        for literal in ["$0", "$", "a/$0", "a$0/x", "$0x"] {
            assert_eq!(parse(literal), Ok(Written::Literal(literal)));
        }
        for bad in [
            "$/x", "$a/x", "$+1/x", "$-1/x", "$00/x", "$01/x", "$1 /x", "$٣/x",
        ] {
            assert_eq!(parse(bad), Err(Fault::BadReference), "{bad}");
        }
    }

    #[test]
    fn a_name_is_written_below_its_listed_parent_only() {
        let listed = directories(&["b", "a", "a/b", "a"]);
        let positions = Directories::of(&listed);
        assert_eq!(positions.reference("a/b/c"), Some((1, "c")));
        assert_eq!(positions.reference("b/c"), Some((2, "c")));
        assert_eq!(positions.reference("a/x/c"), None);
        assert_eq!(positions.reference("a"), None);
    }

    #[test]
    fn a_document_cannot_grow_beyond_measure() {
        let long = directories(&[&"d".repeat(30_000)]);
        let mut expander = Expander::new(1000);
        let names = (0..1000).map(|_| expander.expand("$0/x", &long));
        let (good, bad): (Vec<_>, Vec<_>) = names.partition(Result::is_ok);
        assert_eq!(good.len(), (1000 * GROWTH + FREE_BYTES) / 30_002);
        assert_eq!(bad[0], Err(Fault::ExpandsTooFar));
    }
}
