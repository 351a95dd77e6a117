//! The asset root: the folder below which a manifest's paths lie, spelled as the submitting machine
//! spells it (spec `s3-layout.md` 7 and 8).

use std::fmt;

/// How the paths of the machine that owns the files are written; `rootPathFormat` in CreateJob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFormat {
    /// `/projects/shot`; Linux and macOS.
    Posix,
    /// `C:\projects\shot` or `\\server\share`.
    Windows,
}

impl PathFormat {
    /// The word the service uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Posix => "posix",
            Self::Windows => "windows",
        }
    }

    /// Between the names of a path.
    #[must_use]
    pub fn separator(self) -> char {
        match self {
            Self::Posix => '/',
            Self::Windows => '\\',
        }
    }

    /// How an absolute path is written: only posix paths begin with `/`.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path.starts_with('/') {
            Self::Posix
        } else {
            Self::Windows
        }
    }

    /// Reads the word the service uses.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "posix" => Some(Self::Posix),
            "windows" => Some(Self::Windows),
            _ => None,
        }
    }
}

/// An absolute folder path of 1 to 1024 characters without a trailing separator (a bare root keeps
/// its own).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRoot {
    path: String,
    format: PathFormat,
}

/// Why a text cannot be an asset root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssetRootError {
    /// Not absolute in its format.
    #[error("a posix asset root is an absolute path such as /projects/shot_010")]
    NotAbsolutePosix,
    /// Not absolute in its format.
    #[error("a windows asset root is an absolute path such as C:\\projects or \\\\server\\share")]
    NotAbsoluteWindows,
    /// More than the service takes.
    #[error("an asset root has at most 1024 characters")]
    TooLong,
    /// A component `.` or `..`, or an empty one, or a separator at the end of exact text.
    #[error("an asset root is written without . or .., doubled separators or one at its end")]
    NotNormal,
    /// A control character.
    #[error("an asset root has no control characters")]
    Control,
}

impl AssetRootError {
    /// Stable name of the reason.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAbsolutePosix | Self::NotAbsoluteWindows => "asset-root-not-absolute",
            Self::TooLong => "asset-root-too-long",
            Self::NotNormal | Self::Control => "asset-root-malformed",
        }
    }
}

impl AssetRoot {
    /// Judges and takes a path; separators at its end are dropped.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str, format: PathFormat) -> Result<Self, AssetRootError> {
        if text.chars().any(char::is_control) {
            return Err(AssetRootError::Control);
        }
        let path = match format {
            PathFormat::Posix => posix(text)?,
            PathFormat::Windows => windows(text)?,
        };
        if path.chars().count() > 1024 {
            return Err(AssetRootError::TooLong);
        }
        Ok(Self { path, format })
    }

    /// Takes a path that another program has written: it is the key of mapping rules and hashes, so
    /// it is refused instead of spelled anew.
    ///
    /// # Errors
    /// As [`AssetRoot::parse`], and [`AssetRootError::NotNormal`] for a separator at the end.
    pub fn parse_exact(text: &str, format: PathFormat) -> Result<Self, AssetRootError> {
        let root = Self::parse(text, format)?;
        if root.path == text {
            Ok(root)
        } else {
            Err(AssetRootError::NotNormal)
        }
    }

    /// The path, exactly as it goes into `rootPath`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// How the path is written.
    #[must_use]
    pub fn format(&self) -> PathFormat {
        self.format
    }
}

impl fmt::Display for AssetRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

fn posix(text: &str) -> Result<String, AssetRootError> {
    let rest = text
        .strip_prefix('/')
        .ok_or(AssetRootError::NotAbsolutePosix)?;
    let rest = rest.trim_end_matches('/');
    check_names(rest, PathFormat::Posix)?;
    Ok(format!("/{rest}"))
}

fn windows(text: &str) -> Result<String, AssetRootError> {
    // Windows takes both separators; `rootPath` is compared as text, so one spelling is kept.
    let text = text.replace('/', "\\");
    if let Some(rest) = text.strip_prefix("\\\\") {
        let rest = rest.trim_end_matches('\\');
        check_names(rest, PathFormat::Windows)?;
        return match rest.matches('\\').count() {
            0 => Err(AssetRootError::NotAbsoluteWindows),
            // The bare root of a share, as the official client spells it.
            1 => Ok(format!("\\\\{rest}\\")),
            _ => Ok(format!("\\\\{rest}")),
        };
    }
    let bytes = text.as_bytes();
    let has_drive = bytes.len() >= 3 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":\\";
    if !has_drive {
        return Err(AssetRootError::NotAbsoluteWindows);
    }
    let (drive, rest) = text.split_at(3);
    let rest = rest.trim_end_matches('\\');
    check_names(rest, PathFormat::Windows)?;
    Ok(format!("{drive}{rest}"))
}

fn check_names(rest: &str, format: PathFormat) -> Result<(), AssetRootError> {
    if !rest.is_empty()
        && rest
            .split(format.separator())
            .any(|name| matches!(name, "" | "." | ".."))
    {
        return Err(AssetRootError::NotNormal);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str, format: PathFormat) -> String {
        AssetRoot::parse(text, format).expect(text).to_string()
    }

    #[test]
    fn trailing_separators_go_and_bare_roots_stay() {
        assert_eq!(
            taken("/projects/shot/", PathFormat::Posix),
            "/projects/shot"
        );
        assert_eq!(taken("/", PathFormat::Posix), "/");
        assert_eq!(taken("C:\\", PathFormat::Windows), "C:\\");
        assert_eq!(taken("C:/projects/", PathFormat::Windows), "C:\\projects");
        assert_eq!(
            taken("\\\\server\\share", PathFormat::Windows),
            "\\\\server\\share\\"
        );
        assert_eq!(
            taken("\\\\server\\share\\a\\", PathFormat::Windows),
            "\\\\server\\share\\a"
        );
        assert_eq!(taken("/mnt/日本語", PathFormat::Posix), "/mnt/日本語");
    }

    #[test]
    fn what_is_not_an_absolute_folder_is_refused() {
        use AssetRootError as E;
        for (text, format, error) in [
            ("", PathFormat::Posix, E::NotAbsolutePosix),
            ("projects", PathFormat::Posix, E::NotAbsolutePosix),
            ("C:\\projects", PathFormat::Posix, E::NotAbsolutePosix),
            ("/projects", PathFormat::Windows, E::NotAbsoluteWindows),
            ("C:projects", PathFormat::Windows, E::NotAbsoluteWindows),
            ("\\\\server", PathFormat::Windows, E::NotAbsoluteWindows),
            ("/a/../b", PathFormat::Posix, E::NotNormal),
            ("/a//b", PathFormat::Posix, E::NotNormal),
            ("/a\nb", PathFormat::Posix, E::Control),
        ] {
            assert_eq!(AssetRoot::parse(text, format), Err(error), "{text:?}");
        }
        let long = format!("/{}", "a".repeat(1024));
        assert_eq!(AssetRoot::parse(&long, PathFormat::Posix), Err(E::TooLong));
    }
}
