//! Reads the answers.

use std::str::FromStr;

use rusty_attachments_model::{
    AccountId, AssetRoot, FileSystemLocation, LocationKind, OsFamily, Region, StorageProfile,
};
use rusty_attachments_transfer::sign::Credentials;
use rusty_attachments_transfer::xml;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::denial;
use super::{Answer, AttachmentSettings, Farm, Page, Queue, QueueDetails, StorageProfileSummary};
use crate::call::Call;
use crate::http::Reply;
use crate::keys::Keys;
use crate::problem::{Button, Problem};
use crate::time;

/// Reads what came back for a call.
///
/// `region` is the farm's, `host` the one that was asked, for messages to people.
///
/// # Errors
/// A [`Problem`] for every answer that is no success, and for one that does not hold what the service
/// documents.
pub fn read(call: &Call, region: &Region, host: &str, reply: &Reply) -> Result<Answer, Problem> {
    if !reply.is_success() {
        return Err(denial::problem(call, region, host, reply));
    }
    let body = &reply.body;
    let told = match call {
        Call::ListFarms { .. } => farms(body).map(Ok),
        Call::ListQueues { .. } => queues(body).map(Ok),
        Call::GetQueue { .. } => queue(body),
        Call::AssumeQueueRoleForUser { .. } => keys(body).map(Ok),
        Call::ListStorageProfilesForQueue { .. } => storage_profiles(body).map(Ok),
        Call::GetStorageProfileForQueue { .. } => storage_profile(body),
        Call::GetCallerIdentity => identity(body).map(Ok),
    };
    told.unwrap_or_else(|| Err(Problem::not_aws(host, reply.status)))
}

