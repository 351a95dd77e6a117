//! Where a symlink may point (spec `manifests.md` 3.4, decision D11).

/// A target that stays inside the asset root, whether it is read from the root or from the link's own
/// folder: the sources disagree, and a path that does not leave the root from the top does not leave
/// it from further down either. Kept as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymlinkTarget(Box<str>);

/// Why a text cannot be a symlink's target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SymlinkError {
    /// No characters at all.
    #[error("the symlink's target is empty")]
    Empty,
    /// Begins with a slash or a backslash.
    #[error("the symlink's target is an absolute path")]
    Absolute,
    /// The second character is a colon, as in `C:`.
    #[error("the symlink's target begins like a Windows drive")]
    Drive,
    /// Leads out of the asset root.
    #[error("the symlink's target leads out of the asset root")]
    Outside,
    /// U+0000.
    #[error("the symlink's target has a NUL character")]
    Nul,
    /// More than any file system takes.
    #[error("the symlink's target has more than 32767 characters")]
    TooLong,
}

impl SymlinkError {
    /// Stable name of this kind of error, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "symlink-empty",
            Self::Absolute => "symlink-absolute",
            Self::Drive => "symlink-drive",
            Self::Outside => "symlink-outside",
            Self::Nul => "symlink-nul",
            Self::TooLong => "symlink-too-long",
        }
    }
}

impl SymlinkTarget {
    /// Judges and takes a target.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, SymlinkError> {
        let text = text.into();
        check(&text)?;
        Ok(Self(text))
    }

    /// The target's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), SymlinkError> {
    if text.is_empty() {
        return Err(SymlinkError::Empty);
    }
    if text.contains('\0') {
        return Err(SymlinkError::Nul);
    }
    if text.starts_with(['/', '\\']) {
        return Err(SymlinkError::Absolute);
    }
    if text.chars().nth(1) == Some(':') {
        return Err(SymlinkError::Drive);
    }
    // A backslash separates on Windows and is a character elsewhere; the target must be good on both.
    if leaves_the_root(text.split('/')) || leaves_the_root(text.split(['/', '\\'])) {
        return Err(SymlinkError::Outside);
    }
    if crate::relative_path::is_too_long(text) {
        return Err(SymlinkError::TooLong);
    }
    Ok(())
}

fn leaves_the_root<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut depth = 0_usize;
    for name in names {
        match name {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_inside_the_root_stays_as_it_was_given() {
        for text in ["a", "a/../b", "..x", "a/..", "./a//b", "é", "a\\b", "$0"] {
            assert_eq!(SymlinkTarget::parse(text).expect(text).as_str(), text);
        }
    }

    #[test]
    fn a_target_that_may_lead_outside_is_refused() {
        for (text, error) in [
            ("", SymlinkError::Empty),
            ("/etc/passwd", SymlinkError::Absolute),
            ("\\\\server\\share", SymlinkError::Absolute),
            ("\\windows", SymlinkError::Absolute),
            ("C:\\windows", SymlinkError::Drive),
            ("é:x", SymlinkError::Drive),
            ("..", SymlinkError::Outside),
            ("../x", SymlinkError::Outside),
            ("a/../../x", SymlinkError::Outside),
            ("./../x", SymlinkError::Outside),
            ("a\\..\\..\\x", SymlinkError::Outside),
            ("a\0", SymlinkError::Nul),
            (&"a".repeat(32_768), SymlinkError::TooLong),
        ] {
            assert_eq!(SymlinkTarget::parse(text), Err(error), "{text:?}");
        }
    }
}
