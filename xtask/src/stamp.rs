//! Remembers from what something was made, so that it is made again only when that changes.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// A copy of everything that decides over a result, kept beside the result.
pub(crate) struct Stamp {
    path: PathBuf,
    inputs: Vec<u8>,
}

impl Stamp {
    /// `path` is where the stamp is kept, `inputs` what the result is made from.
    pub(crate) fn new(path: PathBuf, inputs: &[&[u8]]) -> Self {
        Self {
            path,
            inputs: inputs.join(&0),
        }
    }

    /// Whether the result on disk was made from these inputs.
    pub(crate) fn is_current(&self) -> bool {
        fs::read(&self.path).is_ok_and(|known| known == self.inputs)
    }

    /// To be called once the result is complete.
    pub(crate) fn write(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, &self.inputs)
            .with_context(|| format!("{} can't be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_current_only_for_the_inputs_that_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |inputs: &[&[u8]]| Stamp::new(folder.path().join("a/stamp"), inputs);
        assert!(!at(&[b"lock", b"1"]).is_current());
        at(&[b"lock", b"1"]).write().unwrap();
        assert!(at(&[b"lock", b"1"]).is_current());
        assert!(!at(&[b"lock", b"2"]).is_current());
        assert!(!at(&[b"lock1"]).is_current());
    }
}