/// Nothing for what is no document of that kind; what serde says of it may quote a secret.
fn document<T: DeserializeOwned>(body: &str) -> Option<T> {
    serde_json::from_str(body).ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Farms {
    farms: Vec<FarmSummary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FarmSummary {
    farm_id: String,
    display_name: String,
}

fn farms(body: &str) -> Option<Answer> {
    let found: Farms = document(body)?;
    let items = found.farms.into_iter().map(|farm| {
        Some(Farm {
            id: farm.farm_id.parse().ok()?,
            name: farm.display_name,
        })
    });
    Some(Answer::Farms(Page {
        items: items.collect::<Option<_>>()?,
        next: token(found.next_token),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Queues {
    queues: Vec<QueueSummary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueSummary {
    queue_id: String,
    display_name: String,
}

fn queues(body: &str) -> Option<Answer> {
    let found: Queues = document(body)?;
    let items = found.queues.into_iter().map(|queue| {
        Some(Queue {
            id: queue.queue_id.parse().ok()?,
            name: queue.display_name,
        })
    });
    Some(Answer::Queues(Page {
        items: items.collect::<Option<_>>()?,
        next: token(found.next_token),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueDocument {
    queue_id: String,
    display_name: String,
    job_attachment_settings: Option<Settings>,
    role_arn: Option<String>,
    #[serde(default)]
    required_file_system_location_names: Vec<String>,
    #[serde(default)]
    allowed_storage_profile_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(default)]
    s3_bucket_name: String,
    #[serde(default)]
    root_prefix: String,
}

fn queue(body: &str) -> Option<Result<Answer, Problem>> {
    let found: QueueDocument = document(body)?;
    let id = found.queue_id.parse().ok()?;
    let attachments = match found.job_attachment_settings {
        // A queue without attachments may carry empty values.
        None => None,
        Some(settings) if settings.s3_bucket_name.is_empty() => None,
        Some(settings) => match attachments(&found.display_name, &settings) {
            Ok(attachments) => Some(attachments),
            Err(problem) => return Some(Err(problem)),
        },
    };
    Some(Ok(Answer::Queue(QueueDetails {
        id,
        attachments,
        role_arn: found.role_arn.filter(|arn| !arn.is_empty()),
        required_locations: all(&found.required_file_system_location_names)?,
        allowed_storage_profiles: all(&found.allowed_storage_profile_ids)?,
        name: found.display_name,
    })))
}

/// `name` is the queue's.
fn attachments(name: &str, settings: &Settings) -> Result<AttachmentSettings, Problem> {
    let Settings {
        s3_bucket_name: bucket,
        root_prefix: prefix,
    } = settings;
    let what = match (bucket.parse(), prefix.parse()) {
        (Ok(bucket), Ok(root_prefix)) => {
            return Ok(AttachmentSettings {
                bucket,
                root_prefix,
            });
        }
        (Err(_), _) => {
            format!(
                "Queue {name} keeps its attachments in bucket {bucket}, which is no name that buckets have."
            )
        }
        (_, Err(_)) => format!("Queue {name} has the root prefix {prefix}, which cannot be used."),
    };
    Err(Problem::new(
        "queue-unusable",
        what,
        "Show this sentence to whoever runs the farm, or choose another queue.",
        Button::ChooseQueue,
    ))
}

#[derive(Deserialize)]
struct Role {
    credentials: RoleCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: SecretString,
    expiration: String,
}

fn keys(body: &str) -> Option<Answer> {
    let RoleCredentials {
        access_key_id,
        secret_access_key,
        session_token,
        expiration,
    } = document::<Role>(body)?.credentials;
    Some(Answer::Keys(Keys {
        credentials: Credentials::new(
            &access_key_id,
            secret_access_key.expose_secret(),
            session_token.expose_secret(),
        ),
        expires: Some(time::iso(&expiration)?),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StorageProfiles {
    storage_profiles: Vec<ProfileSummary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfileSummary {
    storage_profile_id: String,
    display_name: String,
    os_family: String,
}

fn storage_profiles(body: &str) -> Option<Answer> {
    let found: StorageProfiles = document(body)?;
    let items = found.storage_profiles.into_iter().map(|profile| {
        Some(StorageProfileSummary {
            id: profile.storage_profile_id.parse().ok()?,
            name: profile.display_name,
            os_family: OsFamily::parse(&profile.os_family)?,
        })
    });
    Some(Answer::StorageProfiles(Page {
        items: items.collect::<Option<_>>()?,
        next: token(found.next_token),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfileDocument {
    #[serde(flatten)]
    summary: ProfileSummary,
    #[serde(default)]
    file_system_locations: Vec<LocationDocument>,
}

#[derive(Deserialize)]
struct LocationDocument {
    name: String,
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

fn storage_profile(body: &str) -> Option<Result<Answer, Problem>> {
    let ProfileDocument {
        summary,
        file_system_locations,
    } = document(body)?;
    let os_family = OsFamily::parse(&summary.os_family)?;
    let mut locations = Vec::new();
    for location in &file_system_locations {
        let folder = match AssetRoot::parse(&location.path, os_family.path_format()) {
            Ok(folder) => folder,
            Err(_) => {
                return Some(Err(Problem::new(
                    "storage-profile-unusable",
                    format!(
                        "Location {} of storage profile {} has the path {}, which cannot be used.",
                        location.name, summary.display_name, location.path
                    ),
                    "Show this sentence to whoever runs the farm, or choose another storage profile.",
                    Button::ChooseQueue,
                )));
            }
        };
        locations.push(FileSystemLocation {
            name: location.name.parse().ok()?,
            folder,
            kind: LocationKind::parse(&location.kind)?,
        });
    }
    Some(Ok(Answer::StorageProfile(StorageProfile {
        id: summary.storage_profile_id.parse().ok()?,
        name: summary.display_name,
        os_family,
        locations,
    })))
}

/// STS answers in XML.
fn identity(body: &str) -> Option<Answer> {
    let mut account: Option<AccountId> = None;
    let mut arn = None;
    let is_whole = xml::read(body, |element| {
        if element.is(&["GetCallerIdentityResult", "Account"]) {
            account = element.text.parse().ok();
        } else if element.is(&["GetCallerIdentityResult", "Arn"]) {
            arn = Some(element.text.to_owned());
        }
    });
    match (account, arn) {
        (Some(account), Some(arn)) if is_whole => Some(Answer::Identity { account, arn }),
        _ => None,
    }
}

/// An empty token is none.
fn token(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn all<T: FromStr>(texts: &[String]) -> Option<Vec<T>> {
    texts.iter().map(|text| text.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
    const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";
    const PROFILE: &str = "sp-0123456789abcdef0123456789abcdef";

    fn list_farms() -> Call {
        Call::ListFarms {
            principal: None,
            next: None,
        }
    }

    fn get_queue() -> Call {
        Call::GetQueue {
            farm: FARM.parse().unwrap(),
            queue: QUEUE.parse().unwrap(),
        }
    }

    fn answer(call: &Call, body: &str) -> Result<Answer, Problem> {
        let reply = Reply {
            status: 200,
            headers: Vec::new(),
            body: body.to_owned(),
        };
        read(call, &"us-west-2".parse().unwrap(), "host.example", &reply)
    }

    #[test]
    fn farms_are_read_with_the_token_of_the_next_page() {
        let body = format!(
            r#"{{"farms":[{{"farmId":"{FARM}","displayName":"Feature film","createdAt":"2024-01-01T00:00:00Z","createdBy":"me"}}],"nextToken":"t"}}"#
        );
        let Ok(Answer::Farms(page)) = answer(&list_farms(), &body) else {
            panic!("farms");
        };
        assert_eq!(page.items[0].id.as_str(), FARM);
        assert_eq!(page.items[0].name, "Feature film");
        assert_eq!(page.next.as_deref(), Some("t"));
        let Ok(Answer::Farms(page)) = answer(&list_farms(), r#"{"farms":[]}"#) else {
            panic!("farms");
        };
        assert_eq!((page.items.len(), page.next), (0, None));
    }

    #[test]
    fn queues_are_read() {
        let call = Call::ListQueues {
            farm: FARM.parse().unwrap(),
            principal: None,
            next: None,
        };
        let body = format!(
            r#"{{"queues":[{{"farmId":"{FARM}","queueId":"{QUEUE}","displayName":"Lighting","status":"IDLE","defaultBudgetAction":"NONE"}}],"nextToken":""}}"#
        );
        let Ok(Answer::Queues(page)) = answer(&call, &body) else {
            panic!("queues");
        };
        assert_eq!((page.items[0].id.as_str(), page.next), (QUEUE, None));
    }

    #[test]
    fn a_queue_tells_bucket_prefix_owner_and_what_it_requires() {
        let body = format!(
            r#"{{"queueId":"{QUEUE}","displayName":"Lighting","jobAttachmentSettings":{{"s3BucketName":"studio","rootPrefix":"DeadlineCloud"}},"roleArn":"arn:aws:iam::123456789012:role/Q","requiredFileSystemLocationNames":["Assets"],"allowedStorageProfileIds":["{PROFILE}"]}}"#
        );
        let Ok(Answer::Queue(queue)) = answer(&get_queue(), &body) else {
            panic!("queue");
        };
        let settings = queue.attachments.as_ref().unwrap();
        assert_eq!(settings.bucket.as_str(), "studio");
        assert_eq!(settings.root_prefix.as_str(), "DeadlineCloud");
        assert_eq!(queue.expected_owner().unwrap().as_str(), "123456789012");
        assert_eq!(queue.required_locations[0].as_str(), "Assets");
        assert_eq!(queue.allowed_storage_profiles[0].as_str(), PROFILE);
        assert_eq!(queue.problem(), None);
    }

    #[test]
    fn a_queue_that_uploads_cannot_go_to_says_why() {
        let about = |fields: &str| {
            let body = format!(r#"{{"queueId":"{QUEUE}","displayName":"Lighting"{fields}}}"#);
            match answer(&get_queue(), &body) {
                Ok(Answer::Queue(queue)) => queue.problem().unwrap(),
                Ok(_) => panic!("a queue"),
                Err(problem) => problem,
            }
        };
        let bucket = |name: &str, prefix: &str| {
            format!(
                r#","jobAttachmentSettings":{{"s3BucketName":"{name}","rootPrefix":"{prefix}"}}"#
            )
        };
        assert_eq!(about("").code, "queue-without-attachments");
        assert_eq!(about(&bucket("", "")).code, "queue-without-attachments");
        assert_eq!(about(&bucket("studio", "D")).code, "queue-without-role");
        assert_eq!(about(&bucket("S!", "D")).code, "queue-unusable");
        assert!(about(&bucket("studio", "a b")).what.contains("root prefix"));
    }

    #[test]
    fn queue_credentials_are_read_with_their_end() {
        let call = Call::AssumeQueueRoleForUser {
            farm: FARM.parse().unwrap(),
            queue: QUEUE.parse().unwrap(),
        };
        let body = r#"{"credentials":{"accessKeyId":"ASIA1","secretAccessKey":"wJalr","sessionToken":"IQoJ","expiration":"2026-11-24T18:15:00Z"}}"#;
        let Ok(Answer::Keys(keys)) = answer(&call, body) else {
            panic!("keys");
        };
        assert_eq!(keys.expires, Some(1_795_544_100_000));
        assert_eq!(keys.credentials.secret_access_key(), "wJalr");
        assert_eq!(keys.credentials.session_token(), Some("IQoJ"));
        assert!(!format!("{keys:?}").contains("wJalr"));
        let cut = answer(&call, &body.replace("accessKeyId", "x")).unwrap_err();
        assert!(!format!("{cut:?}").contains("wJalr"));
    }

    #[test]
    fn a_storage_profile_is_read_with_its_places() {
        let call = Call::GetStorageProfileForQueue {
            farm: FARM.parse().unwrap(),
            queue: QUEUE.parse().unwrap(),
            profile: PROFILE.parse().unwrap(),
        };
        let with = |path: &str| {
            let body = serde_json::json!({
                "storageProfileId": PROFILE,
                "displayName": "Workstations",
                "osFamily": "WINDOWS",
                "fileSystemLocations": [
                    { "name": "Assets", "path": path, "type": "LOCAL" },
                    { "name": "Tools", "path": "T:\\", "type": "SHARED" },
                ],
            });
            answer(&call, &body.to_string())
        };
        let Ok(Answer::StorageProfile(profile)) = with("P:\\assets\\") else {
            panic!("a storage profile");
        };
        assert_eq!(profile.os_family, OsFamily::Windows);
        assert_eq!(profile.locations[0].folder.as_str(), "P:\\assets");
        assert_eq!(profile.locations[1].kind, LocationKind::Shared);
        let problem = with("assets").unwrap_err();
        assert_eq!(problem.code, "storage-profile-unusable");
        assert!(problem.what.contains("Location Assets"));
    }

    #[test]
    fn storage_profiles_are_listed() {
        let call = Call::ListStorageProfilesForQueue {
            farm: FARM.parse().unwrap(),
            queue: QUEUE.parse().unwrap(),
            next: None,
        };
        let body = format!(
            r#"{{"storageProfiles":[{{"storageProfileId":"{PROFILE}","displayName":"Workstations","osFamily":"LINUX"}}]}}"#
        );
        let Ok(Answer::StorageProfiles(page)) = answer(&call, &body) else {
            panic!("storage profiles");
        };
        assert_eq!(page.items[0].os_family, OsFamily::Linux);
    }

    /// The body is the one that the STS reference shows.
    #[test]
    fn the_account_of_the_caller_is_read_from_xml() {
        let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/Alice</Arn>
    <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>";
        let Ok(Answer::Identity { account, arn }) = answer(&Call::GetCallerIdentity, body) else {
            panic!("an identity");
        };
        assert_eq!(account.as_str(), "123456789012");
        assert_eq!(arn, "arn:aws:iam::123456789012:user/Alice");
        let cut = answer(&Call::GetCallerIdentity, &body[..body.len() - 9]);
        assert_eq!(cut.unwrap_err().code, "answer-not-aws");
    }

    #[test]
    fn an_answer_that_is_no_such_document_is_not_taken() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            r#"{"farms":[{"farmId":"x","displayName":"y"}]}"#,
        ] {
            let problem = answer(&list_farms(), body).unwrap_err();
            assert_eq!(problem.code, "answer-not-aws", "{body}");
        }
    }
}
