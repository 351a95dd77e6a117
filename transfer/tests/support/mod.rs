//! A store, files and a driver in memory: enough to run the engine to its end without any I/O.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::s3_layout::{S3Layout, S3Location};
use rusty_attachments_model::{AssetRoot, ContentHash, PathFormat};
use rusty_attachments_transfer::parts::part_size;
use rusty_attachments_transfer::{
    Action, Answer, Body, Checksums, Engine, Event, FileId, HashRange, Limits, ManifestFormat,
    ManifestSettings, ManifestSummary, Method, Outcome, Problem, Progress, ReadFailure, Record,
    Remembered, Request, RequestId, Settings, Summary,
};

/// One file of a drop.
pub(crate) struct Dropped {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
}

/// An object and the headers it was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What may be done to a request instead of carrying it out; see also [`silence`].
pub(crate) type Meddler<'a> = dyn FnMut(&Request, u64) -> Option<Event> + 'a;

/// Everything around one engine.
pub(crate) struct World {
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) requests: Vec<(Method, String)>,
    pub(crate) aborts: usize,
    /// Requests that were given up one by one.
    pub(crate) given_up: Vec<RequestId>,
    /// Requests that were under way at once, at most.
    pub(crate) most_at_once: usize,
    /// Requests of this method are carried out, but so many of their answers never arrive.
    pub(crate) lose: (Method, usize),
    /// Every progress that was seen after an event.
    pub(crate) progress: Vec<Progress>,
    /// Files that were let go of.
    pub(crate) released: Vec<FileId>,
    /// What was written into the journal.
    pub(crate) records: Vec<Record>,
    /// The manifest's text so far.
    pub(crate) manifest: String,
    /// Whether a wrong checksum is refused.
    pub(crate) verifies: bool,
    /// Whether the answer to a body has the checksum that was compared.
    pub(crate) tells_checksums: bool,
    /// Multipart uploads that are open, by their names.
    pub(crate) uploads: BTreeMap<String, OpenUpload>,
    /// Every request that was served, shortly: `PUT ?partNumber=1`.
    pub(crate) served: Vec<String>,
    /// What the journal knows; asked where the settings say that there is one.
    pub(crate) journal: BTreeMap<ContentHash, Remembered>,
    /// What a fresh look at a file finds; nothing can be had of the others.
    pub(crate) fresh: BTreeMap<u32, Vec<u8>>,
}

/// A multipart upload in the store.
#[derive(Debug, Default)]
pub(crate) struct OpenUpload {
    pub(crate) key: String,
    pub(crate) parts: BTreeMap<u32, Vec<u8>>,
}

/// The time of the store and of this computer, in milliseconds since 1970.
pub(crate) const WALL: u64 = 1_795_544_030_000;

pub(crate) const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
pub(crate) const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";
pub(crate) const GUID: &str = "11111111111111111111111111111111";
pub(crate) const LANES: usize = 3;

