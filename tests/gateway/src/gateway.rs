//! The gateway's parts, and its doings with a request that no fault keeps from it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::Result;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, ETAG, HeaderMap, HeaderName, HeaderValue, ORIGIN, RANGE,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde::Deserialize;

use crate::answer::{Failure, Reply, S3Error, full, xml};
use crate::checksum::{self, ChecksumType};
use crate::fault::Faults;
use crate::journal::{Journal, OpenRequest};
use crate::listen::Door;
use crate::operation::{Operation, Target};
use crate::reading::{Reading, Releases};
use crate::remembered::{Checksums, Remembered};
use crate::rules::{self, header};
use crate::settings::{Checksum, IfNoneMatch, Settings};
use crate::signature::{self, ALLOWED_SKEW};
use crate::spool::Spooled;
use crate::uploads::{Claims, Completion, Part, Uploads};
use crate::upstream::{Change, Upstream};
use crate::wire::Cap;
use crate::writes::{Writes, Writing};
use crate::{Options, listing};

/// Everything that connections share.
#[derive(Debug)]
pub(crate) struct Gateway {
    upstream: Upstream,
    owner: String,
    allow_origin: Option<String>,
    first_settings: Settings,
    settings: Mutex<Settings>,
    pub(crate) faults: Faults,
    pub(crate) journal: Arc<Journal>,
    pub(crate) releases: Releases,
    pub(crate) door: Door,
    pub(crate) cap: Arc<Cap>,
    writes: Arc<Writes>,
    checksums: Checksums,
    uploads: Uploads,
}

/// Why a request has no answer of the server behind the gateway.
pub(crate) enum Stop {
    /// S3 refuses it.
    Refused(S3Error),
    /// Its connection has ended.
    Ended(Failure),
}

impl From<S3Error> for Stop {
    fn from(error: S3Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Ended(failure)
    }
}

impl Gateway {
    pub(crate) fn new(options: &Options, door: Door) -> Result<Self> {
        let gateway = Self {
            upstream: Upstream::new(&options.upstream, options.signer.clone())?,
            owner: options.owner.clone(),
            allow_origin: options.allow_origin.clone(),
            first_settings: options.settings,
            settings: Mutex::default(),
            faults: Faults::default(),
            journal: Arc::new(Journal::new()),
            releases: Releases::new(),
            door,
            cap: Arc::default(),
            writes: Arc::default(),
            checksums: Checksums::default(),
            uploads: Uploads::default(),
        };
        Ok(gateway)
    }

