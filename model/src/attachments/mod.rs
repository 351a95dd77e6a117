//! The `attachments` value of CreateJob: which manifests a job is given, below which asset roots,
//! and where it writes (spec `s3-layout.md` 8).

mod json;
mod output_directory;
mod stored_manifest;

pub use json::{AttachmentsError, AttachmentsFault};
pub use output_directory::{
    OutputDirectories, OutputDirectoriesError, OutputDirectory, OutputDirectoryError,
};
pub use stored_manifest::{StoredManifest, StoredPath, StoredPathError};

use serde::{Deserialize, Serialize};

use crate::asset_root::AssetRoot;
use crate::location_name::LocationName;

/// Most asset roots of a job.
pub const MAX_ROOTS: usize = 10;

/// Most output folders of an asset root.
pub const MAX_OUTPUT_DIRECTORIES: usize = 100;

/// What a job gets to see of its files; 1 to [`MAX_ROOTS`] asset roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachments {
    roots: Vec<AttachedRoot>,
    file_system: FileSystem,
}

/// How workers get the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FileSystem {
    /// Copied before the task runs.
    #[default]
    Copied,
    /// Fetched when they are read.
    Virtual,
}

/// One asset root of a job; the service calls it manifest properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedRoot {
    /// As the submitting machine spells it.
    pub root: AssetRoot,
    /// Only for a LOCAL location of a storage profile.
    pub location_name: Option<LocationName>,
    /// The files; none for a root that is only written to or referred to.
    pub input: Option<StoredManifest>,
    /// At most [`MAX_OUTPUT_DIRECTORIES`].
    pub output_directories: Vec<OutputDirectory>,
}

/// More, or fewer, than the service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// Not 1 to [`MAX_ROOTS`].
    #[error("a job has 1 to {MAX_ROOTS} asset roots, not {0}")]
    Roots(usize),
    /// More than [`MAX_OUTPUT_DIRECTORIES`].
    #[error("an asset root has at most {MAX_OUTPUT_DIRECTORIES} output folders, not {0}")]
    OutputDirectories(usize),
}

impl Attachments {
    /// Puts a job's asset roots together.
    ///
    /// # Errors
    /// [`CountError`].
    pub fn new(roots: Vec<AttachedRoot>, file_system: FileSystem) -> Result<Self, CountError> {
        if !(1..=MAX_ROOTS).contains(&roots.len()) {
            return Err(CountError::Roots(roots.len()));
        }
        let most = roots.iter().map(|root| root.output_directories.len()).max();
        match most {
            Some(count) if count > MAX_OUTPUT_DIRECTORIES => {
                Err(CountError::OutputDirectories(count))
            }
            _ => Ok(Self { roots, file_system }),
        }
    }

    /// One asset root with input files and nothing else.
    #[must_use]
    pub fn of_input(root: AssetRoot, input: StoredManifest) -> Self {
        Self {
            roots: vec![AttachedRoot {
                root,
                location_name: None,
                input: Some(input),
                output_directories: Vec::new(),
            }],
            file_system: FileSystem::default(),
        }
    }

    /// The asset roots, in the order they were given.
    #[must_use]
    pub fn roots(&self) -> &[AttachedRoot] {
        &self.roots
    }

    /// How workers get the files.
    #[must_use]
    pub fn file_system(&self) -> FileSystem {
        self.file_system
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContentHash, PathFormat};

    #[test]
    fn one_root_with_input_is_copied_and_says_nothing_else() {
        let root = AssetRoot::parse("/projects", PathFormat::Posix).unwrap();
        let input = StoredManifest {
            path: StoredPath::parse("farm-a/queue-b/Inputs/c/d_input").unwrap(),
            hash: ContentHash::of(b"text"),
        };
        let attachments = Attachments::of_input(root.clone(), input.clone());
        assert_eq!(attachments.file_system(), FileSystem::Copied);
        let [only] = attachments.roots() else {
            panic!("one root");
        };
        assert_eq!(
            (&only.root, &only.input, &only.location_name),
            (&root, &Some(input), &None)
        );
        assert!(only.output_directories.is_empty());
        assert_eq!(Attachments::parse(&attachments.to_json()), Ok(attachments));
    }
}
