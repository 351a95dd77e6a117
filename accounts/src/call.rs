//! What is asked of Deadline Cloud and STS (spec `deadline-apis.md` 2).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusty_attachments_model::{FarmId, QueueId, StorageProfileId};

use crate::principal_id::PrincipalId;

/// One question. All of them only read, and all but the last are for Deadline Cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// The farms of the region.
    ListFarms {
        /// Who asks, for users of a monitor.
        principal: Option<PrincipalId>,
        /// From the answer before this.
        next: Option<String>,
    },
    /// The queues of a farm.
    ListQueues {
        /// The farm.
        farm: FarmId,
        /// Who asks, for users of a monitor.
        principal: Option<PrincipalId>,
        /// From the answer before this.
        next: Option<String>,
    },
    /// Where a queue keeps its attachments, and what it requires.
    GetQueue {
        /// The farm.
        farm: FarmId,
        /// The queue.
        queue: QueueId,
    },
    /// Credentials for reading and writing the queue's attachments.
    AssumeQueueRoleForUser {
        /// The farm.
        farm: FarmId,
        /// The queue.
        queue: QueueId,
    },
    /// The storage profiles that jobs of the queue may have.
    ListStorageProfilesForQueue {
        /// The farm.
        farm: FarmId,
        /// The queue.
        queue: QueueId,
        /// From the answer before this.
        next: Option<String>,
    },
    /// The places of one of them.
    GetStorageProfileForQueue {
        /// The farm.
        farm: FarmId,
        /// The queue.
        queue: QueueId,
        /// The storage profile.
        profile: StorageProfileId,
    },
    /// Whose credentials these are; every caller may ask that of STS.
    GetCallerIdentity,
}

/// Longest page that the service gives.
const PAGE: &str = "100";

/// What a query may say, in SigV4's form: everything but unreserved characters escaped.
const QUERY_ESCAPES: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl Call {
    /// Its name, as the service and IAM spell it.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::ListFarms { .. } => "ListFarms",
            Self::ListQueues { .. } => "ListQueues",
            Self::GetQueue { .. } => "GetQueue",
            Self::AssumeQueueRoleForUser { .. } => "AssumeQueueRoleForUser",
            Self::ListStorageProfilesForQueue { .. } => "ListStorageProfilesForQueue",
            Self::GetStorageProfileForQueue { .. } => "GetStorageProfileForQueue",
            Self::GetCallerIdentity => "GetCallerIdentity",
        }
    }

    /// Whether it goes to STS instead of Deadline Cloud.
    pub(crate) fn is_for_sts(&self) -> bool {
        matches!(self, Self::GetCallerIdentity)
    }

    /// Path and query at Deadline Cloud; nothing for STS, which is asked at its root.
    pub(crate) fn path(&self) -> String {
        const ROOT: &str = "/2023-10-12/farms";
        let listed = |path: String, next: &Option<String>, principal: &Option<PrincipalId>| {
            let mut path = format!("{path}?maxResults={PAGE}");
            if let Some(token) = next {
                path.push_str("&nextToken=");
                path.extend(utf8_percent_encode(token, &QUERY_ESCAPES));
            }
            if let Some(principal) = principal {
                path.push_str("&principalId=");
                path.push_str(principal.as_str());
            }
            path
        };
        match self {
            Self::ListFarms { principal, next } => listed(ROOT.to_owned(), next, principal),
            Self::ListQueues {
                farm,
                principal,
                next,
            } => listed(format!("{ROOT}/{farm}/queues"), next, principal),
            Self::GetQueue { farm, queue } => format!("{ROOT}/{farm}/queues/{queue}"),
            Self::AssumeQueueRoleForUser { farm, queue } => {
                format!("{ROOT}/{farm}/queues/{queue}/user-roles")
            }
            Self::ListStorageProfilesForQueue { farm, queue, next } => listed(
                format!("{ROOT}/{farm}/queues/{queue}/storage-profiles"),
                next,
                &None,
            ),
            Self::GetStorageProfileForQueue {
                farm,
                queue,
                profile,
            } => format!("{ROOT}/{farm}/queues/{queue}/storage-profiles/{profile}"),
            Self::GetCallerIdentity => "/".to_owned(),
        }
    }
}