    pub(crate) fn settings(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts settings in force, and returns once the network follows them.
    pub(crate) async fn set(&self, settings: Settings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        self.cap.set(settings.bytes_per_second);
        self.door.set_offline(settings.offline).await;
    }

    /// The origin of the page that asks, if it may read the answer.
    pub(crate) fn page_of(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let is_allowed = self.allow_origin.as_deref().map(str::as_bytes) == Some(origin.as_bytes());
        is_allowed.then(|| origin.clone())
    }

    /// Back to how the gateway started, but for what it knows about objects.
    pub(crate) async fn reset(&self) {
        self.faults.clear();
        self.releases.release();
        self.set(self.first_settings).await;
        self.journal.clear();
    }

    /// The gateway's own time.
    pub(crate) fn now(&self) -> SystemTime {
        signature::clock(self.settings().skew_minutes)
    }

    /// Answers as S3 does.
    pub(crate) async fn handle(
        self: Arc<Self>,
        request: Parts,
        target: Target,
        reading: Reading,
        open: &OpenRequest,
    ) -> Result<Reply, Failure> {
        let to_head = request.method == Method::HEAD;
        let refused = |error: S3Error| {
            open.note(|entry| entry.error = Some(error.code.clone()));
            error.reply(to_head)
        };
        if let Err(error) = self.check(&request, &target) {
            if error.code == rules::TOO_LARGE {
                let mut reply = refused(error);
                let close = HeaderValue::from_static("close");
                reply.headers_mut().insert(CONNECTION, close);
                return Ok(reply);
            }
            reading.drain().await?;
            return Ok(refused(error));
        }
        // What was begun is brought to its end though the client may have gone, as S3 does.
        let work = tokio::spawn(self.dispatch(request, target, reading));
        match work.await? {
            Ok(reply) => Ok(reply),
            Err(Stop::Refused(error)) => Ok(refused(error)),
            Err(Stop::Ended(failure)) => Err(failure),
        }
    }

    fn check(&self, request: &Parts, target: &Target) -> Result<(), S3Error> {
        if target.operation == Operation::Preflight {
            return Ok(());
        }
        let settings = self.settings();
        if settings.skew_minutes != 0 {
            self.check_time(request)?;
        }
        rules::check(target, &request.headers, &self.owner, settings)
    }

    fn check_time(&self, request: &Parts) -> Result<(), S3Error> {
        let Some(claimed) = signature::claimed_time(&request.headers) else {
            return Ok(());
        };
        let now = self.now();
        let difference = now
            .duration_since(claimed)
            .unwrap_or_else(|error| error.duration());
        if difference <= ALLOWED_SKEW {
            return Ok(());
        }
        Err(S3Error::new(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with(
            "RequestTime",
            header(&request.headers, "x-amz-date").unwrap_or_default(),
        )
        .with("ServerTime", signature::long_time(now))
        .with(
            "MaxAllowedSkewMilliseconds",
            ALLOWED_SKEW.as_millis().to_string(),
        ))
    }

    async fn dispatch(
        self: Arc<Self>,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        match target.operation {
            Operation::PutObject => self.put_object(request, target, reading).await,
            Operation::UploadPart => self.upload_part(request, target, reading).await,
            Operation::CreateMultipartUpload => self.create_upload(request, reading).await,
            Operation::CompleteMultipartUpload => {
                self.complete_upload(request, target, reading).await
            }
            Operation::AbortMultipartUpload => self.abort_upload(request, target, reading).await,
            Operation::ListParts => self.list_parts(request, target, reading).await,
            Operation::ListMultipartUploads if listing::can_list_uploads(&target) => {
                self.list_uploads(request, target, reading).await
            }
            Operation::HeadObject | Operation::GetObject => {
                self.read_object(request, target, reading).await
            }
            Operation::DeleteObject => self.delete_object(request, target, reading).await,
            _ => Ok(passed_on(
                self.send(request, &[], reading.streamed().await?).await?,
            )),
        }
    }

    /// Hands a request on without these headers, and without those that name XXH128.
    async fn send(
        &self,
        mut request: Parts,
        without: &[&'static str],
        body: crate::answer::Body,
    ) -> Result<Response<Incoming>, Stop> {
        let mut change = Change {
            without: without.to_vec(),
            path: None,
            time: self.settings().skew_minutes != 0,
        };
        change
            .without
            .extend(rules::headers_that_name_it(&request.headers));
        self.upstream.prepare(&mut request, change)?;
        self.upstream.send(request, body).await
    }

    /// [`Self::send`] for a request without a body; one that was sent all the same is thrown away.
    async fn ask(
        &self,
        request: Parts,
        without: &[&'static str],
        reading: Reading,
    ) -> Result<Response<Incoming>, Stop> {
        reading.drain().await?;
        self.send(request, without, full("")).await
    }

    /// Takes the key of a conditional write, and says which headers are to be left out.
    async fn condition(
        &self,
        request: &Parts,
        target: &Target,
    ) -> Result<(Option<Arc<Writing>>, &'static [&'static str]), S3Error> {
        if !rules::is_conditional(target.operation, &request.headers) {
            return Ok((None, &[]));
        }
        match self.settings().if_none_match {
            IfNoneMatch::Ignored => Ok((None, &["if-none-match"])),
            _ => {
                let writing = self.writes.begin(&target.bucket, &target.key)?;
                Ok((Some(Arc::new(writing)), &[]))
            }
        }
    }

    /// The checksum that the body must have.
    fn claimed(&self, request: &Parts) -> Result<Option<[u8; 16]>, S3Error> {
        if self.settings().checksum != Checksum::Enforced {
            return Ok(None);
        }
        let claimed = header(&request.headers, checksum::HEADER);
        claimed.map(checksum::parse).transpose()
    }

    async fn put_object(
        &self,
        request: Parts,
        target: Target,
        mut reading: Reading,
    ) -> Result<Reply, Stop> {
        let (writing, without) = match self.condition(&request, &target).await {
            Ok(condition) => condition,
            Err(error) => {
                reading.drain().await?;
                return Err(error.into());
            }
        };
        if let Some(writing) = &writing {
            reading.writes(writing);
        }
        let Some(claimed) = self.claimed(&request)? else {
            let answer = self
                .send(request, without, reading.streamed().await?)
                .await?;
            if answer.status().is_success() {
                self.checksums.written(&target.bucket, &target.key, None);
            }
            return Ok(passed_on(answer));
        };
        let spooled = verified(reading, claimed).await?;
        let text = checksum::text_of(spooled.hash);
        let answer = self.send(request, without, spooled.into_body()).await?;
        if !answer.status().is_success() {
            return Ok(passed_on(answer));
        }
        let remembered = Remembered {
            etag: etag(&answer).to_owned(),
            checksum: text,
            checksum_type: ChecksumType::FullObject,
        };
        let mut reply = passed_on(answer);
        tell(&mut reply, &remembered);
        self.checksums
            .written(&target.bucket, &target.key, Some(remembered));
        Ok(reply)
    }

    async fn upload_part(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let number = rules::part_number(&target)?;
        let id = target.query("uploadId").unwrap_or_default();
        let claimed = self.claimed(&request)?;
        if self.settings().checksum == Checksum::Enforced
            && let Err(error) = self.uploads.check_part(id, claimed.is_some())
        {
            reading.drain().await?;
            return Err(error.into());
        }
        let mut size = rules::content_length(&request.headers).unwrap_or(0);
        let body = match claimed {
            Some(claimed) => {
                let spooled = verified(reading, claimed).await?;
                size = spooled.size;
                spooled.into_body()
            }
            None => reading.streamed().await?,
        };
        let answer = self.send(request, &[], body).await?;
        if !answer.status().is_success() {
            return Ok(passed_on(answer));
        }
        let part = Part {
            etag: etag(&answer).trim_matches('"').to_owned(),
            size,
            checksum: claimed,
        };
        self.uploads.part_stored(id, number, part);
        let mut reply = passed_on(answer);
        if let Some(claimed) = claimed {
            insert(
                &mut reply,
                checksum::HEADER,
                &checksum::text_of_bytes(claimed),
            );
        }
        Ok(reply)
    }

    async fn create_upload(&self, request: Parts, reading: Reading) -> Result<Reply, Stop> {
        let enforced = self.settings().checksum == Checksum::Enforced;
        let has_checksum = enforced && rules::upload_has_checksum(&request.headers)?;
        let without: &[_] = if has_checksum || !enforced {
            &[checksum::TYPE_HEADER]
        } else {
            &[]
        };
        let answer = self.ask(request, without, reading).await?;
        if !answer.status().is_success() {
            return Ok(passed_on(answer));
        }
        let (mut reply, text) = whole(answer).await?;
        let created: Created = quick_xml::de::from_str(&text).map_err(unreadable)?;
        self.uploads.created(created.upload_id, has_checksum);
        if has_checksum {
            insert(&mut reply, checksum::ALGORITHM_HEADER, checksum::ALGORITHM);
            let kind = ChecksumType::Composite.name();
            insert(&mut reply, checksum::TYPE_HEADER, kind);
        }
        Ok(reply)
    }

    async fn complete_upload(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let body = reading.collect().await?.to_bytes();
        let id = target.query("uploadId").unwrap_or_default();
        let completion = Completion::read(&body)?;
        let enforced = self.settings().checksum == Checksum::Enforced;
        let text = |name| header(&request.headers, name);
        let claims = Claims {
            checksum: text(checksum::HEADER).filter(|_| enforced),
            checksum_type: text(checksum::TYPE_HEADER).filter(|_| enforced),
            size: text("x-amz-mp-object-size").and_then(|size| size.parse().ok()),
        };
        let object = self.uploads.check_completion(id, &completion, claims)?;
        let (_writing, without) = self.condition(&request, &target).await?;
        let answer = self.send(request, without, full(body)).await?;
        if !answer.status().is_success() {
            return Ok(passed_on(answer));
        }
        let (reply, text) = whole(answer).await?;
        // S3 may begin to answer before it knows how the completion ends.
        let Ok(completed) = quick_xml::de::from_str::<Completed>(&text) else {
            return Ok(reply);
        };
        let remembered = object.map(|checksum| Remembered {
            etag: completed.etag,
            checksum,
            checksum_type: ChecksumType::Composite,
        });
        self.checksums
            .written(&target.bucket, &target.key, remembered.clone());
        let Some(remembered) = remembered else {
            return Ok(reply);
        };
        const END: &str = "</CompleteMultipartUploadResult>";
        let more = format!(
            "<ChecksumXXHASH128>{}</ChecksumXXHASH128><ChecksumType>{}</ChecksumType>{END}",
            remembered.checksum,
            remembered.checksum_type.name()
        );
        Ok(with_text(reply, text.replace(END, &more)))
    }

    async fn abort_upload(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let answer = self.ask(request, &[], reading).await?;
        if answer.status().is_success() {
            self.uploads
                .aborted(target.query("uploadId").unwrap_or_default());
        }
        Ok(passed_on(answer))
    }

    async fn list_parts(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let id = target.query("uploadId").unwrap_or_default();
        let answer = self.ask(request, &[], reading).await?;
        if answer.status() != StatusCode::OK {
            return Ok(passed_on(answer));
        }
        let (reply, text) = whole(answer).await?;
        let checksums =
            (self.uploads.has_checksum(id) == Some(true)).then(|| self.uploads.checksums(id));
        let list = listing::parts(&text, &target, checksums.as_ref()).map_err(unreadable)?;
        Ok(with_text(reply, list))
    }

    async fn list_uploads(
        &self,
        mut request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        reading.drain().await?;
        let change = Change {
            path: listing::whole_list(request.uri.path(), &target),
            time: self.settings().skew_minutes != 0,
            ..Change::default()
        };
        self.upstream.prepare(&mut request, change)?;
        let answer = self.upstream.send(request, full("")).await?;
        if answer.status() != StatusCode::OK {
            return Ok(passed_on(answer));
        }
        let (reply, text) = whole(answer).await?;
        let list = listing::uploads(&text, &target).map_err(unreadable)?;
        Ok(with_text(reply, list))
    }

    async fn read_object(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let asked = header(&request.headers, checksum::MODE_HEADER)
            .is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED"))
            && !request.headers.contains_key(RANGE)
            && self.settings().checksum == Checksum::Enforced;
        let answer = self.ask(request, &[], reading).await?;
        let remembered = self
            .checksums
            .of(&target.bucket, &target.key, etag(&answer))
            .filter(|_| asked && answer.status() == StatusCode::OK);
        let mut reply = passed_on(answer);
        if let Some(remembered) = remembered {
            tell(&mut reply, &remembered);
        }
        Ok(reply)
    }

    async fn delete_object(
        &self,
        request: Parts,
        target: Target,
        reading: Reading,
    ) -> Result<Reply, Stop> {
        let answer = self.ask(request, &[], reading).await?;
        if answer.status().is_success() {
            self.checksums.written(&target.bucket, &target.key, None);
        }
        Ok(passed_on(answer))
    }
}

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "UploadId")]
    upload_id: String,
}

