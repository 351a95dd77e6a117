//! A strict S3 for tests: stands in front of a real S3 server on loopback, enforces what S3 documents
//! and no local server does, and injects faults down to the socket.
//!
//! # What it does with a request
//!
//! 1. [`Rule`]s are looked at; the first that fits makes the request suffer its [`Fault`].
//! 2. The rules that need no look at the body (`rules.rs`) refuse in S3's words.
//! 3. A body with an XXH128 checksum is taken in whole (in memory up to 4 MiB, else in a file without a
//!    name), and only what matches goes on: a wrong body is never visible and leaves nothing behind.
//! 4. The request goes on as it came, `Host` included, so that the server behind verifies the client's
//!    signature. Where something signed must change (a header it would refuse, a list that is asked for
//!    whole, another clock) the gateway verifies the signature and signs anew with the key of
//!    `TEST_STORE`. A presigned address is never signed anew.
//! 5. The answer gets what that server cannot say: checksums, lists in S3's order and page size.
//!
//! Errors of the gateway itself have the request id `STRICTGATEWAY`. They come before the signature is
//! verified, unlike in S3. What was begun goes on when the client is gone, as long as the whole body
//! has come.
//!
//! # What S3 documents, and what is guessed
//!
//! Sources: the S3 API reference as it stands in botocore 1.44.8's model, the S3 User Guide, and
//! behaviour of S3 that other projects have recorded in their tests. Nothing here was compared with S3.
//!
//! | Rule | Source |
//! |---|---|
//! | `x-amz-checksum-xxhash128`, Base64 of 128 bits, on PutObject, UploadPart, CompleteMultipartUpload; told by HEAD and GET under `x-amz-checksum-mode: ENABLED`; PutObject is always `FULL_OBJECT` | API reference |
//! | It is XXH3-128, seed 0, most significant byte first | guessed: the canonical form of xxHash |
//! | Mismatch: 400 `BadDigest`; malformed: 400 `InvalidRequest` | User Guide; recorded for the older algorithms |
//! | Uploads in parts have a `COMPOSITE` checksum: the hash of the parts' hashes, `-`, number of parts; `FULL_OBJECT` is refused by 400 `InvalidRequest` | guessed: the User Guide says so of SHA-1 and SHA-256, and that full-object checksums of uploads in parts are for CRCs; the copies at hand do not name XXH128 |
//! | Another `x-amz-checksum-type` at the end than at the beginning: `BadDigest` | API reference |
//! | A part has a checksum just when its upload has (`Checksum Type mismatch occurred`); each part's checksum is repeated at the end, `InvalidRequest` if it is missing | recorded for the older algorithms |
//! | A wrong one there is `InvalidPart` | guessed, as other implementations do |
//! | `x-amz-mp-object-size` that is wrong: 400 `InvalidRequest` | API reference |
//! | A range has no checksum in its answer | guessed |
//! | `x-amz-expected-bucket-owner`: 403 `AccessDenied` | API reference |
//! | `If-None-Match: *`: 412 when the key exists (said by the server behind), 409 `ConditionalRequestConflict` on a conflict | API reference |
//! | The conflict is any second conditional write of the key while the first is under way, from its head to its answer; one that stalls lets the key go | stricter than S3, where the slower writer mostly gets 412 |
//! | 2 KB of user metadata, keys of 1,024 bytes, parts 1 to 10,000, 5 MiB to 5 GiB, 5 GiB a PUT | User Guide; the codes from its list of errors |
//! | `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `NoSuchUpload` | API reference |
//! | Pages of 1,000 parts and uploads, uploads sorted by key | API reference |
//! | Uploads of one key are sorted by their id | S3 sorts them by time; its markers compare ids |
//! | 15 minutes of clock difference, 403 `RequestTimeTooSkewed` | User Guide |
//! | A second completion of an upload | left to the server behind (SeaweedFS: 200 again) |
//!
//! # What it does not know
//!
//! * What happened before it started or behind its back: an upload that another gateway began is left
//!   to the server behind, but for the digests of its parts; an object that was written or changed
//!   behind its back has no checksum.
//! * Bodies in `aws-chunked` encoding with an XXH128 checksum (501), virtual-hosted addresses, versions,
//!   copies.
//!
//! # Control port
//!
//! | Request | |
//! |---|---|
//! | `POST /faults` with a list of [`Rule`] | adds them |
//! | `GET /faults`, `DELETE /faults` | rules with how often each acted; removes all |
//! | `GET /settings`, `PUT /settings` with [`Settings`] | what is not given gets its default |
//! | `POST /release` | ends all stalls that have begun |
//! | `GET /log`, `DELETE /log` | list of [`Entry`]; forgets it and restarts the counters |
//! | `GET /counters` | [`Counters`] |
//! | `POST /reset` | removes rules, ends stalls, forgets the log, restores the first settings |
//!
//! An error is status 400 with `{"error": "..."}`. `client.ts` beside this crate is the same for TypeScript.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::task::JoinHandle;

