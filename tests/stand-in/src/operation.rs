//! Which operation a request is.

use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// The operations by their names in the APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Deadline Cloud.
    ListFarms,
    /// Deadline Cloud.
    ListQueues,
    /// Deadline Cloud.
    GetQueue,
    /// Deadline Cloud.
    AssumeQueueRoleForUser,
    /// Deadline Cloud.
    ListStorageProfilesForQueue,
    /// Deadline Cloud.
    GetStorageProfileForQueue,
    /// OIDC.
    RegisterClient,
    /// OIDC.
    StartDeviceAuthorization,
    /// OIDC.
    CreateToken,
    /// Portal.
    ListAccounts,
    /// Portal.
    ListAccountRoles,
    /// Portal.
    GetRoleCredentials,
    /// Portal.
    Logout,
    /// The page where a person approves; no part of the APIs.
    Device,
    /// Anything else.
    Other,
}

/// A request's operation and what it names.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) operation: Operation,
    /// Farm, queue, storage profile, as far as the path has them.
    pub(crate) ids: Vec<String>,
    /// Names and values, decoded.
    query: Vec<(String, String)>,
}

impl Target {
    pub(crate) fn of(request: &Parts) -> Self {
        let path: Vec<&str> = request.uri.path().split('/').skip(1).collect();
        let method = request.method.as_str();
        let (operation, ids): (_, &[&str]) = match (method, &path[..]) {
            ("GET", ["2023-10-12", "farms"]) => (Operation::ListFarms, &[]),
            ("GET", ["2023-10-12", "farms", farm, "queues"]) => (Operation::ListQueues, &[*farm]),
            ("GET", ["2023-10-12", "farms", farm, "queues", queue]) => {
                (Operation::GetQueue, &[*farm, *queue])
            }
            ("GET", ["2023-10-12", "farms", farm, "queues", queue, "user-roles"]) => {
                (Operation::AssumeQueueRoleForUser, &[*farm, *queue])
            }
            (
                "GET",
                [
                    "2023-10-12",
                    "farms",
                    farm,
                    "queues",
                    queue,
                    "storage-profiles",
                ],
            ) => (Operation::ListStorageProfilesForQueue, &[*farm, *queue]),
            (
                "GET",
                [
                    "2023-10-12",
                    "farms",
                    farm,
                    "queues",
                    queue,
                    "storage-profiles",
                    profile,
                ],
            ) => (
                Operation::GetStorageProfileForQueue,
                &[*farm, *queue, *profile],
            ),
            ("POST", ["client", "register"]) => (Operation::RegisterClient, &[]),
            ("POST", ["device_authorization"]) => (Operation::StartDeviceAuthorization, &[]),
            ("POST", ["token"]) => (Operation::CreateToken, &[]),
            ("GET", ["assignment", "accounts"]) => (Operation::ListAccounts, &[]),
            ("GET", ["assignment", "roles"]) => (Operation::ListAccountRoles, &[]),
            ("GET", ["federation", "credentials"]) => (Operation::GetRoleCredentials, &[]),
            ("POST", ["logout"]) => (Operation::Logout, &[]),
            ("GET" | "POST", ["device"]) => (Operation::Device, &[]),
            _ => (Operation::Other, &[]),
        };
        Self {
            operation,
            ids: ids.iter().map(|id| decoded(id)).collect(),
            query: pairs(request.uri.query().unwrap_or_default()),
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Names and values of `a=b&c=d`.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
