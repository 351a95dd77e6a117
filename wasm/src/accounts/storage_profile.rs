//! Storage profiles for JavaScript, and the asset roots that they make.

use rusty_attachments_accounts::storage_choice;
use rusty_attachments_model::grouping::{Grouping, Place};
use rusty_attachments_model::{AssetRoot, PathFormat, RelativePath};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::judged;
use super::problem::AccountProblem;
use crate::error::{attachment_error, read, write};
use crate::storage_profile::StorageProfile;

/// Why the queue would not take a job with this storage profile, or with none; nothing if it would. To be
/// asked before anything is uploaded. The two lists are those of `QueueInfo`; `paths`, posix or windows, is how
/// the asset root is written.
///
/// # Errors
/// `AttachmentError` with code `storage-profile-invalid`, `location-name-malformed`,
/// `storage-profile-id-malformed`, `asset-root-format-unknown` or `argument-invalid`.
#[wasm_bindgen(js_name = checkStorageProfile)]
#[allow(clippy::needless_pass_by_value)] // JavaScript hands over its own.
pub fn check_storage_profile(
    required_location_names: Vec<String>,
    allowed_storage_profile_ids: Vec<String>,
    paths: &str,
    profile: Option<Ts<StorageProfile>>,
) -> Result<Option<Ts<AccountProblem>>, JsValue> {
    let required = required_location_names
        .iter()
        .map(|name| judged("requiredLocationNames", "location-name-malformed", name))
        .collect::<Result<Vec<_>, _>>()?;
    let allowed = allowed_storage_profile_ids
        .iter()
        .map(|id| {
            judged(
                "allowedStorageProfileIds",
                "storage-profile-id-malformed",
                id,
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    let profile = profile.map(|profile| read(&profile)?.judge()).transpose()?;
    let paths = path_format(paths)?;
    storage_choice::problem(&required, &allowed, profile.as_ref(), paths)
        .map(|problem| write(&AccountProblem::from(problem)))
        .transpose()
}

fn path_format(text: &str) -> Result<PathFormat, JsValue> {
    PathFormat::parse(text)
        .ok_or_else(|| attachment_error("asset-root-format-unknown", "choose posix or windows"))
}

/// Tells which asset root each file of an upload belongs to. Nothing of a SHARED location is uploaded; each
/// LOCAL one has an asset root of its own.
#[wasm_bindgen]
pub struct AssetRootPlan(Grouping);

/// An asset root of an upload: one manifest.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PlannedRoot {
    /// `rootPath`.
    root_path: String,
    /// `rootPathFormat`.
    #[tsify(type = "'posix' | 'windows'")]
    root_path_format: &'static str,
    /// `fileSystemLocationName`, for a LOCAL location.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    file_system_location_name: Option<String>,
}

/// Where a file goes.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum PlannedPlace {
    /// Into this asset root.
    In {
        /// Its place, from 0, for `root`.
        root: usize,
        /// Its path there, with slashes.
        path: String,
    },
    /// Nowhere: workers have it at this SHARED location.
    Shared {
        /// Its name.
        location_name: String,
    },
}

#[wasm_bindgen]
impl AssetRootPlan {
    /// Begins, with the storage profile of this computer if there is one.
    ///
    /// # Errors
    /// `AttachmentError` with code `storage-profile-invalid` or `argument-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(profile: Option<Ts<StorageProfile>>) -> Result<Self, JsValue> {
        let profile = profile.map(|profile| read(&profile)?.judge()).transpose()?;
        let locations = profile.map_or_else(Vec::new, |profile| profile.locations);
        Ok(Self(Grouping::new(&locations)))
    }

    /// Adds a tree that was dropped, with the folder that holds it as the profile states it; gives its number.
    ///
    /// # Errors
    /// `AttachmentError` with code `asset-root-format-unknown` or one that begins with `asset-root-`.
    #[wasm_bindgen(js_name = addTree)]
    pub fn add_tree(&mut self, asset_root: &str, format: &str) -> Result<usize, JsValue> {
        let format = path_format(format)?;
        let root = AssetRoot::parse(asset_root.trim(), format)
            .map_err(|error| attachment_error(error.code(), &error.to_string()))?;
        Ok(self.0.add_tree(&root))
    }

    /// Where a file of that tree goes; `path` as it was dropped, with slashes.
    ///
    /// # Errors
    /// `AttachmentError` with code `asset-roots-too-many` (a job has 10 at most), `argument-invalid` for a tree
    /// that is none, or the code of a path that cannot be in a manifest.
    pub fn place(&mut self, tree: usize, path: &str) -> Result<Ts<PlannedPlace>, JsValue> {
        let path = RelativePath::parse(path)
            .map_err(|error| attachment_error(error.code(), &error.to_string()))?;
        if tree >= self.0.tree_count() {
            return Err(attachment_error(
                "argument-invalid",
                "there is no such tree",
            ));
        }
        let place = self
            .0
            .place(tree, &path)
            .map_err(|error| attachment_error("asset-roots-too-many", &error.to_string()))?;
        write(&match place {
            Place::In { group, path } => PlannedPlace::In {
                root: group,
                path: path.into_owned(),
            },
            Place::Shared(name) => PlannedPlace::Shared {
                location_name: name.to_string(),
            },
        })
    }

    /// How many asset roots there are so far.
    #[wasm_bindgen(getter, js_name = rootCount)]
    #[must_use]
    pub fn root_count(&self) -> usize {
        self.0.groups().len()
    }

    /// An asset root by its place from 0, in the order in which they were needed; nothing for one that is
    /// none.
    ///
    /// # Errors
    /// None in practice: every root has a JavaScript form.
    pub fn root(&self, index: usize) -> Result<Option<Ts<PlannedRoot>>, JsValue> {
        let group = self.0.groups().get(index);
        group
            .map(|group| {
                write(&PlannedRoot {
                    root_path: group.root.to_string(),
                    root_path_format: group.root.format().as_str(),
                    file_system_location_name: group
                        .location_name
                        .as_ref()
                        .map(ToString::to_string),
                })
            })
            .transpose()
    }
}
