//! What came in and what went out: the log of requests and the peaks of concurrency.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::http::request::Parts;
use serde::Serialize;

use crate::operation::{Operation, Target};

/// One request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// HTTP method.
    pub method: String,
    /// S3 operation.
    pub operation: Operation,
    /// Bucket, decoded.
    pub bucket: String,
    /// Key, decoded.
    pub key: String,
    /// Query without the parts of a signature.
    pub query: String,
    /// Headers but `authorization` and `x-amz-security-token`, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Status that was sent, or `None` for none: the answer is still to come, or will never be.
    pub status: Option<u16>,
    /// Code of the S3 error that the gateway itself answered with.
    pub error: Option<String>,
    /// Kind of the fault that acted.
    pub fault: Option<&'static str>,
    /// Bytes of the body that were read.
    pub bytes_in: u64,
    /// Milliseconds from the gateway's start until the head had been read.
    pub started_ms: u64,
    /// Milliseconds from the gateway's start until the head of the answer was ready or the request was
    /// given up; `None` while it is under way.
    pub ended_ms: Option<u64>,
}

/// How much went on at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Connections that are open.
    pub connections: u64,
    /// The most that were open at once since the last clearing.
    pub connections_peak: u64,
    /// Connections accepted since the last clearing.
    pub connections_total: u64,
    /// Requests under way.
    pub requests: u64,
    /// The most that were under way at once since the last clearing.
    pub requests_peak: u64,
    /// Requests since the last clearing.
    pub requests_total: u64,
}

/// Log and counters.
#[derive(Debug)]
pub(crate) struct Journal {
    start: Instant,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    counters: Counters,
    entries: BTreeMap<u64, Entry>,
    next: u64,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lock().entries.values().cloned().collect()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.lock().counters
    }

    /// Forgets the entries; peaks and totals begin anew with what is open now.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        kept.entries.clear();
        let Counters {
            connections,
            requests,
            ..
        } = kept.counters;
        kept.counters = Counters {
            connections,
            connections_peak: connections,
            requests,
            requests_peak: requests,
            ..Counters::default()
        };
    }

    pub(crate) fn connection(self: &Arc<Self>) -> OpenConnection {
        let counters = &mut self.lock().counters;
        counters.connections += 1;
        counters.connections_total += 1;
        counters.connections_peak = counters.connections_peak.max(counters.connections);
        OpenConnection(Arc::clone(self))
    }

    pub(crate) fn request(self: &Arc<Self>, parts: &Parts, target: &Target) -> OpenRequest {
        let mut kept = self.lock();
        let counters = &mut kept.counters;
        counters.requests += 1;
        counters.requests_total += 1;
        counters.requests_peak = counters.requests_peak.max(counters.requests);
        let number = kept.next;
        kept.next += 1;
        kept.entries.insert(
            number,
            Entry {
                method: parts.method.to_string(),
                operation: target.operation,
                bucket: target.bucket.clone(),
                key: target.key.clone(),
                query: target.shown_query(),
                headers: shown_headers(parts),
                status: None,
                error: None,
                fault: None,
                bytes_in: 0,
                started_ms: self.now(),
                ended_ms: None,
            },
        );
        OpenRequest {
            journal: Arc::clone(self),
            number,
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown_headers(parts: &Parts) -> BTreeMap<String, String> {
    const SECRET: [&str; 2] = ["authorization", "x-amz-security-token"];
    parts
        .headers
        .iter()
        .filter(|(name, _)| !SECRET.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect()
}

/// Counts as a connection until it is dropped.
pub(crate) struct OpenConnection(Arc<Journal>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.lock().counters.connections -= 1;
    }
}

/// Counts as a request until it is dropped, and writes into its entry.
pub(crate) struct OpenRequest {
    journal: Arc<Journal>,
    number: u64,
}

impl OpenRequest {
    pub(crate) fn note(&self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.journal.lock().entries.get_mut(&self.number) {
            change(entry);
        }
    }

    /// What counts the body's bytes, also after this has been dropped.
    pub(crate) fn meter(&self) -> Meter {
        Meter {
            journal: Arc::clone(&self.journal),
            number: self.number,
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        let now = self.journal.now();
        self.note(|entry| entry.ended_ms = Some(now));
        self.journal.lock().counters.requests -= 1;
    }
}

/// Counts the bytes of a request's body.
pub(crate) struct Meter {
    journal: Arc<Journal>,
    number: u64,
}

impl Meter {
    pub(crate) fn add(&self, bytes: u64) {
        if let Some(entry) = self.journal.lock().entries.get_mut(&self.number) {
            entry.bytes_in += bytes;
        }
    }
}
