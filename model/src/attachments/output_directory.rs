//! A folder that a job writes to.

use std::fmt;

use super::MAX_OUTPUT_DIRECTORIES;
use crate::asset_root::PathFormat;

/// One of `outputRelativeDirectories`: a folder below the asset root in the spelling of the machine
/// that owns the files; the root itself is `.` (spec `s3-layout.md` 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDirectory(Box<str>);

/// The text does not name a folder below the asset root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an output folder is written as a path below the asset root, such as renders{separator}beauty"
)]
pub struct OutputDirectoryError {
    /// Between the names of a path.
    pub separator: char,
}

impl OutputDirectory {
    /// Judges and takes a path: names between separators, none of them empty, `.` or `..`, no
    /// control characters, no drive.
    ///
    /// # Errors
    /// [`OutputDirectoryError`].
    pub fn parse(text: &str, format: PathFormat) -> Result<Self, OutputDirectoryError> {
        let separator = format.separator();
        let names_a_folder = |name: &str| {
            let has_drive = format == PathFormat::Windows && name.contains([':', '/']);
            !matches!(name, "" | "." | "..") && !has_drive && !name.chars().any(char::is_control)
        };
        if text == "." || text.split(separator).all(names_a_folder) {
            Ok(Self(text.into()))
        } else {
            Err(OutputDirectoryError { separator })
        }
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutputDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The output folders of one asset root: at most [`MAX_OUTPUT_DIRECTORIES`], none of them twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutputDirectories(Vec<OutputDirectory>);

/// Why a list of output folders is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputDirectoriesError {
    /// One of them names no folder below the asset root.
    #[error("{text}: {error}")]
    Malformed {
        /// As it was written.
        text: String,
        /// Why.
        error: OutputDirectoryError,
    },
    /// The same folder twice.
    #[error("{0} is there twice")]
    Twice(OutputDirectory),
    /// More than the service takes.
    #[error("at most {MAX_OUTPUT_DIRECTORIES} output folders, not {0}")]
    TooMany(usize),
}

impl OutputDirectoriesError {
    /// Stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "output-directory-malformed",
            Self::Twice(_) => "output-directory-twice",
            Self::TooMany(_) => "output-directories-too-many",
        }
    }
}

impl OutputDirectories {
    /// Judges a list as a person types it: white space around the folders, and empty lines, do not count.
    ///
    /// # Errors
    /// [`OutputDirectoriesError`], for the first folder that breaks a rule.
    pub fn parse(texts: &[String], format: PathFormat) -> Result<Self, OutputDirectoriesError> {
        let mut all: Vec<OutputDirectory> = Vec::new();
        for text in texts.iter().map(|text| text.trim()) {
            if text.is_empty() {
                continue;
            }
            let directory = OutputDirectory::parse(text, format).map_err(|error| {
                let text = text.to_owned();
                OutputDirectoriesError::Malformed { text, error }
            })?;
            if all.contains(&directory) {
                return Err(OutputDirectoriesError::Twice(directory));
            }
            all.push(directory);
        }
        if all.len() > MAX_OUTPUT_DIRECTORIES {
            return Err(OutputDirectoriesError::TooMany(all.len()));
        }
        Ok(Self(all))
    }

    /// The folders, as they were given.
    #[must_use]
    pub fn as_slice(&self) -> &[OutputDirectory] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PathFormat::{Posix, Windows};

    #[test]
    fn only_a_folder_below_the_root_is_taken() {
        for (text, format) in [
            (".", Posix),
            ("renders", Posix),
            ("renders/beauty", Posix),
            ("a\\b", Posix),
            ("C:", Posix),
            (".", Windows),
            ("renders\\beauty", Windows),
        ] {
            assert_eq!(OutputDirectory::parse(text, format).unwrap().as_str(), text);
        }
        for (text, format) in [
            ("", Posix),
            ("/renders", Posix),
            ("renders/", Posix),
            ("a//b", Posix),
            ("./a", Posix),
            ("a/../b", Posix),
            ("a\nb", Posix),
            ("..", Windows),
            ("\\renders", Windows),
            ("a/b", Windows),
            ("C:\\renders", Windows),
        ] {
            let error = OutputDirectoryError {
                separator: format.separator(),
            };
            assert_eq!(OutputDirectory::parse(text, format), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_list_of_folders_is_taken_as_people_type_it() {
        let parse = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            OutputDirectories::parse(&texts, Posix)
        };
        let folders = parse(&[" renders", "", "cache/sim ", "  "]).unwrap();
        let names: Vec<_> = folders
            .as_slice()
            .iter()
            .map(OutputDirectory::as_str)
            .collect();
        assert_eq!(names, ["renders", "cache/sim"]);
        for (texts, code) in [
            (&["renders", "../x"][..], "output-directory-malformed"),
            (&["renders", "renders "][..], "output-directory-twice"),
        ] {
            assert_eq!(parse(texts).unwrap_err().code(), code);
        }
        let many: Vec<String> = (0..=100).map(|n| format!("r{n}")).collect();
        assert!(OutputDirectories::parse(&many[1..], Posix).is_ok());
        assert_eq!(
            OutputDirectories::parse(&many, Posix),
            Err(OutputDirectoriesError::TooMany(101))
        );
    }
}