pub(crate) fn settings(root: &str, root_prefix: &str, guid: &str) -> Settings {
    Settings {
        layout: S3Layout {
            location: S3Location::official(root_prefix.parse().expect("a root prefix")),
            farm_id: FARM.parse().expect("a farm id"),
            queue_id: QUEUE.parse().expect("a queue id"),
        },
        asset_root: AssetRoot::parse(root, PathFormat::Posix).expect("an asset root"),
        locations: Vec::new(),
        manifest: Some(ManifestSettings {
            guid: guid.parse().expect("a guid"),
            format: ManifestFormat::V2023_03_03,
            location_name: None,
            output_directories: OutputDirectories::default(),
        }),
        bucket: "bucket".to_owned(),
        server: "s3.example.com".to_owned(),
        expected_owner: None,
        limits: Limits {
            hash_lanes: 2,
            requests: LANES,
            ..Limits::for_processors(2)
        },
        skip_existence_check: false,
        has_journal: false,
        checksums: Some(Checksums::Verified),
        earlier_speed: None,
        hold_until_begin: false,
        seed: 1,
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            objects: BTreeMap::new(),
            requests: Vec::new(),
            aborts: 0,
            given_up: Vec::new(),
            most_at_once: 0,
            lose: (Method::Put, 0),
            progress: Vec::new(),
            released: Vec::new(),
            records: Vec::new(),
            manifest: String::new(),
            verifies: true,
            tells_checksums: true,
            uploads: BTreeMap::new(),
            served: Vec::new(),
            journal: BTreeMap::new(),
            fresh: BTreeMap::new(),
        }
    }

    /// Puts a content into the store beforehand.
    pub(crate) fn hold(&mut self, settings: &Settings, bytes: &[u8]) {
        let key = settings.layout.location.content_key(ContentHash::of(bytes));
        self.objects.insert(
            key,
            Object {
                bytes: bytes.to_vec(),
                headers: Vec::new(),
            },
        );
    }

    /// The journal knows a multipart upload that an earlier run has begun.
    pub(crate) fn remember_upload(
        &mut self,
        hash: ContentHash,
        upload: rusty_attachments_transfer::OpenUpload,
    ) {
        let (seen, upload) = (None, Some(upload));
        self.journal.insert(hash, Remembered { hash, seen, upload });
    }

    /// Runs an upload of these files to its end.
    pub(crate) fn upload(
        &mut self,
        settings: Settings,
        files: &[Dropped],
        meddler: &mut Meddler,
    ) -> Outcome {
        self.manifest.clear();
        let mut engine = Engine::new(settings);
        let taken: Vec<&Dropped> = files
            .iter()
            .filter(|file| {
                engine
                    .add_file(&file.path, file.bytes.len() as u64, file.modified, &[])
                    .is_some()
            })
            .collect();
        engine.handle(0, Event::IntakeEnded);
        self.drive(&mut engine, &taken, meddler);
        engine.outcome().expect("the engine came to an end").clone()
    }

    /// Does what the engine asks for until it asks for nothing any more. The clock stands still while
    /// there is something to do.
    pub(crate) fn drive(&mut self, engine: &mut Engine, files: &[&Dropped], meddler: &mut Meddler) {
        let mut now = 0;
        let mut timer = None;
        loop {
            let mut sends = Vec::new();
            let mut hashes = Vec::new();
            let mut fresh = Vec::new();
            let mut asked = Vec::new();
            while let Some(action) = engine.poll_action() {
                match action {
                    Action::Hash { ranges } => hashes.extend(ranges),
                    Action::Send(request) => sends.push(request),
                    Action::AbortRequest(request) => {
                        sends.retain(|sent: &Request| sent.id != request);
                        self.given_up.push(request);
                    }
                    Action::StopReading => hashes.clear(),
                    Action::Abort => {
                        self.aborts += 1;
                        timer = None;
                    }
                    Action::WaitUntil(time) => timer = Some(time),
                    Action::Refresh(file) => fresh.push(file),
                    Action::Release(files) => self.released.extend(files),
                    Action::BeginManifest => self.manifest.clear(),
                    Action::AppendManifest(piece) => self.manifest.push_str(&piece),
                    Action::Remember(records) => self.records.extend(records),
                    Action::LookUp(hashes) => asked.extend(hashes),
                    Action::NeedCredentials(_) | Action::Report => {}
                }
            }
            if hashes.is_empty() && sends.is_empty() && fresh.is_empty() && asked.is_empty() {
                let Some(time) = timer.take() else {
                    return;
                };
                now = now.max(time);
                self.tell(engine, now, Event::TimePassed);
            }
            self.most_at_once = self.most_at_once.max(sends.len());
            if !asked.is_empty() {
                let contents = asked.into_iter().map(|hash| self.recall(hash)).collect();
                let wall = WALL;
                self.tell(engine, now, Event::LookedUp { wall, contents });
            }
            for file in fresh {
                let event = self.look_again(file, files);
                self.tell(engine, now, event);
            }
            for range in hashes {
                let event = hashed(range, &self.bytes_of(range.file, files));
                self.tell(engine, now, event);
            }
            assert!(self.requests.len() < 10_000, "the upload never ends");
            for request in sends {
                self.requests.push((request.method, request.key.clone()));
                let event = meddler(&request, now).unwrap_or_else(|| self.serve(&request, files));
                self.tell(engine, now, event);
            }
        }
    }

    fn recall(&self, hash: ContentHash) -> Remembered {
        self.journal.get(&hash).cloned().unwrap_or(Remembered {
            hash,
            seen: None,
            upload: None,
        })
    }

    fn bytes_of(&self, file: FileId, files: &[&Dropped]) -> Vec<u8> {
        let fresh = self.fresh.get(&file.0);
        fresh.unwrap_or(&files[file.0 as usize].bytes).clone()
    }

    fn look_again(&self, file: FileId, files: &[&Dropped]) -> Event {
        match self.fresh.get(&file.0) {
            Some(bytes) => Event::Refreshed {
                file,
                size: bytes.len() as u64,
                modified: files[file.0 as usize].modified + 1,
            },
            None => Event::RefreshFailed {
                file,
                why: ReadFailure::Changed,
            },
        }
    }

    fn tell(&mut self, engine: &mut Engine, now: u64, event: Event) {
        engine.handle(now, event);
        self.progress.push(engine.progress());
    }

    fn serve(&mut self, request: &Request, files: &[&Dropped]) -> Event {
        let query: Vec<String> = request
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.served
            .push(format!("{} {}", request.method.as_str(), query.join("&")));
        let upload = value(request, "uploadId");
        let answer = match (request.method, upload) {
            (Method::Head, _) => self.serve_head(request),
            (Method::Get, Some(id)) => self.list_parts(&id),
            (Method::Get, None) if value(request, "uploads").is_some() => self.list_uploads(),
            (Method::Get, None) => self.serve_head(request),
            (Method::Put, Some(id)) => self.store_part(&id, request, files),
            (Method::Put, None) => self.store(request, files),
            (Method::Post, None) => self.open_upload(request),
            (Method::Post, Some(id)) => self.join(&id, request),
            (Method::Delete, id) => match self.uploads.remove(&id.unwrap_or_default()) {
                Some(_) => status(204),
                None => error(404, "NoSuchUpload"),
            },
        };
        if self.lose.0 == request.method && self.lose.1 > 0 {
            self.lose.1 -= 1;
            return unanswered(request);
        }
        answered(request, answer)
    }

    fn serve_head(&self, request: &Request) -> Answer {
        match self.objects.get(&request.key) {
            Some(object) => found_answer(object.bytes.len() as u64),
            None => status(404),
        }
    }

    fn body(&self, request: &Request, files: &[&Dropped]) -> Vec<u8> {
        match &request.body {
            Body::Range {
                file,
                offset,
                length,
                ..
            } => slice(&self.bytes_of(*file, files), *offset, *length).to_vec(),
            Body::Text(text) => text.clone().into_bytes(),
            Body::Manifest => self.manifest.clone().into_bytes(),
            Body::None => Vec::new(),
        }
    }

    fn store(&mut self, request: &Request, files: &[&Dropped]) -> Answer {
        if self.objects.contains_key(&request.key) && has(request, "if-none-match") {
            return status(412);
        }
        let bytes = self.body(request, files);
        if self.verifies && !has_right_checksum(request, &bytes) {
            return error(400, "BadDigest");
        }
        let headers = request.headers.clone();
        self.objects
            .insert(request.key.clone(), Object { bytes, headers });
        self.told(request, written())
    }

    /// The answer to a body that was stored, as this server gives it.
    fn told(&self, request: &Request, answer: Answer) -> Answer {
        if self.verifies && self.tells_checksums {
            with_checksum(request, answer)
        } else {
            answer
        }
    }

    fn open_upload(&mut self, request: &Request) -> Answer {
        let id = format!("upload-{}", self.served.len());
        let key = request.key.clone();
        let parts = BTreeMap::new();
        self.uploads.insert(id.clone(), OpenUpload { key, parts });
        xml(&format!(
            "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        ))
    }

    fn store_part(&mut self, id: &str, request: &Request, files: &[&Dropped]) -> Answer {
        let bytes = self.body(request, files);
        if self.verifies && !has_right_checksum(request, &bytes) {
            return error(400, "BadDigest");
        }
        let number = value(request, "partNumber").expect("a part has a number");
        let Some(upload) = self.uploads.get_mut(id) else {
            return error(404, "NoSuchUpload");
        };
        let etag = etag_of(&bytes);
        upload
            .parts
            .insert(number.parse().expect("a number"), bytes);
        self.told(request, with_headers(200, &[("etag", &etag)]))
    }

    fn join(&mut self, id: &str, request: &Request) -> Answer {
        if !self.uploads.contains_key(id) {
            return error(404, "NoSuchUpload");
        }
        let exists = self.objects.contains_key(&request.key);
        if exists && has(request, "if-none-match") {
            return error(412, "PreconditionFailed");
        }
        let Some(upload) = self.uploads.remove(id) else {
            return error(404, "NoSuchUpload");
        };
        let Body::Text(body) = &request.body else {
            panic!("a list of parts")
        };
        for bytes in upload.parts.values() {
            assert!(
                body.contains(&etag_of(bytes).replace('"', "&quot;")),
                "{body}"
            );
        }
        let bytes = upload.parts.into_values().collect::<Vec<_>>().concat();
        let headers = request.headers.clone();
        self.objects.insert(upload.key, Object { bytes, headers });
        xml("<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>")
    }

    fn list_uploads(&self) -> Answer {
        let uploads: String = self
            .uploads
            .iter()
            .map(|(id, upload)| {
                format!("<Upload><Key>{}</Key><UploadId>{id}</UploadId><Initiated>2026-11-24T17:00:00.000Z</Initiated></Upload>", upload.key)
            })
            .collect();
        xml(&format!(
            "<ListMultipartUploadsResult>{uploads}</ListMultipartUploadsResult>"
        ))
    }

    fn list_parts(&self, id: &str) -> Answer {
        let Some(upload) = self.uploads.get(id) else {
            return error(404, "NoSuchUpload");
        };
        let parts: String = upload
            .parts
            .iter()
            .map(|(number, bytes)| {
                let hash = STANDARD.encode(ContentHash::of(bytes).to_be_bytes());
                let (etag, size) = (etag_of(bytes), bytes.len());
                format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>{size}</Size><ChecksumXXHASH128>{hash}</ChecksumXXHASH128></Part>")
            })
            .collect();
        xml(&format!("<ListPartsResult>{parts}</ListPartsResult>"))
    }

    /// Keys of all manifests in the store.
    pub(crate) fn manifests(&self) -> Vec<&String> {
        self.objects
            .keys()
            .filter(|key| key.contains("/Manifests/"))
            .collect()
    }
}

fn value(request: &Request, name: &str) -> Option<String> {
    let found = request.query.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.clone())
}

