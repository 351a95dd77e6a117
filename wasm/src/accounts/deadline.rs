//! Farms, queues, storage profiles and queue credentials for JavaScript.

use rusty_attachments_accounts::deadline::{self, QueueDetails};
use rusty_attachments_accounts::{Call, Caller};
use rusty_attachments_transfer::sign::Credentials;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::http::{AccountReply, AccountRequest};
use super::keys::SessionKeys;
use super::problem::AccountProblem;
use super::{judged, server, time};
use crate::error::{attachment_error, read, write};
use crate::storage_profile::StorageProfile;

/// Asks Deadline Cloud and STS of one region with one set of credentials. Free it when the credentials are
/// wiped.
#[wasm_bindgen]
pub struct DeadlineCaller(Caller);

/// Whom to ask, and who asks.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CallerSettings {
    /// Of the farm.
    region: String,
    /// What answers in the place of Deadline Cloud; empty or left out for AWS.
    #[tsify(optional)]
    deadline_endpoint: Option<String>,
    /// What answers in the place of STS; empty or left out for AWS.
    #[tsify(optional)]
    sts_endpoint: Option<String>,
    /// Access key id.
    access_key_id: String,
    /// Secret access key.
    secret_access_key: String,
    /// Empty for long-lived keys.
    session_token: String,
}

/// One question.
#[derive(Deserialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum DeadlineCall {
    /// The farms of the region.
    ListFarms {
        /// User id of Identity Center, for users of a monitor; empty or left out for others.
        #[tsify(optional)]
        principal_id: Option<String>,
        /// Of the answer before this.
        #[tsify(optional)]
        next_token: Option<String>,
    },
    /// The queues of a farm.
    ListQueues {
        /// The farm.
        farm_id: String,
        /// As for `list-farms`.
        #[tsify(optional)]
        principal_id: Option<String>,
        /// Of the answer before this.
        #[tsify(optional)]
        next_token: Option<String>,
    },
    /// Where a queue keeps its attachments, and what it requires.
    GetQueue {
        /// The farm.
        farm_id: String,
        /// The queue.
        queue_id: String,
    },
    /// Credentials for the queue's attachments.
    AssumeQueueRoleForUser {
        /// The farm.
        farm_id: String,
        /// The queue.
        queue_id: String,
    },
    /// The storage profiles that jobs of the queue may have.
    ListStorageProfilesForQueue {
        /// The farm.
        farm_id: String,
        /// The queue.
        queue_id: String,
        /// Of the answer before this.
        #[tsify(optional)]
        next_token: Option<String>,
    },
    /// The places of one of them.
    GetStorageProfileForQueue {
        /// The farm.
        farm_id: String,
        /// The queue.
        queue_id: String,
        /// The storage profile.
        storage_profile_id: String,
    },
    /// Whose credentials these are.
    GetCallerIdentity,
}

/// What came of it.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum DeadlineAnswer {
    /// Of `list-farms`.
    Farms {
        /// In the order of the service.
        farms: Vec<FarmItem>,
        /// For the next page; nothing on the last.
        #[tsify(optional)]
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    },
    /// Of `list-queues`.
    Queues {
        /// In the order of the service.
        queues: Vec<QueueItem>,
        /// For the next page; nothing on the last.
        #[tsify(optional)]
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    },
    /// Of `get-queue`.
    Queue {
        /// The queue.
        queue: QueueInfo,
    },
    /// Of `assume-queue-role-for-user`.
    Keys {
        /// The credentials.
        keys: SessionKeys,
    },
    /// Of `list-storage-profiles-for-queue`.
    StorageProfiles {
        /// In the order of the service.
        storage_profiles: Vec<StorageProfileItem>,
        /// For the next page; nothing on the last.
        #[tsify(optional)]
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    },
    /// Of `get-storage-profile-for-queue`.
    StorageProfile {
        /// The storage profile.
        storage_profile: StorageProfile,
    },
    /// Of `get-caller-identity`.
    Identity {
        /// 12 digits.
        account_id: String,
        /// Name of the user or role.
        arn: String,
    },
    /// It was refused, or is no answer of the service.
    Problem {
        /// For the person.
        problem: AccountProblem,
    },
}

