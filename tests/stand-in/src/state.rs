//! What has happened so far.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use crate::operation::Operation;
use crate::settings::{Keys, Settings};

/// A request that came. Nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What it asked for.
    pub operation: Operation,
    /// Path without the query.
    pub path: String,
    /// Status of the answer.
    pub status: u16,
    /// Who signed, where it was signed and good.
    pub access_key_id: Option<String>,
}

/// A device code.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) code: String,
    pub(crate) user_code: String,
    pub(crate) client: String,
    pub(crate) expires: SystemTime,
    pub(crate) last_poll: Option<SystemTime>,
    pub(crate) verdict: Option<Verdict>,
}

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Approved,
    Denied,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    pub(crate) log: Vec<Entry>,
    /// Ids and secrets.
    pub(crate) clients: HashMap<String, String>,
    pub(crate) devices: Vec<Device>,
    /// Access tokens and their ends.
    pub(crate) tokens: HashMap<String, SystemTime>,
    pub(crate) refresh_tokens: Vec<String>,
    /// Access key ids that were given, and their ends.
    pub(crate) given: HashMap<String, SystemTime>,
    /// How many queue credentials have been given.
    pub(crate) queue_credentials: usize,
    counter: u64,
    /// Everything that was given and must not leak.
    pub(crate) secrets: Vec<String>,
}

impl State {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The time by this clock.
    pub(crate) fn now(&self) -> SystemTime {
        let minutes = self.settings.skew_minutes;
        let skew = Duration::from_secs(minutes.unsigned_abs() * 60);
        if minutes < 0 {
            SystemTime::now() - skew
        } else {
            SystemTime::now() + skew
        }
    }

    /// A text that was never given before.
    pub(crate) fn fresh(&mut self, what: &str) -> String {
        self.counter += 1;
        format!("stand-in-{what}-{:06}", self.counter)
    }

    /// As [`State::fresh`], to be kept secret.
    pub(crate) fn secret(&mut self, what: &str) -> String {
        let secret = self.fresh(what);
        self.secrets.push(secret.clone());
        secret
    }

    /// Notes that keys have been given; gives their end.
    pub(crate) fn give(&mut self, keys: &Keys, usual_seconds: u64) -> SystemTime {
        let life = Duration::from_secs(keys.seconds.unwrap_or(usual_seconds));
        let end = self.now() + life;
        self.given.insert(keys.access_key_id.clone(), end);
        for secret in [&keys.secret_access_key, &keys.session_token] {
            if !secret.is_empty() && !self.secrets.contains(secret) {
                self.secrets.push(secret.clone());
            }
        }
        end
    }
}
