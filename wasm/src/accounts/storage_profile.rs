//! Storage profiles for JavaScript.

use rusty_attachments_model as model;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Where the machines of one kind have their files.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct StorageProfile {
    /// `sp-` and 32 lower-case hex digits.
    storage_profile_id: String,
    /// Shown to people.
    name: String,
    /// Which machines these are.
    #[tsify(type = "'WINDOWS' | 'LINUX' | 'MACOS'")]
    os_family: String,
    /// At most 20.
    locations: Vec<StorageLocation>,
}

/// A place of a storage profile.
#[derive(Serialize, Deserialize, Tsify)]
pub struct StorageLocation {
    /// The same on every kind of machine: 1 to 64 ASCII letters, digits and spaces.
    name: String,
    /// The folder on this kind of machine.
    path: String,
    /// `SHARED`: workers have it too, nothing of it is uploaded. `LOCAL`: uploaded, in an asset root of its
    /// own.
    #[serde(rename = "type")]
    #[tsify(type = "'SHARED' | 'LOCAL'")]
    kind: String,
}

impl From<&model::StorageProfile> for StorageProfile {
    fn from(profile: &model::StorageProfile) -> Self {
        Self {
            storage_profile_id: profile.id.to_string(),
            name: profile.name.clone(),
            os_family: profile.os_family.as_str().to_owned(),
            locations: profile
                .locations
                .iter()
                .map(|location| StorageLocation {
                    name: location.name.to_string(),
                    path: location.folder.to_string(),
                    kind: location.kind.as_str().to_owned(),
                })
                .collect(),
        }
    }
}