/// A farm in a list.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FarmItem {
    /// Its id.
    farm_id: String,
    /// Shown to people.
    name: String,
}

/// A queue in a list.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct QueueItem {
    /// Its id.
    queue_id: String,
    /// Shown to people.
    name: String,
}

/// A storage profile in a list.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct StorageProfileItem {
    /// Its id.
    storage_profile_id: String,
    /// Shown to people.
    name: String,
    /// Which machines it is for.
    #[tsify(type = "'WINDOWS' | 'LINUX' | 'MACOS'")]
    os_family: &'static str,
}

/// What a profile needs to know of a queue.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct QueueInfo {
    /// Its id.
    queue_id: String,
    /// Shown to people.
    name: String,
    /// The bucket; empty for a queue without job attachments.
    bucket: String,
    /// What all keys begin with; empty for a queue without job attachments.
    root_prefix: String,
    /// The account of the queue's role, which has to own the bucket; empty if the queue does not tell it:
    /// then `get-caller-identity` with the queue's credentials does.
    expected_bucket_owner: String,
    /// Names that the storage profile of every job must have.
    required_location_names: Vec<String>,
    /// The storage profiles that jobs may have.
    allowed_storage_profile_ids: Vec<String>,
    /// Why uploads cannot go to this queue.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<AccountProblem>,
}

#[wasm_bindgen]
impl DeadlineCaller {
    /// Takes the region and the credentials.
    ///
    /// # Errors
    /// `AttachmentError` with code `region-malformed`, `endpoint-malformed`, `endpoint-not-bare`,
    /// `endpoint-unencrypted` or `argument-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<CallerSettings>) -> Result<Self, JsValue> {
        let settings = read(&settings)?;
        Ok(Self(Caller {
            region: judged("region", "region-malformed", &settings.region)?,
            credentials: Credentials::new(
                &settings.access_key_id,
                &settings.secret_access_key,
                &settings.session_token,
            ),
            deadline: server("deadlineEndpoint", settings.deadline_endpoint.as_deref())?,
            sts: server("stsEndpoint", settings.sts_endpoint.as_deref())?,
        }))
    }

    /// The match pattern of the host that a call goes to.
    ///
    /// # Errors
    /// As for `request`.
    #[wasm_bindgen(js_name = originPattern)]
    pub fn origin_pattern(&self, call: Ts<DeadlineCall>) -> Result<String, JsValue> {
        Ok(format!("{}/*", self.0.origin(&read(&call)?.judge()?)))
    }

    /// The request of a call, signed for this moment, `Date.now()` by the clock of AWS.
    ///
    /// # Errors
    /// `AttachmentError` with code `farm-id-malformed`, `queue-id-malformed`,
    /// `storage-profile-id-malformed`, `principal-id-malformed`, `request-unsignable` (the credentials hold
    /// characters that no header can carry) or `argument-invalid`.
    pub fn request(&self, call: Ts<DeadlineCall>, now: f64) -> Result<Ts<AccountRequest>, JsValue> {
        let call = read(&call)?.judge()?;
        let request = self
            .0
            .request(&call, time(now))
            .map_err(|error| attachment_error("request-unsignable", &error.to_string()))?;
        write(&AccountRequest::from(request))
    }

    /// What the reply to a call means. What the service refuses is an answer, not an error.
    ///
    /// # Errors
    /// As for `request`.
    pub fn read(
        &self,
        call: Ts<DeadlineCall>,
        reply: Ts<AccountReply>,
    ) -> Result<Ts<DeadlineAnswer>, JsValue> {
        let call = read(&call)?.judge()?;
        let reply = read(&reply)?.into();
        let answer = deadline::read(&call, &self.0.region, &self.0.host(&call), &reply);
        write(&match answer {
            Ok(answer) => DeadlineAnswer::from(answer),
            Err(problem) => DeadlineAnswer::Problem {
                problem: problem.into(),
            },
        })
    }
}

