//! A folder that a job writes to.

use std::fmt;

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
}