#[derive(Deserialize)]
struct Completed {
    #[serde(rename = "ETag")]
    etag: String,
}

/// The body, once it is known to be that of the checksum.
async fn verified(reading: Reading, claimed: [u8; 16]) -> Result<Spooled, Stop> {
    let spooled = Spooled::of(reading).await?;
    if spooled.hash.to_be_bytes() == claimed {
        Ok(spooled)
    } else {
        Err(checksum::bad_digest().into())
    }
}

fn passed_on(answer: Response<Incoming>) -> Reply {
    answer.map(|body| body.map_err(Failure::from).boxed_unsync())
}

/// An answer whose body must be looked at.
async fn whole(answer: Response<Incoming>) -> Result<(Reply, String), Stop> {
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.map_err(Failure::from)?.to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok((Response::from_parts(parts, full(bytes)), text))
}

fn with_text(reply: Reply, text: String) -> Reply {
    let (mut parts, _) = reply.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let mut changed = xml(parts.status, text);
    parts.headers.extend(std::mem::take(changed.headers_mut()));
    *changed.headers_mut() = parts.headers;
    changed
}

fn unreadable(error: impl std::fmt::Display) -> Stop {
    let message = format!("The answer behind the gateway can't be read: {error}");
    S3Error::new(502, "BadAnswerBehindGateway", message).into()
}

fn etag<T>(answer: &Response<T>) -> &str {
    header(answer.headers(), ETAG.as_str()).unwrap_or_default()
}

fn tell(reply: &mut Reply, remembered: &Remembered) {
    insert(reply, checksum::HEADER, &remembered.checksum);
    let kind = remembered.checksum_type.name();
    insert(reply, checksum::TYPE_HEADER, kind);
}

fn insert(reply: &mut Reply, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("checksums are plain ASCII");
    reply
        .headers_mut()
        .insert(HeaderName::from_static(name), value);
}