fn etag_of(bytes: &[u8]) -> String {
    format!("\"{}\"", ContentHash::of(bytes))
}

fn xml(body: &str) -> Answer {
    Answer {
        status: 200,
        body: body.to_owned(),
        wall: WALL,
        ..Answer::default()
    }
}

/// The report on a range of these bytes.
pub(crate) fn hashed(range: HashRange, bytes: &[u8]) -> Event {
    let bytes = slice(bytes, range.offset, range.length);
    let part_size = part_size(range.length).map(|size| usize::try_from(size).expect("a part"));
    let parts = part_size.map(|size| bytes.chunks(size).map(ContentHash::of).collect());
    Event::Hashed {
        file: range.file,
        offset: range.offset,
        hash: ContentHash::of(bytes),
        parts: parts.unwrap_or_default(),
    }
}

fn slice(bytes: &[u8], offset: u64, length: u64) -> &[u8] {
    let begin = usize::try_from(offset).expect("a small file");
    &bytes[begin..begin + usize::try_from(length).expect("a small file")]
}

fn has_right_checksum(request: &Request, bytes: &[u8]) -> bool {
    let stated = request
        .headers
        .iter()
        .find(|(name, _)| *name == "x-amz-checksum-xxhash128");
    let right = STANDARD.encode(ContentHash::of(bytes).to_be_bytes());
    stated.is_none_or(|(_, stated)| *stated == right)
}