mod answer;
mod checksum;
mod control;
mod cors;
mod fault;
mod gateway;
mod journal;
mod listen;
mod listing;
mod operation;
mod reading;
mod remembered;
mod rules;
mod serve;
mod settings;
mod signature;
mod spool;
mod uploads;
mod upstream;
mod wire;
mod writes;

pub use fault::{Always, Answer, Fault, Rule, Times, When};
pub use journal::{Counters, Entry};
pub use operation::Operation;
pub use settings::{Checksum, ExpectedOwner, IfNoneMatch, Multipart, Settings};
pub use signature::{ALLOWED_SKEW, Claim, Signer, claimed_time};

use gateway::Gateway;
use listen::Door;

/// Any free port of this machine.
pub const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// The owner of every bucket, unless told otherwise: the account id of AWS's own examples.
pub const OWNER: &str = "123456789012";

/// How to start a gateway.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where S3 requests are taken.
    pub listen: SocketAddr,
    /// Where the control port is.
    pub control: SocketAddr,
    /// The server behind the gateway: `http://host:port`.
    pub upstream: String,
    /// Account id of the owner of every bucket.
    pub owner: String,
    /// Origin of web pages that may read what the gateway itself answers, as a rule of the bucket would allow.
    pub allow_origin: Option<String>,
    /// A key of that server, to sign again what the gateway must change.
    pub signer: Option<Signer>,
    /// Settings to begin with, and to return to on a reset.
    pub settings: Settings,
}

impl Options {
    /// A strict gateway on free ports of this machine.
    #[must_use]
    pub fn before(upstream: &str) -> Self {
        Self {
            listen: ANY_PORT,
            control: ANY_PORT,
            upstream: upstream.to_owned(),
            owner: OWNER.to_owned(),
            allow_origin: None,
            signer: None,
            settings: Settings::default(),
        }
    }
}

/// A gateway at work; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where S3 requests are taken.
    pub listen: SocketAddr,
    /// Where the control port is.
    pub control: SocketAddr,
    gateway: Arc<Gateway>,
    tasks: [JoinHandle<()>; 2],
}

impl Running {
    /// Starts a gateway in the current Tokio runtime.
    ///
    /// # Errors
    /// An address that is taken, or a server address that is not plain HTTP.
    pub async fn start(options: Options) -> Result<Self> {
        let listener = listen::listener(options.listen).context("the S3 port can't be opened")?;
        let control =
            listen::listener(options.control).context("the control port can't be opened")?;
        let addresses = (listener.local_addr()?, control.local_addr()?);
        let gateway = Arc::new(Gateway::new(&options, Door::new())?);
        let tasks = [
            tokio::spawn(listen::accept(Arc::clone(&gateway), listener, addresses.0)),
            tokio::spawn(control::accept(Arc::clone(&gateway), control)),
        ];
        gateway.set(options.settings).await;
        Ok(Self {
            listen: addresses.0,
            control: addresses.1,
            gateway,
            tasks,
        })
    }

    /// Adds faults.
    pub fn inject(&self, rules: impl IntoIterator<Item = Rule>) {
        self.gateway.faults.add(rules.into_iter().collect());
    }

    /// Puts settings in force.
    pub async fn set(&self, settings: Settings) {
        self.gateway.set(settings).await;
    }

    /// Ends all stalls.
    pub fn release(&self) {
        self.gateway.releases.release();
    }

    /// All requests since the last clearing, in the order in which they came.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.gateway.journal.entries()
    }

    /// How much went on at once.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.gateway.journal.counters()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
