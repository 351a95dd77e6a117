//! Storage profiles: where the machines of a studio have their files, and which of these places the
//! workers share (spec `deadline-apis.md` 2, `s3-layout.md` 7).

use crate::asset_root::{AssetRoot, PathFormat};
use crate::ids::StorageProfileId;
use crate::location_name::LocationName;

/// The places of one kind of machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageProfile {
    /// For CreateJob.
    pub id: StorageProfileId,
    /// Shown to people.
    pub name: String,
    /// Which machines these are.
    pub os_family: OsFamily,
    /// At most 20.
    pub locations: Vec<FileSystemLocation>,
}

/// A place with a name that all storage profiles of a farm share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystemLocation {
    /// Names the same place on every kind of machine.
    pub name: LocationName,
    /// The folder on this kind of machine.
    pub folder: AssetRoot,
    /// Whether the workers have it too.
    pub kind: LocationKind,
}

/// Who has the files of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocationKind {
    /// Workers and artists: nothing of it is uploaded.
    Shared,
    /// Only this machine: uploaded, in an asset root of its own.
    Local,
}

/// The operating systems of a storage profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OsFamily {
    /// Drives and backslashes.
    Windows,
    /// Slashes.
    Linux,
    /// Slashes.
    Macos,
}

impl LocationKind {
    /// Reads the word the service uses.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "SHARED" => Some(Self::Shared),
            "LOCAL" => Some(Self::Local),
            _ => None,
        }
    }

    /// The word the service uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "SHARED",
            Self::Local => "LOCAL",
        }
    }
}

impl OsFamily {
    /// Reads the word the service uses.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "WINDOWS" => Some(Self::Windows),
            "LINUX" => Some(Self::Linux),
            "MACOS" => Some(Self::Macos),
            _ => None,
        }
    }

    /// The word the service uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "WINDOWS",
            Self::Linux => "LINUX",
            Self::Macos => "MACOS",
        }
    }

    /// How its paths are written.
    #[must_use]
    pub fn path_format(self) -> PathFormat {
        match self {
            Self::Windows => PathFormat::Windows,
            Self::Linux | Self::Macos => PathFormat::Posix,
        }
    }
}

impl StorageProfile {
    /// The names that a queue requires and this profile does not have, in the queue's order (spec
    /// `s3-layout.md` 8): a job with such a profile would not be taken.
    #[must_use]
    pub fn missing<'a>(&self, required: &'a [LocationName]) -> Vec<&'a LocationName> {
        let has = |name: &LocationName| self.locations.iter().any(|place| place.name == *name);
        required.iter().filter(|name| !has(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_service_are_read_and_no_others() {
        for os in [OsFamily::Windows, OsFamily::Linux, OsFamily::Macos] {
            assert_eq!(OsFamily::parse(os.as_str()), Some(os));
        }
        for kind in [LocationKind::Shared, LocationKind::Local] {
            assert_eq!(LocationKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(OsFamily::parse("linux"), None);
        assert_eq!(LocationKind::parse("local"), None);
        assert_eq!(OsFamily::Macos.path_format(), PathFormat::Posix);
        assert_eq!(OsFamily::Windows.path_format(), PathFormat::Windows);
    }

    #[test]
    fn the_required_names_that_are_not_there_are_told() {
        let name = |text: &str| text.parse::<LocationName>().unwrap();
        let profile = StorageProfile {
            id: "sp-0123456789abcdef0123456789abcdef".parse().unwrap(),
            name: "Workstations".into(),
            os_family: OsFamily::Linux,
            locations: vec![FileSystemLocation {
                name: name("Assets"),
                folder: AssetRoot::parse("/mnt/assets", PathFormat::Posix).unwrap(),
                kind: LocationKind::Local,
            }],
        };
        assert!(profile.missing(&[name("Assets")]).is_empty());
        let required = [name("Tools"), name("Assets"), name("assets")];
        assert_eq!(
            profile.missing(&required),
            [&name("Tools"), &name("assets")]
        );
    }
}