/// An object of so many bytes is there.
pub(crate) fn found_answer(size: u64) -> Answer {
    with_headers(
        200,
        &[("content-length", &size.to_string()), ("etag", "\"e\"")],
    )
}

/// Something was stored.
pub(crate) fn written() -> Answer {
    with_headers(200, &[("etag", "\"e\"")])
}

/// The answer with the checksum of the request, as S3's answer to a body that it has compared.
pub(crate) fn with_checksum(request: &Request, mut answer: Answer) -> Answer {
    let mut headers = request.headers.iter();
    if let Some((name, value)) = headers.find(|(name, _)| *name == "x-amz-checksum-xxhash128") {
        answer.headers.push(((*name).to_owned(), value.clone()));
    }
    answer
}

pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)]) -> Answer {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Answer {
        status,
        headers: headers.iter().map(owned).collect(),
        ..Answer::default()
    }
}

pub(crate) fn complete(outcome: Outcome) -> Summary {
    match outcome {
        Outcome::Complete(summary) => summary,
        other => panic!("expected a complete upload, got {other:?}"),
    }
}

/// The manifest of a complete upload.
pub(crate) fn manifest_of(summary: &Summary) -> &ManifestSummary {
    summary.manifest.as_ref().expect("a manifest was wanted")
}

pub(crate) fn has(request: &Request, header: &str) -> bool {
    request.headers.iter().any(|(name, _)| *name == header)
}

pub(crate) fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

pub(crate) fn unanswered(request: &Request) -> Event {
    Event::Unanswered {
        request: request.id,
        source: Ok(()),
    }
}

/// Stands for a request that is never reported on.
pub(crate) fn silence() -> Event {
    Event::TimePassed
}

/// An answer with S3's error body.
pub(crate) fn error(code: u16, s3_code: &str) -> Answer {
    Answer {
        status: code,
        body: format!("<Error><Code>{s3_code}</Code></Error>"),
        ..Answer::default()
    }
}

pub(crate) fn answered(request: &Request, answer: Answer) -> Event {
    Event::Answered {
        request: request.id,
        answer,
        source: Ok(()),
    }
}

pub(crate) fn source_failed(request: &Request, answer: Answer, why: ReadFailure) -> Event {
    Event::Answered {
        request: request.id,
        answer,
        source: Err(why),
    }
}

pub(crate) fn problems(outcome: Outcome) -> Vec<Problem> {
    match outcome {
        Outcome::Failed(problems) => problems,
        other => panic!("expected a failure, got {other:?}"),
    }
}

pub(crate) fn file(path: &str, bytes: &[u8]) -> Dropped {
    Dropped {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
        modified: 1_700_000_000_000,
    }
}
