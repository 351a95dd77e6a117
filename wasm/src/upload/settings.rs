//! What an upload has to know beforehand.

use rusty_attachments_model::LocationName;
use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::location_name::LocationNameError;
use rusty_attachments_transfer as transfer;
use serde::Deserialize;
use transfer::{Limits, ManifestFormat, ManifestSettings};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::place::{Place, UploadPlace};
use super::record::Checksums;
use crate::error::attachment_error;
use crate::profile::{self, ProfileFields};
use crate::storage_profile::StorageProfile;

/// What an upload has to know beforehand.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadSettings {
    /// Where it goes: a good profile, or else a place.
    #[tsify(optional)]
    profile: Option<ProfileFields>,
    /// Where it goes, for programs that have no profile.
    #[tsify(optional)]
    place: Option<UploadPlace>,
    /// The storage profile of this computer: its LOCAL locations are asset roots of their own, each with its
    /// manifest, and what lies in a SHARED one is not uploaded.
    #[tsify(optional)]
    storage_profile: Option<StorageProfile>,
    /// The manifest at the end; without one, only content is sent.
    #[tsify(optional)]
    manifest: Option<ManifestOrder>,
    /// Logical processors of this machine, as the browser tells it.
    processors: u32,
    /// Connections that are opened to one address at once, at least 1; by default 6, as browsers do.
    #[tsify(optional)]
    connections_per_host: Option<u32>,
    /// Any number; the same one gives the same waits.
    seed: u64,
    /// Send without asking what the store holds; what it holds is still not overwritten.
    #[tsify(optional)]
    skip_existence_check: Option<bool>,
    /// Whether there is a journal: without one nothing is looked up or remembered.
    #[tsify(optional)]
    has_journal: Option<bool>,
    /// What the journal knows of the server.
    #[tsify(optional)]
    checksums: Option<Checksums>,
    /// Bytes each second of an earlier upload, as the journal knows it.
    #[tsify(optional)]
    earlier_speed: Option<u64>,
    /// Read files and ask the store, but send nothing before the event `begin`.
    #[tsify(optional)]
    hold_until_begin: Option<bool>,
}

/// The manifest of an upload.
#[derive(Deserialize, Tsify)]
pub struct ManifestOrder {
    /// A random UUID, with or without dashes, new for each upload. Those of further manifests are made of it.
    guid: String,
    /// Only `v2023-03-03` is read by released workers.
    #[tsify(type = "ManifestVersion")]
    version: ManifestVersion,
    /// Of the LOCAL location of a storage profile that the asset root is: 1 to 64 ASCII letters, digits and
    /// spaces.
    #[tsify(optional)]
    #[serde(rename = "fileSystemLocationName")]
    location_name: Option<String>,
}

/// A format that can be written; its TypeScript type is in `manifest.rs`.
#[derive(Deserialize, Clone, Copy)]
pub enum ManifestVersion {
    /// The only one that released workers read.
    #[serde(rename = "v2023-03-03")]
    V2023_03_03,
    /// A draft that cuts files above 256 MiB into chunks.
    #[serde(rename = "v2025-12-04-beta")]
    V2025_12_04Beta,
}

impl UploadSettings {
    pub(super) fn into_transfer(self) -> Result<transfer::Settings, JsValue> {
        let mut limits = Limits::for_processors(self.processors);
        if let Some(connections) = self.connections_per_host {
            limits = limits.with_requests_per_host(connections as usize);
        }
        let place = match (self.profile, self.place) {
            (Some(profile), None) => of_profile(profile, limits)?,
            (None, Some(place)) => {
                if self.manifest.is_some() && !place.has_root() {
                    let message = "root: a manifest needs an asset root and a queue";
                    return Err(attachment_error("argument-invalid", message));
                }
                place.parse(limits)?
            }
            _ => {
                let message = "expected either a profile or a place";
                return Err(attachment_error("argument-invalid", message));
            }
        };
        let storage_profile = self
            .storage_profile
            .map(StorageProfile::judge)
            .transpose()?;
        Ok(transfer::Settings {
            locations: storage_profile.map_or_else(Vec::new, |profile| profile.locations),
            manifest: self
                .manifest
                .map(|order| order.into_transfer(place.location_name, place.output_directories))
                .transpose()?,
            server: place.server,
            layout: place.layout,
            asset_root: place.asset_root,
            bucket: place.bucket,
            expected_owner: place.expected_owner,
            limits: place.limits,
            skip_existence_check: self.skip_existence_check.unwrap_or(false),
            has_journal: self.has_journal.unwrap_or(false),
            checksums: self.checksums.map(Into::into),
            earlier_speed: self.earlier_speed,
            hold_until_begin: self.hold_until_begin.unwrap_or(false),
            seed: self.seed,
        })
    }
}

fn of_profile(fields: ProfileFields, limits: Limits) -> Result<Place, JsValue> {
    let profile = profile::parse(fields)?;
    let hosts = u8::try_from(profile.store.endpoints.len()).unwrap_or(u8::MAX);
    let mut limits = limits.with_hosts(hosts);
    if let Some(requests) = profile.concurrency {
        limits = limits.with_requests(requests as usize);
    }
    limits.bandwidth = profile.bandwidth;
    Ok(Place {
        server: profile.store.endpoints[0].authority().to_owned(),
        layout: profile.store.layout,
        asset_root: profile.asset_root,
        location_name: profile.location_name,
        output_directories: profile.output_directories,
        bucket: profile.store.bucket.as_str().to_owned(),
        expected_owner: profile.expected_bucket_owner,
        limits,
    })
}

impl ManifestOrder {
    fn into_transfer(
        self,
        location_name: Option<LocationName>,
        output_directories: OutputDirectories,
    ) -> Result<ManifestSettings, JsValue> {
        let guid = self.guid.replace('-', "");
        let named = self.location_name.map(|name| {
            name.parse().map_err(|error: LocationNameError| {
                attachment_error("location-name-malformed", &error.to_string())
            })
        });
        Ok(ManifestSettings {
            guid: guid
                .parse()
                .map_err(|_| attachment_error("guid-invalid", "the guid is not a UUID"))?,
            format: match self.version {
                ManifestVersion::V2023_03_03 => ManifestFormat::V2023_03_03,
                ManifestVersion::V2025_12_04Beta => ManifestFormat::V2025_12_04Beta,
            },
            location_name: named.transpose()?.or(location_name),
            output_directories,
        })
    }
}
