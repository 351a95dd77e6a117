//! The JSON of [`Attachments`], both ways. What is not set is left out, never null (spec
//! `s3-layout.md` 8).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    AttachedRoot, Attachments, CountError, FileSystem, OutputDirectory, OutputDirectoryError,
    StoredManifest, StoredPath, StoredPathError,
};
use crate::asset_root::{AssetRoot, AssetRootError, PathFormat};
use crate::hash::HashError;
use crate::location_name::LocationNameError;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    manifests: Vec<ManifestProperties<'a>>,
    #[serde(default)]
    file_system: FileSystem,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestProperties<'a> {
    #[serde(borrow)]
    root_path: Cow<'a, str>,
    #[serde(borrow)]
    root_path_format: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    file_system_location_name: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    input_manifest_path: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    input_manifest_hash: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    output_relative_directories: Vec<Cow<'a, str>>,
}

/// Why a text is no `attachments` value, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentsError {
    /// As the JSON spells it, `manifests[0].rootPath`; empty for the text as a whole.
    pub location: String,
    /// The rule.
    pub fault: AttachmentsFault,
}

/// A rule of `attachments` that is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentsFault {
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("these are not job attachments: {0}")]
    Malformed(String),
    /// Too many or too few.
    #[error(transparent)]
    Count(#[from] CountError),
    /// Neither `posix` nor `windows`.
    #[error("the path format is posix or windows")]
    PathFormat,
    /// Not an asset root in its format.
    #[error(transparent)]
    Root(#[from] AssetRootError),
    /// Not what the service takes.
    #[error(transparent)]
    LocationName(#[from] LocationNameError),
    /// Not what the service takes.
    #[error(transparent)]
    Path(#[from] StoredPathError),
    /// Not the text form of a hash.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// One of path and hash of the input manifest without the other.
    #[error("the path and the hash of an input manifest come together")]
    HalfAnInput,
    /// Not below the asset root.
    #[error(transparent)]
    OutputDirectory(#[from] OutputDirectoryError),
}

impl fmt::Display for AttachmentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.location.is_empty() {
            return self.fault.fmt(f);
        }
        write!(f, "{}: {}", self.location, self.fault)
    }
}

impl std::error::Error for AttachmentsError {}

impl Attachments {
    /// JSON text, indented for people.
    ///
    /// # Panics
    /// Never: strings and lists always have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Document {
            manifests: self.roots.iter().map(ManifestProperties::of).collect(),
            file_system: self.file_system,
        };
        serde_json::to_string_pretty(&document).expect("strings and lists always have a JSON form")
    }

    /// Reads what [`Attachments::to_json`] or the official client wrote, or GetJob answers. Unknown
    /// fields are ignored.
    ///
    /// # Errors
    /// [`AttachmentsError`].
    pub fn parse(json: &str) -> Result<Self, AttachmentsError> {
        let document: Document<'_> =
            serde_json::from_str(json).map_err(|error| AttachmentsError {
                location: String::new(),
                fault: AttachmentsFault::Malformed(error.to_string()),
            })?;
        let roots = document
            .manifests
            .iter()
            .enumerate()
            .map(|(index, manifest)| {
                manifest.judge().map_err(|(field, fault)| AttachmentsError {
                    location: format!("manifests[{index}].{field}"),
                    fault,
                })
            })
            .collect::<Result<_, _>>()?;
        Self::new(roots, document.file_system).map_err(|error| AttachmentsError {
            location: "manifests".into(),
            fault: error.into(),
        })
    }
}

