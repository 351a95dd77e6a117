//! Storage profiles as they cross the border: GetStorageProfileForQueue gives one, an upload is shaped by one.

use rusty_attachments_model as model;
use rusty_attachments_model::AssetRoot;
use rusty_attachments_model::ids::IdError;
use rusty_attachments_model::location_name::LocationNameError;
use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::error::attachment_error;

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

impl StorageProfile {
    /// The profile, if every field is what the service would give.
    pub(crate) fn judge(self) -> Result<model::StorageProfile, JsValue> {
        let wrong = |what: &str| attachment_error("storage-profile-invalid", what);
        let id = self.storage_profile_id.parse();
        let os_family = model::OsFamily::parse(&self.os_family)
            .ok_or_else(|| wrong("osFamily: WINDOWS, LINUX or MACOS"))?;
        let locations = self.locations.iter().map(|location| {
            let folder = AssetRoot::parse(&location.path, os_family.path_format());
            Ok(model::FileSystemLocation {
                name: location
                    .name
                    .parse()
                    .map_err(|error: LocationNameError| wrong(&format!("name: {error}")))?,
                folder: folder.map_err(|error| wrong(&format!("path: {error}")))?,
                kind: model::LocationKind::parse(&location.kind)
                    .ok_or_else(|| wrong("type: SHARED or LOCAL"))?,
            })
        });
        Ok(model::StorageProfile {
            id: id.map_err(|error: IdError| wrong(&format!("storageProfileId: {error}")))?,
            name: self.name,
            os_family,
            locations: locations.collect::<Result<_, JsValue>>()?,
        })
    }
}
