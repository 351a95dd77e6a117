//! What was dropped but is not uploaded.

/// Something that was dropped and did not become a file of the upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// Path below the asset root.
    pub path: String,
    /// Why, for programs.
    pub why: WhyNotTaken,
    /// Why, as a sentence.
    pub reason: String,
    /// Name of the SHARED location that workers have it at, if that is why.
    pub location: Option<String>,
}

/// Why something could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNotTaken {
    /// A folder without anything in it, which a manifest of format 2023-03-03 cannot name.
    EmptyFolder,
    /// A folder that the browser could not list.
    UnreadableFolder,
    /// An item that the browser could not make a file of.
    UnreadableFile,
    /// A name on disk that is not valid text.
    NameNotUnicode,
    /// An exclude pattern matches its path.
    Excluded,
    /// There are include patterns, and none of them matches its path.
    NotIncluded,
    /// Workers have it too: it lies in a SHARED location of the storage profile.
    Shared,
}

impl WhyNotTaken {
    /// Stable name, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyFolder => "empty-folder",
            Self::UnreadableFolder => "unreadable-folder",
            Self::UnreadableFile => "unreadable-file",
            Self::NameNotUnicode => "name-not-unicode",
            Self::Excluded => "excluded",
            Self::NotIncluded => "not-included",
            Self::Shared => "shared",
        }
    }

    /// Whether files of the artist may be missing because of it.
    #[must_use]
    pub(crate) fn may_hide_files(self) -> bool {
        match self {
            Self::EmptyFolder | Self::Excluded | Self::NotIncluded | Self::Shared => false,
            Self::UnreadableFolder | Self::UnreadableFile | Self::NameNotUnicode => true,
        }
    }
}