type InField = (&'static str, AttachmentsFault);

fn in_field<E: Into<AttachmentsFault>>(field: &'static str) -> impl Fn(E) -> InField {
    move |error| (field, error.into())
}

impl<'a> ManifestProperties<'a> {
    fn of(attached: &'a AttachedRoot) -> Self {
        let input = attached.input.as_ref();
        Self {
            root_path: attached.root.as_str().into(),
            root_path_format: attached.root.format().as_str().into(),
            file_system_location_name: attached.location_name.as_ref().map(|n| n.as_str().into()),
            input_manifest_path: input.map(|input| input.path.to_string().into()),
            input_manifest_hash: input.map(|input| input.hash.to_string().into()),
            output_relative_directories: attached
                .output_directories
                .iter()
                .map(|directory| directory.as_str().into())
                .collect(),
        }
    }

    fn judge(&self) -> Result<AttachedRoot, InField> {
        let format = PathFormat::parse(&self.root_path_format)
            .ok_or(("rootPathFormat", AttachmentsFault::PathFormat))?;
        let location_name = self.file_system_location_name.as_deref();
        let output_directories = self.output_relative_directories.iter();
        Ok(AttachedRoot {
            root: AssetRoot::parse_exact(&self.root_path, format).map_err(in_field("rootPath"))?,
            location_name: location_name
                .map(str::parse)
                .transpose()
                .map_err(in_field("fileSystemLocationName"))?,
            input: self.input()?,
            output_directories: output_directories
                .map(|text| OutputDirectory::parse(text, format))
                .collect::<Result<_, _>>()
                .map_err(in_field("outputRelativeDirectories"))?,
        })
    }

    fn input(&self) -> Result<Option<StoredManifest>, InField> {
        match (&self.input_manifest_path, &self.input_manifest_hash) {
            (None, None) => Ok(None),
            (Some(path), Some(hash)) => Ok(Some(StoredManifest {
                path: StoredPath::parse(path).map_err(in_field("inputManifestPath"))?,
                hash: hash.parse().map_err(in_field("inputManifestHash"))?,
            })),
            (Some(_), None) => Err(("inputManifestHash", AttachmentsFault::HalfAnInput)),
            (None, Some(_)) => Err(("inputManifestPath", AttachmentsFault::HalfAnInput)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"{
  "manifests": [
    {
      "rootPath": "/p",
      "rootPathFormat": "posix",
      "fileSystemLocationName": "Shared Assets 1",
      "inputManifestPath": "a/b_input",
      "inputManifestHash": "99aa06d3014798d86001c324468d497f",
      "outputRelativeDirectories": [
        ".",
        "renders/beauty"
      ]
    },
    {
      "rootPath": "C:\\p",
      "rootPathFormat": "windows"
    }
  ],
  "fileSystem": "VIRTUAL"
}"#;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        assert_eq!(Attachments::parse(FULL).unwrap().to_json(), FULL);
    }

    #[test]
    fn the_file_system_is_copied_unless_it_is_said() {
        let text = FULL.replace(",\n  \"fileSystem\": \"VIRTUAL\"", "");
        let attachments = Attachments::parse(&text).unwrap();
        assert_eq!(attachments.file_system(), FileSystem::Copied);
        assert_eq!(attachments.roots().len(), 2);
    }

    #[test]
    fn an_error_says_where_it_is() {
        for (from, to, location) in [
            ("\"/p\"", "\"p\"", "manifests[0].rootPath"),
            ("\"/p\"", "\"/p/\"", "manifests[0].rootPath"),
            ("\"windows\"", "\"macos\"", "manifests[1].rootPathFormat"),
            (
                "Shared Assets 1",
                "Shared_Assets",
                "manifests[0].fileSystemLocationName",
            ),
            ("a/b_input", "", "manifests[0].inputManifestPath"),
            ("99aa", "99AA", "manifests[0].inputManifestHash"),
            ("inputManifestHash", "x", "manifests[0].inputManifestHash"),
            ("inputManifestPath", "x", "manifests[0].inputManifestPath"),
            (
                "renders/beauty",
                "../beauty",
                "manifests[0].outputRelativeDirectories",
            ),
            ("VIRTUAL", "virtual", ""),
            ("\"rootPath\": \"/p\",", "", ""),
        ] {
            let error = Attachments::parse(&FULL.replace(from, to)).unwrap_err();
            assert_eq!(error.location, location, "{from} -> {to}: {error}");
        }
    }

    #[test]
    fn a_job_has_as_many_roots_and_outputs_as_the_service_takes() {
        let root = |outputs: usize| {
            let outputs: Vec<_> = (0..outputs).map(|n| format!("\"{n}\"")).collect();
            format!(
                r#"{{"rootPath":"/p","rootPathFormat":"posix","outputRelativeDirectories":[{}]}}"#,
                outputs.join(",")
            )
        };
        let parse = |roots: &[String]| {
            Attachments::parse(&format!(r#"{{"manifests":[{}]}}"#, roots.join(",")))
        };
        assert!(parse(&vec![root(100); 10]).is_ok());
        for (roots, error) in [
            (vec![], CountError::Roots(0)),
            (vec![root(0); 11], CountError::Roots(11)),
            (vec![root(0), root(101)], CountError::OutputDirectories(101)),
        ] {
            assert_eq!(parse(&roots).unwrap_err().fault, error.into());
        }
    }
}