impl DeadlineCall {
    fn judge(self) -> Result<Call, JsValue> {
        let farm = |id: &str| judged("farmId", "farm-id-malformed", id);
        let queue = |id: &str| judged("queueId", "queue-id-malformed", id);
        let principal = |id: Option<String>| {
            id.filter(|id| !id.trim().is_empty())
                .map(|id| judged("principalId", "principal-id-malformed", &id))
                .transpose()
        };
        Ok(match self {
            Self::ListFarms {
                principal_id,
                next_token,
            } => Call::ListFarms {
                principal: principal(principal_id)?,
                next: next_token,
            },
            Self::ListQueues {
                farm_id,
                principal_id,
                next_token,
            } => Call::ListQueues {
                farm: farm(&farm_id)?,
                principal: principal(principal_id)?,
                next: next_token,
            },
            Self::GetQueue { farm_id, queue_id } => Call::GetQueue {
                farm: farm(&farm_id)?,
                queue: queue(&queue_id)?,
            },
            Self::AssumeQueueRoleForUser { farm_id, queue_id } => Call::AssumeQueueRoleForUser {
                farm: farm(&farm_id)?,
                queue: queue(&queue_id)?,
            },
            Self::ListStorageProfilesForQueue {
                farm_id,
                queue_id,
                next_token,
            } => Call::ListStorageProfilesForQueue {
                farm: farm(&farm_id)?,
                queue: queue(&queue_id)?,
                next: next_token,
            },
            Self::GetStorageProfileForQueue {
                farm_id,
                queue_id,
                storage_profile_id,
            } => Call::GetStorageProfileForQueue {
                farm: farm(&farm_id)?,
                queue: queue(&queue_id)?,
                profile: judged(
                    "storageProfileId",
                    "storage-profile-id-malformed",
                    &storage_profile_id,
                )?,
            },
            Self::GetCallerIdentity => Call::GetCallerIdentity,
        })
    }
}

impl From<deadline::Answer> for DeadlineAnswer {
    fn from(answer: deadline::Answer) -> Self {
        use deadline::Answer;
        match answer {
            Answer::Farms(page) => Self::Farms {
                farms: page
                    .items
                    .into_iter()
                    .map(|farm| FarmItem {
                        farm_id: farm.id.to_string(),
                        name: farm.name,
                    })
                    .collect(),
                next_token: page.next,
            },
            Answer::Queues(page) => Self::Queues {
                queues: page
                    .items
                    .into_iter()
                    .map(|queue| QueueItem {
                        queue_id: queue.id.to_string(),
                        name: queue.name,
                    })
                    .collect(),
                next_token: page.next,
            },
            Answer::Queue(queue) => Self::Queue {
                queue: QueueInfo::from(queue),
            },
            Answer::Keys(keys) => Self::Keys {
                keys: SessionKeys::from(&keys),
            },
            Answer::StorageProfiles(page) => Self::StorageProfiles {
                storage_profiles: page
                    .items
                    .into_iter()
                    .map(|profile| StorageProfileItem {
                        storage_profile_id: profile.id.to_string(),
                        name: profile.name,
                        os_family: profile.os_family.as_str(),
                    })
                    .collect(),
                next_token: page.next,
            },
            Answer::StorageProfile(profile) => Self::StorageProfile {
                storage_profile: StorageProfile::from(&profile),
            },
            Answer::Identity { account, arn } => Self::Identity {
                account_id: account.to_string(),
                arn,
            },
        }
    }
}

impl From<QueueDetails> for QueueInfo {
    fn from(queue: QueueDetails) -> Self {
        let problem = queue.problem().map(AccountProblem::from);
        let owner = queue.expected_owner();
        let (bucket, root_prefix) = match queue.attachments {
            Some(settings) => (
                settings.bucket.as_str().to_owned(),
                settings.root_prefix.as_str().to_owned(),
            ),
            None => (String::new(), String::new()),
        };
        Self {
            queue_id: queue.id.to_string(),
            name: queue.name,
            bucket,
            root_prefix,
            expected_bucket_owner: owner.map_or_else(String::new, |owner| owner.to_string()),
            required_location_names: texts(&queue.required_locations),
            allowed_storage_profile_ids: texts(&queue.allowed_storage_profiles),
            problem,
        }
    }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
