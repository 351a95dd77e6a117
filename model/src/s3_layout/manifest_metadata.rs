//! The user metadata of a manifest, from which people and the official downloader learn whose files
//! it lists (spec `s3-layout.md` 2).

use crate::json_text::ascii_string;
use crate::location_name::LocationName;

/// Most bytes of all names and values together (S3 user guide, user-defined metadata); it does not
/// say whether the prefix of the names counts, so it does.
const MOST_BYTES: usize = 2048;
const PREFIX: &str = "x-amz-meta-";

/// What the metadata of a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestMetadata {
    /// The asset root as `rootPath` has it.
    pub asset_root: String,
    /// The location of a storage profile that it belongs to.
    pub location_name: Option<LocationName>,
}

/// Why metadata cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Neither of the two names of an asset root is there.
    #[error("the manifest's metadata does not say its asset root")]
    NoAssetRoot,
    /// `asset-root-json` is not the JSON of a string.
    #[error("the asset root in the manifest's metadata is not a JSON string")]
    AssetRootNotJson,
    /// `file-system-location-name` is not one.
    #[error("the location name in the manifest's metadata is not one that the service takes")]
    LocationName,
}

impl ManifestMetadata {
    /// Name of the asset root's value.
    pub const ASSET_ROOT: &'static str = "asset-root";
    /// Name of the asset root's value as JSON, for a root outside ASCII.
    pub const ASSET_ROOT_JSON: &'static str = "asset-root-json";
    /// Name of the location's name.
    pub const LOCATION_NAME: &'static str = "file-system-location-name";

    /// Names without `x-amz-meta-`, and values of printable ASCII, as headers carry nothing else.
    ///
    /// A root outside ASCII is written as an escaped JSON string, under both names; under the one
    /// that readers prefer if both would not fit into what S3 takes, under none if not even that
    /// fits. The official client finds input manifests without it (spec 2).
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        let mut entries = Vec::new();
        let mut room = MOST_BYTES;
        let mut add = |name: &'static str, value: String| {
            if let Some(rest) = room.checked_sub(PREFIX.len() + name.len() + value.len()) {
                room = rest;
                entries.push((name, value));
            }
        };
        if let Some(name) = &self.location_name {
            add(Self::LOCATION_NAME, name.to_string());
        }
        if self.asset_root.is_ascii() {
            add(Self::ASSET_ROOT, self.asset_root.clone());
        } else {
            let json = ascii_string(&self.asset_root);
            add(Self::ASSET_ROOT_JSON, json.clone());
            add(Self::ASSET_ROOT, json);
        }
        entries
    }

    /// Reads metadata by name, without `x-amz-meta-`; `asset-root-json` comes before `asset-root`.
    ///
    /// # Errors
    /// [`MetadataError`].
    pub fn read<'a>(value_of: impl Fn(&str) -> Option<&'a str>) -> Result<Self, MetadataError> {
        let asset_root = match (value_of(Self::ASSET_ROOT_JSON), value_of(Self::ASSET_ROOT)) {
            (Some(json), _) => {
                serde_json::from_str(json).map_err(|_| MetadataError::AssetRootNotJson)?
            }
            (None, Some(plain)) => plain.to_owned(),
            (None, None) => return Err(MetadataError::NoAssetRoot),
        };
        let location_name = value_of(Self::LOCATION_NAME)
            .map(str::parse)
            .transpose()
            .map_err(|_| MetadataError::LocationName)?;
        Ok(Self {
            asset_root,
            location_name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(entries: &[(&str, &str)]) -> Result<ManifestMetadata, MetadataError> {
        ManifestMetadata::read(|wanted| {
            entries
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn metadata_is_read_as_it_was_written() {
        for (asset_root, location) in [("/p", None), ("/mnt/日本語/😀", Some("Shared Assets 1"))]
        {
            let metadata = ManifestMetadata {
                asset_root: asset_root.into(),
                location_name: location.map(|name| name.parse().unwrap()),
            };
            let entries = metadata.entries();
            assert!(entries.iter().all(|(_, value)| value.is_ascii()));
            let entries: Vec<_> = entries.iter().map(|(n, v)| (*n, v.as_str())).collect();
            assert_eq!(read(&entries), Ok(metadata));
        }
    }

    #[test]
    fn what_s3_would_refuse_is_left_out() {
        let names = |characters: usize| -> Vec<&str> {
            let metadata = ManifestMetadata {
                asset_root: format!("/{}", "日".repeat(characters)),
                location_name: Some("L".parse().unwrap()),
            };
            metadata.entries().iter().map(|(name, _)| *name).collect()
        };
        let (root, json, location) = ("asset-root", "asset-root-json", "file-system-location-name");
        assert_eq!(names(160), [location, json, root]);
        assert_eq!(names(180), [location, json]);
        assert_eq!(names(350), [location]);
    }

    #[test]
    fn the_json_form_comes_first() {
        let both = [
            ("asset-root", "/wrong"),
            ("asset-root-json", r#""/caf\u00e9""#),
        ];
        assert_eq!(read(&both).unwrap().asset_root, "/café");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(read(&[]), Err(MetadataError::NoAssetRoot));
        assert_eq!(
            read(&[("asset-root", "/p"), ("asset-root-json", "/p")]),
            Err(MetadataError::AssetRootNotJson)
        );
        assert_eq!(
            read(&[
                ("asset-root", "/p"),
                ("file-system-location-name", "posix!")
            ]),
            Err(MetadataError::LocationName)
        );
    }
}
