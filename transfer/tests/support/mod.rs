//! A store, files and a driver in memory: enough to run the engine to its end without any I/O.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::s3_layout::S3Layout;
use rusty_attachments_model::{AssetRoot, ContentHash, PathFormat};
use rusty_attachments_transfer::parts::part_size;
use rusty_attachments_transfer::{
    Action, Answer, Body, Checksums, Engine, Event, FileId, HashRange, Limits, ManifestFormat,
    ManifestSettings, ManifestSummary, Method, Outcome, Problem, Progress, ReadFailure, Record,
    Request, RequestId, Settings, Summary,
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
}

pub(crate) const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
pub(crate) const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";
pub(crate) const GUID: &str = "11111111111111111111111111111111";
pub(crate) const LANES: usize = 3;

pub(crate) fn settings(root: &str, root_prefix: &str, guid: &str) -> Settings {
    Settings {
        layout: S3Layout {
            root_prefix: root_prefix.parse().expect("a root prefix"),
            farm_id: FARM.parse().expect("a farm id"),
            queue_id: QUEUE.parse().expect("a queue id"),
        },
        asset_root: AssetRoot::parse(root, PathFormat::Posix).expect("an asset root"),
        manifest: Some(ManifestSettings {
            guid: guid.parse().expect("a guid"),
            format: ManifestFormat::V2023_03_03,
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
        }
    }

    /// Puts a content into the store beforehand.
    pub(crate) fn hold(&mut self, settings: &Settings, bytes: &[u8]) {
        let key = settings.layout.content_key(ContentHash::of(bytes));
        self.objects.insert(
            key,
            Object {
                bytes: bytes.to_vec(),
                headers: Vec::new(),
            },
        );
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
                    Action::AppendManifest(piece) => self.manifest.push_str(&piece),
                    Action::Remember(records) => self.records.extend(records),
                    Action::LookUp(_) => panic!("there is no journal"),
                    Action::NeedCredentials(_) | Action::Report => {}
                }
            }
            if hashes.is_empty() && sends.is_empty() && fresh.is_empty() {
                let Some(time) = timer.take() else {
                    return;
                };
                now = now.max(time);
                self.tell(engine, now, Event::TimePassed);
            }
            self.most_at_once = self.most_at_once.max(sends.len());
            for file in fresh {
                // As where no fresh look can be had.
                let why = ReadFailure::Changed;
                self.tell(engine, now, Event::RefreshFailed { file, why });
            }
            for range in hashes {
                self.tell(
                    engine,
                    now,
                    hashed(range, &files[range.file.0 as usize].bytes),
                );
            }
            assert!(self.requests.len() < 10_000, "the upload never ends");
            for request in sends {
                self.requests.push((request.method, request.key.clone()));
                let event = meddler(&request, now).unwrap_or_else(|| self.serve(&request, files));
                self.tell(engine, now, event);
            }
        }
    }

    fn tell(&mut self, engine: &mut Engine, now: u64, event: Event) {
        engine.handle(now, event);
        self.progress.push(engine.progress());
    }

    fn serve(&mut self, request: &Request, files: &[&Dropped]) -> Event {
        let found = self.objects.get(&request.key);
        let answer = match request.method {
            Method::Head | Method::Get => match found {
                Some(object) => found_answer(object.bytes.len() as u64),
                None => status(404),
            },
            Method::Put if found.is_some() && has(request, "if-none-match") => status(412),
            Method::Put => {
                let bytes = match &request.body {
                    Body::Range {
                        file: FileId(file),
                        offset,
                        length,
                        ..
                    } => slice(&files[*file as usize].bytes, *offset, *length).to_vec(),
                    Body::Text(text) => text.clone().into_bytes(),
                    Body::Manifest => self.manifest.clone().into_bytes(),
                    Body::None => Vec::new(),
                };
                if self.verifies && !has_right_checksum(request, &bytes) {
                    return answered(request, error(400, "BadDigest"));
                }
                let object = Object {
                    bytes,
                    headers: request.headers.clone(),
                };
                self.objects.insert(request.key.clone(), object);
                written()
            }
            Method::Post | Method::Delete => status(501),
        };
        if self.lose.0 == request.method && self.lose.1 > 0 {
            self.lose.1 -= 1;
            return unanswered(request);
        }
        answered(request, answer)
    }

    /// Keys of all manifests in the store.
    pub(crate) fn manifests(&self) -> Vec<&String> {
        self.objects
            .keys()
            .filter(|key| key.contains("/Manifests/"))
            .collect()
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
