//! Where somebody signs in.

use rusty_attachments_model::{AccountId, Region, ServerAddress};
use serde::{Deserialize, Serialize};

use super::kept::{text, text_or_none};
use super::start_url::StartUrl;

/// Where somebody signs in, and what they chose the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The access portal.
    #[serde(with = "text")]
    pub start_url: StartUrl,
    /// Of the Identity Center, which need not be the farm's.
    #[serde(with = "text")]
    pub region: Region,
    /// Shown by the page that asks for approval.
    pub client_name: String,
    /// What answers in the place of the OIDC service; AWS itself when nothing is named.
    #[serde(with = "text_or_none")]
    pub oidc: Option<ServerAddress>,
    /// What answers in the place of the portal.
    #[serde(with = "text_or_none")]
    pub portal: Option<ServerAddress>,
    /// Taken without asking, if it is there.
    #[serde(with = "text_or_none")]
    pub account: Option<AccountId>,
    /// Taken without asking, if it is there.
    pub role: Option<String>,
}

impl Settings {
    /// Scheme and host of the OIDC service.
    #[must_use]
    pub fn oidc_origin(&self) -> String {
        self.origin(&self.oidc, "oidc")
    }

    /// Scheme and host of the portal.
    #[must_use]
    pub fn portal_origin(&self) -> String {
        self.origin(&self.portal, "portal.sso")
    }

    fn origin(&self, named: &Option<ServerAddress>, service: &str) -> String {
        match named {
            Some(server) => server.to_string(),
            None => format!(
                "https://{service}.{}.{}",
                self.region,
                self.region.aws_domain()
            ),
        }
    }
}
