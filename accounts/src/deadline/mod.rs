//! What Deadline Cloud and STS answer (spec `deadline-apis.md` 1 and 2).

mod denial;
mod queue;
mod read;

pub(crate) use denial::retry_after;
pub use queue::{AttachmentSettings, QueueDetails};
pub use read::read;

use rusty_attachments_model::{
    AccountId, FarmId, OsFamily, QueueId, StorageProfile, StorageProfileId,
};

use crate::keys::Keys;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the service.
    pub items: Vec<T>,
    /// For the next page; nothing on the last.
    pub next: Option<String>,
}

/// A farm in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farm {
    /// Its id.
    pub id: FarmId,
    /// Shown to people.
    pub name: String,
}

/// A queue in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Shown to people.
    pub name: String,
}

/// A storage profile in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageProfileSummary {
    /// Its id.
    pub id: StorageProfileId,
    /// Shown to people.
    pub name: String,
    /// Which machines it is for.
    pub os_family: OsFamily,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Of `ListFarms`.
    Farms(Page<Farm>),
    /// Of `ListQueues`.
    Queues(Page<Queue>),
    /// Of `GetQueue`.
    Queue(QueueDetails),
    /// Of `AssumeQueueRoleForUser`.
    Keys(Keys),
    /// Of `ListStorageProfilesForQueue`.
    StorageProfiles(Page<StorageProfileSummary>),
    /// Of `GetStorageProfileForQueue`.
    StorageProfile(StorageProfile),
    /// Of `GetCallerIdentity`: the account, and the name of who asks.
    Identity {
        /// Whose account it is.
        account: AccountId,
        /// Name of the user or role.
        arn: String,
    },
}
