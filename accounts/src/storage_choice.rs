//! Whether jobs of a queue may have a storage profile (spec `s3-layout.md` 8).

use rusty_attachments_model::{LocationName, PathFormat, StorageProfile, StorageProfileId};

use crate::problem::{Button, Problem};

/// Why the queue would not take a job with this storage profile, or without one, for files whose paths are written
/// like this; checked before anything is uploaded.
#[must_use]
pub fn problem(
    required: &[LocationName],
    allowed: &[StorageProfileId],
    profile: Option<&StorageProfile>,
    paths: PathFormat,
) -> Option<Problem> {
    let Some(profile) = profile else {
        return (!required.is_empty()).then(|| {
            Problem::new(
                "storage-profile-needed",
                format!(
                    "The queue requires the file system locations {}.",
                    list(required)
                ),
                "Choose the storage profile of this computer.",
                Button::ChooseQueue,
            )
        });
    };
    if !allowed.is_empty() && !allowed.contains(&profile.id) {
        return Some(Problem::new(
            "storage-profile-not-allowed",
            format!("The queue does not allow storage profile {}.", profile.name),
            "Choose one of the queue's storage profiles.",
            Button::ChooseQueue,
        ));
    }
    if profile.os_family.path_format() != paths {
        return Some(Problem::new(
            "storage-profile-of-other-system",
            format!(
                "Storage profile {} is for {}, and the asset root is not written as paths are there.",
                profile.name,
                profile.os_family.as_str()
            ),
            "Choose the storage profile of this computer, or correct the asset root.",
            Button::ChooseQueue,
        ));
    }
    let missing = profile.missing(required);
    (!missing.is_empty()).then(|| {
        Problem::new(
            "locations-missing",
            format!(
                "Storage profile {} does not have the file system locations that the queue requires: {}.",
                profile.name,
                list(missing)
            ),
            "Choose another storage profile, or have whoever runs the farm add them.",
            Button::ChooseQueue,
        )
    })
}

fn list<'a>(names: impl IntoIterator<Item = &'a LocationName>) -> String {
    let names: Vec<_> = names.into_iter().map(LocationName::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusty_attachments_model::{AssetRoot, FileSystemLocation, LocationKind, OsFamily};

    const ID: &str = "sp-0123456789abcdef0123456789abcdef";

    fn profile() -> StorageProfile {
        StorageProfile {
            id: ID.parse().unwrap(),
            name: "Workstations".into(),
            os_family: OsFamily::Linux,
            locations: vec![FileSystemLocation {
                name: "Assets".parse().unwrap(),
                folder: AssetRoot::parse("/mnt/assets", PathFormat::Posix).unwrap(),
                kind: LocationKind::Local,
            }],
        }
    }

    #[test]
    fn a_queue_is_given_what_it_requires_or_says_so() {
        let names = |texts: &[&str]| -> Vec<LocationName> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let ids = |texts: &[&str]| -> Vec<StorageProfileId> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let other = "sp-00000000000000000000000000000000";
        let own = profile();
        for (required, allowed, profile, code) in [
            (&[][..], &[][..], None, None),
            (&[], &[other], None, None),
            (&["Assets"], &[], None, Some("storage-profile-needed")),
            (&["Assets"], &[ID], Some(&own), None),
            (&["Assets"], &[], Some(&own), None),
            (
                &[],
                &[other],
                Some(&own),
                Some("storage-profile-not-allowed"),
            ),
            (
                &["Assets", "Tools"],
                &[ID],
                Some(&own),
                Some("locations-missing"),
            ),
        ] {
            let found = problem(&names(required), &ids(allowed), profile, PathFormat::Posix);
            assert_eq!(found.as_ref().map(|problem| problem.code), code);
        }
        let found = problem(&[], &[], Some(&own), PathFormat::Windows).unwrap();
        assert_eq!(found.code, "storage-profile-of-other-system");
        let required = names(&["Assets", "Tools"]);
        let found = problem(&required, &[], Some(&own), PathFormat::Posix).unwrap();
        assert!(found.what.ends_with("requires: Tools."), "{}", found.what);
    }
}
