//! Where manifests are: the names that tell their asset root, and the path of an input manifest
//! (spec `s3-layout.md` 1).

use std::fmt;
use std::str::FromStr;

use crate::hash::{ContentHash, is_lower_hex};
use crate::ids::{FarmId, QueueId};

/// The folder that sets one input manifest apart: a random UUID without dashes, new for every
/// manifest. 32 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestGuid(Box<str>);

/// The text is not 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a manifest's guid is 32 lower-case hex digits")]
pub struct GuidError;

impl ManifestGuid {
    /// The guid of another manifest of the same upload, counted from 0, which is this one itself: as random as
    /// this one is, and written as a random UUID.
    #[must_use]
    pub fn nth(&self, number: usize) -> Self {
        if number == 0 {
            return self.clone();
        }
        let mut text = ContentHash::of(format!("{self} {number}").as_bytes()).to_string();
        text.replace_range(12..13, "4");
        text.replace_range(16..17, "a");
        Self(text.into())
    }
}

impl FromStr for ManifestGuid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        if is_lower_hex(text, 32) {
            Ok(Self(text.into()))
        } else {
            Err(GuidError)
        }
    }
}

impl fmt::Display for ManifestGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last part of a manifest's key. It is a hash of the asset root, not of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestName {
    /// Of the files that a job is given: `{hash}_input`.
    Input(ContentHash),
    /// Of the files that a task made: `{hash}_output`.
    Output(ContentHash),
}

impl ManifestName {
    /// Hashes the root's text exactly as `rootPath` has it.
    #[must_use]
    pub fn of_input(root_path: &str) -> Self {
        Self::Input(ContentHash::of(root_path.as_bytes()))
    }

    /// Hashes the location's name and the root's text, nothing between them.
    #[must_use]
    pub fn of_output(file_system_location_name: Option<&str>, root_path: &str) -> Self {
        let name = file_system_location_name.unwrap_or_default();
        Self::Output(ContentHash::of(format!("{name}{root_path}").as_bytes()))
    }
}

impl fmt::Display for ManifestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(hash) => write!(f, "{hash}_input"),
            Self::Output(hash) => write!(f, "{hash}_output"),
        }
    }
}

/// The text is no part of a manifest's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the key of a manifest as the official client writes it")]
pub struct ManifestKeyError;

impl FromStr for ManifestName {
    type Err = ManifestKeyError;

    fn from_str(text: &str) -> Result<Self, ManifestKeyError> {
        let (hash, kind) = text.split_once('_').ok_or(ManifestKeyError)?;
        let hash = ContentHash::from_hex(hash.as_bytes()).ok_or(ManifestKeyError)?;
        match kind {
            "input" => Ok(Self::Input(hash)),
            "output" => Ok(Self::Output(hash)),
            _ => Err(ManifestKeyError),
        }
    }
}

/// `inputManifestPath`: where an input manifest is, below the queue's manifests prefix.
///
/// `{farmId}/{queueId}/Inputs/{guid}/{nameHash}_input`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputManifestPath {
    /// The farm.
    pub farm_id: FarmId,
    /// The queue.
    pub queue_id: QueueId,
    /// New for every manifest.
    pub guid: ManifestGuid,
    /// Hash of the asset root's text.
    pub name_hash: ContentHash,
}

impl fmt::Display for InputManifestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            farm_id,
            queue_id,
            guid,
            name_hash,
        } = self;
        let name = ManifestName::Input(*name_hash);
        write!(f, "{farm_id}/{queue_id}/Inputs/{guid}/{name}")
    }
}

impl FromStr for InputManifestPath {
    type Err = ManifestKeyError;

    fn from_str(text: &str) -> Result<Self, ManifestKeyError> {
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or(ManifestKeyError);
        let farm_id = next()?.parse().map_err(|_| ManifestKeyError)?;
        let queue_id = next()?.parse().map_err(|_| ManifestKeyError)?;
        let (inputs, guid, name) = (next()?, next()?, next()?);
        let ManifestName::Input(name_hash) = name.parse()? else {
            return Err(ManifestKeyError);
        };
        if inputs != "Inputs" || parts.next().is_some() {
            return Err(ManifestKeyError);
        }
        Ok(Self {
            farm_id,
            queue_id,
            guid: guid.parse().map_err(|_| ManifestKeyError)?,
            name_hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "farm-0123456789abcdef0123456789abcdef/\
        queue-fedcba9876543210fedcba9876543210/Inputs/11111111111111111111111111111111/\
        99aa06d3014798d86001c324468d497f_input";

    #[test]
    fn a_path_is_read_as_it_was_written() {
        let path: InputManifestPath = PATH.parse().unwrap();
        assert_eq!(path.to_string(), PATH);
        assert_eq!(path.name_hash, ContentHash::of(b""));
    }

    #[test]
    fn what_is_not_an_input_manifest_is_no_path_of_one() {
        for text in [
            "",
            "/",
            &PATH.replace("_input", "_output"),
            &PATH.replace("_input", ""),
            &PATH.replace("Inputs", "inputs"),
            &PATH.replace("farm-", "queue-"),
            &PATH.replace("queue-f", "queue-F"),
            &PATH.replace("/1", "/-"),
            &format!("{PATH}/"),
            &format!("/{PATH}"),
            &format!("{PATH} "),
        ] {
            assert!(text.parse::<InputManifestPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_read_as_they_were_written() {
        for name in [
            ManifestName::of_input("/p"),
            ManifestName::of_output(None, "/p"),
            ManifestName::of_output(Some("L"), "/p"),
        ] {
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        for text in [
            "",
            "_input",
            "99aa06d3014798d86001c324468d497f_inputs",
            "x_input",
        ] {
            assert_eq!(text.parse::<ManifestName>(), Err(ManifestKeyError));
        }
    }
}
