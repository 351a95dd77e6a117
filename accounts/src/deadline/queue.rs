//! A queue as `GetQueue` tells it, and whether uploads can go there.

use rusty_attachments_model::{
    AccountId, BucketName, LocationName, QueueId, RootPrefix, StorageProfileId,
};

use crate::problem::{Button, Problem};

/// What an upload needs to know of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDetails {
    /// Its id.
    pub id: QueueId,
    /// Shown to people.
    pub name: String,
    /// Where attachments go; nothing for a queue without job attachments.
    pub attachments: Option<AttachmentSettings>,
    /// The role that `AssumeQueueRoleForUser` gives credentials of.
    pub role_arn: Option<String>,
    /// Names that the storage profile of every job must have.
    pub required_locations: Vec<LocationName>,
    /// The storage profiles that jobs may have.
    pub allowed_storage_profiles: Vec<StorageProfileId>,
}

/// The queue's `jobAttachmentSettings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentSettings {
    /// The bucket.
    pub bucket: BucketName,
    /// What all keys begin with.
    pub root_prefix: RootPrefix,
}

impl QueueDetails {
    /// Who has to own the bucket: the account of the queue's role (spec `s3-layout.md` 5, decision S7).
    /// Where there is none, `GetCallerIdentity` with the queue's credentials tells it.
    #[must_use]
    pub fn expected_owner(&self) -> Option<AccountId> {
        AccountId::of_arn(self.role_arn.as_deref()?)
    }

    /// Why uploads cannot go to this queue, if so.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        if self.attachments.is_none() {
            return Some(Problem::new(
                "queue-without-attachments",
                format!("Queue {} has no job attachments bucket.", self.name),
                "Choose another queue, or have whoever runs the farm give this one a bucket and a root prefix.",
                Button::ChooseQueue,
            ));
        }
        if self.role_arn.is_none() {
            return Some(Problem::new(
                "queue-without-role",
                format!(
                    "Queue {} has no role, so it cannot give credentials for its bucket.",
                    self.name
                ),
                "Choose another queue, or have whoever runs the farm give this one a role.",
                Button::ChooseQueue,
            ));
        }
        None
    }
}
