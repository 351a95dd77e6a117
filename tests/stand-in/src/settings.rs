//! What there is: farms, queues, people and their keys. Names are those of the services' own JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// All that the stand-in knows. What is not given is empty, or as it usually is at AWS.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Of Deadline Cloud: signatures for another are refused.
    pub region: String,
    /// Who may ask Deadline Cloud, besides the roles of Identity Center.
    pub keys: Vec<Keys>,
    /// As for users of a monitor: farms and queues are listed only for this `principalId`.
    pub principal_id: Option<String>,
    /// The farms, in their order.
    pub farms: Vec<Farm>,
    /// What `AssumeQueueRoleForUser` gives, one after the other; the last one again and again.
    pub queue_credentials: Vec<Keys>,
    /// For how long, unless an entry says it.
    pub queue_credentials_seconds: u64,
    /// Most items of a page.
    pub page_size: usize,
    /// Minutes that the clock is ahead, or behind if negative.
    pub skew_minutes: i64,
    /// IAM Identity Center.
    pub identity_center: IdentityCenter,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-west-2".into(),
            keys: Vec::new(),
            principal_id: None,
            farms: Vec::new(),
            queue_credentials: Vec::new(),
            queue_credentials_seconds: 3600,
            page_size: 100,
            skew_minutes: 0,
            identity_center: IdentityCenter::default(),
        }
    }
}

/// An access key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keys {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: String,
    /// Empty for long-lived keys.
    #[serde(default)]
    pub session_token: String,
    /// How long they are good once they are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.access_key_id)
    }
}

/// A farm with all its queues.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Farm {
    /// Its id.
    pub farm_id: String,
    /// Its name.
    pub display_name: String,
    /// Its queues, in their order.
    #[serde(default)]
    pub queues: Vec<Queue>,
    /// Its storage profiles.
    #[serde(default)]
    pub storage_profiles: Vec<StorageProfile>,
}

/// A queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Its id.
    pub queue_id: String,
    /// Its name.
    pub display_name: String,
    /// Everything else that `GetQueue` answers, such as `jobAttachmentSettings` and `roleArn`.
    #[serde(flatten)]
    pub more: serde_json::Map<String, Value>,
}

/// A storage profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageProfile {
    /// Its id.
    pub storage_profile_id: String,
    /// Its name.
    pub display_name: String,
    /// `WINDOWS`, `LINUX` or `MACOS`.
    pub os_family: String,
    /// Everything else: `fileSystemLocations`.
    #[serde(flatten)]
    pub more: serde_json::Map<String, Value>,
}

/// An Identity Center with one person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityCenter {
    /// The only one that is known.
    pub start_url: String,
    /// Where it really is; unless nothing, every sign-in is sent there.
    pub elsewhere: Option<String>,
    /// What the person may use.
    pub accounts: Vec<Account>,
    /// Seconds between two polls.
    pub interval: u64,
    /// How long a code is good.
    pub code_seconds: u64,
    /// How long an access token is good.
    pub token_seconds: u64,
    /// How long the keys of a role are good, unless a role says it.
    pub role_credentials_seconds: u64,
    /// Whether there are refresh tokens.
    pub refreshes: bool,
}

impl Default for IdentityCenter {
    fn default() -> Self {
        Self {
            start_url: "https://studio.awsapps.com/start".into(),
            elsewhere: None,
            accounts: Vec::new(),
            interval: 1,
            code_seconds: 600,
            token_seconds: 28_800,
            role_credentials_seconds: 3600,
            refreshes: true,
        }
    }
}

/// An AWS account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    /// 12 digits.
    pub account_id: String,
    /// Its name.
    pub account_name: String,
    /// The person's permission sets in it.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// A permission set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub role_name: String,
    /// What it gives; Deadline Cloud knows these as well.
    pub keys: Keys,
}
