//! A store that answers as S3 documents, and as servers do that lack a part of it.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_types::date_time::{DateTime, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::ContentHash;
use rusty_attachments_model::s3_layout::parse_cas_key;
use rusty_attachments_transfer::{Answer, Method, Request};

use crate::bytes::Bytes;

/// The server's time when a simulation begins, in milliseconds since 1970.
pub(crate) const BEGINNING: u64 = 1_795_544_030_000;
pub(crate) const OWNER: &str = "123456789012";
/// S3 refuses requests that were signed by a clock that is further off, in milliseconds.
const MOST_SKEW: u64 = 15 * 60 * 1_000;
/// Every part but the last has at least so many bytes.
const SMALLEST_PART: u64 = 5 << 20;

/// What a server does with `x-amz-checksum-xxhash128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfChecksums {
    /// Compares, keeps and tells it.
    Verifies,
    /// Does not look at it.
    Ignores,
    /// Keeps and tells what it was told.
    Echoes,
    /// Answers with this status.
    Refuses(u16),
}

/// What a server does with `If-None-Match: *`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfConditions {
    Keeps,
    Ignores,
    Refuses(u16),
}

/// What a server can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) checksums: OfChecksums,
    pub(crate) conditions: OfConditions,
    /// Status of every answer about multipart uploads, if it has none.
    pub(crate) no_multipart: Option<u16>,
    /// Status of the answer to `x-amz-checksum-algorithm`, if it does not know it.
    pub(crate) no_algorithm: Option<u16>,
    pub(crate) no_list_parts: Option<u16>,
    pub(crate) no_list_uploads: Option<u16>,
    pub(crate) no_abort: Option<u16>,
    pub(crate) checks_owner: bool,
    /// Entries of a page of a list.
    pub(crate) page: usize,
    /// A body that was cut short is stored.
    pub(crate) keeps_stumps: bool,
    /// Missing objects are 403: the role may not list the bucket.
    pub(crate) hides_missing: bool,
    /// The answers have no date that a browser shows.
    pub(crate) hides_date: bool,
}

impl Features {
    /// All that S3 documents.
    pub(crate) fn of_s3() -> Self {
        Self {
            checksums: OfChecksums::Verifies,
            conditions: OfConditions::Keeps,
            no_multipart: None,
            no_algorithm: None,
            no_list_parts: None,
            no_list_uploads: None,
            no_abort: None,
            checks_owner: true,
            page: 1_000,
            keeps_stumps: false,
            hides_missing: false,
            hides_date: false,
        }
    }
}

/// Who has written an object or begun an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writer {
    /// The engine, in this run.
    Engine(u32),
    /// Somebody else, or an earlier time.
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) bytes: Bytes,
    /// As it is told by a HEAD.
    pub(crate) checksum: Option<String>,
    pub(crate) writer: Writer,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) bytes: Bytes,
    pub(crate) checksum: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) initiated: u64,
    pub(crate) parts: BTreeMap<u32, Part>,
    pub(crate) has_algorithm: bool,
    pub(crate) writer: Writer,
}

/// How a request was signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature {
    /// When the request began to arrive: S3 looks at its signature before it takes the body.
    pub(crate) begun: u64,
    /// Time in it, in milliseconds since 1970.
    pub(crate) time: u64,
    /// When its credentials expire, in milliseconds of the simulation.
    pub(crate) expires: u64,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) features: Features,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    /// Keys that somebody else writes to right now.
    pub(crate) racing: BTreeSet<String>,
    /// Counts the runs of the engine.
    pub(crate) run: u32,
    /// When the server last told that it holds the right bytes.
    pub(crate) told_present: BTreeMap<String, u64>,
    /// Keys under which the engine has stored something, to be judged.
    pub(crate) stored: Vec<String>,
    last_upload: u32,
}

impl Server {
    pub(crate) fn new(features: Features) -> Self {
        Self {
            features,
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            racing: BTreeSet::new(),
            run: 1,
            told_present: BTreeMap::new(),
            stored: Vec::new(),
            last_upload: 0,
        }
    }

    /// Whether an object under the key of a content has its bytes.
    pub(crate) fn holds_right_bytes(&self, key: &str) -> bool {
        let hash = key.rsplit('/').next().and_then(parse_cas_key);
        self.objects.get(key).map(|object| object.bytes.hash()) == hash && hash.is_some()
    }

    /// Begins an upload, as anybody may.
    pub(crate) fn open(
        &mut self,
        now: u64,
        key: &str,
        has_algorithm: bool,
        writer: Writer,
    ) -> String {
        self.last_upload += 1;
        let id = format!("up/load+{}==", self.last_upload);
        self.uploads.insert(
            id.clone(),
            Upload {
                key: key.to_owned(),
                initiated: BEGINNING + now,
                parts: BTreeMap::new(),
                has_algorithm,
                writer,
            },
        );
        id
    }

    /// Carries out a request whose body arrived whole.
    pub(crate) fn serve(
        &mut self,
        now: u64,
        request: &Request,
        body: &Bytes,
        signature: Signature,
    ) -> Answer {
        let mut answer = match self.refuse_at_the_door(request, signature) {
            Some(refusal) => refusal,
            None => self.carry_out(now, request, body),
        };
        if request.method == Method::Head {
            answer.body.clear();
        } else if !answer.body.is_empty() {
            answer
                .headers
                .push(("content-type".into(), "application/xml".into()));
        }
        if !self.features.hides_date {
            let date = http_date(BEGINNING + now);
            answer.headers.push(("date".into(), date));
        }
        answer
    }

    fn refuse_at_the_door(&self, request: &Request, signature: Signature) -> Option<Answer> {
        let now = signature.begun;
        if signature.time.abs_diff(BEGINNING + now) > MOST_SKEW {
            return Some(error(403, "RequestTimeTooSkewed"));
        }
        if now >= signature.expires {
            return Some(error(400, "ExpiredToken"));
        }
        let owner = header(request, "x-amz-expected-bucket-owner");
        if self.features.checks_owner && owner.is_some_and(|owner| owner != OWNER) {
            return Some(error(403, "AccessDenied"));
        }
        None
    }

    fn carry_out(&mut self, now: u64, request: &Request, body: &Bytes) -> Answer {
        let upload = query(request, "uploadId");
        let is_list = query(request, "uploads").is_some();
        let is_multipart = upload.is_some() || is_list;
        if let Some(status) = self.features.no_multipart.filter(|_| is_multipart) {
            return unsupported(status);
        }
        match (request.method, upload) {
            (Method::Head | Method::Get, None) if !is_list => self.find(now, request),
            (Method::Get, None) => self.list_uploads(request),
            (Method::Get | Method::Head, Some(id)) => self.list_parts(id, request),
            (Method::Put, None) => self.put(now, request, body),
            (Method::Put, Some(id)) => self.put_part(id, request, body),
            (Method::Post, None) => self.create(now, request),
            (Method::Post, Some(id)) => self.complete(now, id, request, body),
            (Method::Delete, Some(id)) => self.abort(id),
            (Method::Delete, None) => error(403, "AccessDenied"),
            (Method::Head, None) => error(400, "InvalidRequest"),
        }
    }

    fn find(&mut self, now: u64, request: &Request) -> Answer {
        let Some(object) = self.objects.get(&request.key) else {
            return if self.features.hides_missing {
                error(403, "AccessDenied")
            } else {
                error(404, "NoSuchKey")
            };
        };
        let is_ranged = header(request, "range").is_some();
        if request.method == Method::Get && is_ranged && object.bytes.len() == 0 {
            return error(416, "InvalidRange");
        }
        let mut answer = status(if is_ranged { 206 } else { 200 });
        let headers = &mut answer.headers;
        headers.push(("etag".into(), etag(&object.bytes)));
        headers.push(("content-length".into(), object.bytes.len().to_string()));
        let wants_checksum = header(request, "x-amz-checksum-mode") == Some("ENABLED");
        if let Some(checksum) = object.checksum.clone().filter(|_| wants_checksum) {
            headers.push(("x-amz-checksum-xxhash128".into(), checksum));
        }
        self.note_present(now, &request.key);
        answer
    }

    fn note_present(&mut self, now: u64, key: &str) {
        if self.holds_right_bytes(key) {
            self.told_present.insert(key.to_owned(), now);
        }
    }

    /// What becomes of a condition; none if the request may go on.
    fn refuse_by_condition(&self, request: &Request) -> Option<Answer> {
        header(request, "if-none-match")?;
        match self.features.conditions {
            OfConditions::Refuses(status) => Some(unsupported(status)),
            OfConditions::Ignores => None,
            OfConditions::Keeps if self.racing.contains(&request.key) => {
                Some(error(409, "ConditionalRequestConflict"))
            }
            OfConditions::Keeps => self
                .objects
                .contains_key(&request.key)
                .then(|| error(412, "PreconditionFailed")),
        }
    }

    /// The checksum to keep, or what the server has against it.
    fn take_checksum(&self, request: &Request, body: &Bytes) -> Result<Option<String>, Answer> {
        let Some(stated) = header(request, "x-amz-checksum-xxhash128") else {
            return Ok(None);
        };
        match self.features.checksums {
            OfChecksums::Verifies if stated == checksum_text(body.hash()) => {
                Ok(Some(stated.to_owned()))
            }
            OfChecksums::Verifies => Err(error(400, "BadDigest")),
            OfChecksums::Ignores => Ok(None),
            OfChecksums::Echoes => Ok(Some(stated.to_owned())),
            OfChecksums::Refuses(status) => Err(unsupported(status)),
        }
    }

    fn put(&mut self, now: u64, request: &Request, body: &Bytes) -> Answer {
        let checksum = match self.take_checksum(request, body) {
            Ok(checksum) => checksum,
            Err(refusal) => return refusal,
        };
        if let Some(refusal) = self.refuse_by_condition(request) {
            return refusal;
        }
        self.store(now, &request.key, body.clone(), checksum);
        written(body)
    }

    fn store(&mut self, now: u64, key: &str, bytes: Bytes, checksum: Option<String>) {
        let writer = Writer::Engine(self.run);
        let object = Object {
            bytes,
            checksum,
            writer,
        };
        self.objects.insert(key.to_owned(), object);
        self.stored.push(key.to_owned());
        self.note_present(now, key);
    }

    /// A body ended before its end.
    pub(crate) fn take_stump(&mut self, now: u64, request: &Request, body: Bytes) {
        let is_object = request.method == Method::Put && request.query.is_empty();
        let may = self.refuse_by_condition(request).is_none();
        if self.features.keeps_stumps && is_object && may {
            self.store(now, &request.key, body, None);
        }
    }

    fn create(&mut self, now: u64, request: &Request) -> Answer {
        let has_algorithm = header(request, "x-amz-checksum-algorithm").is_some();
        if let Some(status) = self.features.no_algorithm.filter(|_| has_algorithm) {
            return unsupported(status);
        }
        let id = self.open(now, &request.key, has_algorithm, Writer::Engine(self.run));
        xml(&format!(
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>{}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
            request.key
        ))
    }

    fn put_part(&mut self, id: &str, request: &Request, body: &Bytes) -> Answer {
        let checksum = match self.take_checksum(request, body) {
            Ok(checksum) => checksum,
            Err(refusal) => return refusal,
        };
        let number = query(request, "partNumber").and_then(|text| text.parse().ok());
        let Some(number) = number.filter(|number| (1..=10_000).contains(number)) else {
            return error(400, "InvalidArgument");
        };
        let Some(upload) = self.uploads.get_mut(id) else {
            return error(404, "NoSuchUpload");
        };
        if upload.has_algorithm
            && checksum.is_none()
            && self.features.checksums == OfChecksums::Verifies
        {
            return error(400, "InvalidRequest");
        }
        let part = Part {
            bytes: body.clone(),
            checksum,
        };
        upload.parts.insert(number, part);
        written(body)
    }

    fn complete(&mut self, now: u64, id: &str, request: &Request, body: &Bytes) -> Answer {
        let Some(upload) = self
            .uploads
            .get(id)
            .filter(|upload| upload.key == request.key)
        else {
            return error(404, "NoSuchUpload");
        };
        let Bytes::Text(body) = body else {
            return error(400, "MalformedXML");
        };
        let mut whole = Bytes::default();
        let mut hashes = Vec::new();
        let listed: Vec<&str> = body.split("<Part>").skip(1).collect();
        let mut last_number = 0;
        for (index, entry) in listed.iter().enumerate() {
            let number: u32 = element(entry, "PartNumber")
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            if number <= last_number {
                return error(400, "InvalidPartOrder");
            }
            last_number = number;
            let etag_given = element(entry, "ETag")
                .unwrap_or_default()
                .replace("&quot;", "\"");
            let checksum = element(entry, "ChecksumXXHASH128");
            let Some(part) = upload.parts.get(&number) else {
                return error(400, "InvalidPart");
            };
            let is_same = etag(&part.bytes) == etag_given;
            let verifies = self.features.checksums == OfChecksums::Verifies;
            let fits = !verifies
                || !upload.has_algorithm
                || part.checksum.as_deref() == checksum.as_deref();
            if !is_same || !fits {
                return error(400, "InvalidPart");
            }
            if index + 1 < listed.len() && part.bytes.len() < SMALLEST_PART {
                return error(400, "EntityTooSmall");
            }
            hashes.extend(part.bytes.hash().to_be_bytes());
            whole.append(&part.bytes);
        }
        if listed.is_empty() {
            return error(400, "MalformedXML");
        }
        let composite = format!(
            "{}-{}",
            checksum_text(ContentHash::of(&hashes)),
            listed.len()
        );
        let keeps = upload.has_algorithm && self.features.checksums == OfChecksums::Verifies;
        if let Some(refusal) = self.refuse_by_condition(request) {
            return refusal;
        }
        self.uploads.remove(id);
        let etag = etag(&whole).replace('"', "&quot;");
        self.store(now, &request.key, whole, keeps.then_some(composite));
        xml(&format!(
            "<CompleteMultipartUploadResult><ETag>{etag}</ETag></CompleteMultipartUploadResult>"
        ))
    }

    fn abort(&mut self, id: &str) -> Answer {
        if let Some(status) = self.features.no_abort {
            return unsupported(status);
        }
        match self.uploads.remove(id) {
            Some(_) => status(204),
            None => error(404, "NoSuchUpload"),
        }
    }

    fn list_parts(&self, id: &str, request: &Request) -> Answer {
        if let Some(status) = self.features.no_list_parts {
            return unsupported(status);
        }
        let Some(upload) = self.uploads.get(id) else {
            return error(404, "NoSuchUpload");
        };
        let after: u32 = query(request, "part-number-marker")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let mut text = String::new();
        let mut last = after;
        let rest: Vec<_> = upload.parts.range(after + 1..).collect();
        for (number, part) in rest.iter().take(self.features.page) {
            let etag = etag(&part.bytes).replace('"', "&quot;");
            let size = part.bytes.len();
            text.push_str(&format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>{size}</Size>"
            ));
            if let Some(checksum) = &part.checksum {
                text.push_str(&format!(
                    "<ChecksumXXHASH128>{checksum}</ChecksumXXHASH128>"
                ));
            }
            text.push_str("</Part>");
            last = **number;
        }
        let is_truncated = rest.len() > self.features.page;
        xml(&format!(
            "<ListPartsResult><IsTruncated>{is_truncated}</IsTruncated><NextPartNumberMarker>{last}</NextPartNumberMarker>{text}</ListPartsResult>"
        ))
    }

    fn list_uploads(&self, request: &Request) -> Answer {
        if let Some(status) = self.features.no_list_uploads {
            return unsupported(status);
        }
        let prefix = query(request, "prefix").unwrap_or_default();
        let after = (
            query(request, "key-marker").unwrap_or_default().to_owned(),
            query(request, "upload-id-marker")
                .unwrap_or_default()
                .to_owned(),
        );
        let mut all: Vec<(String, String, u64)> = self
            .uploads
            .iter()
            .map(|(id, upload)| (upload.key.clone(), id.clone(), upload.initiated))
            .filter(|(key, id, _)| key.starts_with(prefix) && (key.clone(), id.clone()) > after)
            .collect();
        all.sort();
        let is_truncated = all.len() > self.features.page;
        all.truncate(self.features.page);
        let mut text = String::new();
        for (key, id, initiated) in &all {
            let initiated = DateTime::from_millis(i64::try_from(*initiated).unwrap())
                .fmt(Format::DateTime)
                .unwrap();
            text.push_str(&format!("<Upload><Key>{key}</Key><UploadId>{id}</UploadId><Initiated>{initiated}</Initiated></Upload>"));
        }
        let (key, id, _) = all.last().cloned().unwrap_or_default();
        xml(&format!(
            "<ListMultipartUploadsResult><IsTruncated>{is_truncated}</IsTruncated><NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>{id}</NextUploadIdMarker>{text}</ListMultipartUploadsResult>"
        ))
    }
}

/// As the header spells it.
pub(crate) fn checksum_text(hash: ContentHash) -> String {
    STANDARD.encode(hash.to_be_bytes())
}

pub(crate) fn etag(bytes: &Bytes) -> String {
    format!("\"{}\"", bytes.hash())
}

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

pub(crate) fn query<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.query.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner.to_owned())
}

pub(crate) fn http_date(milliseconds: u64) -> String {
    DateTime::from_millis(i64::try_from(milliseconds).unwrap())
        .fmt(Format::HttpDate)
        .unwrap()
}

pub(crate) fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

pub(crate) fn error(status: u16, code: &str) -> Answer {
    Answer {
        status,
        body: format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>So it is.</Message></Error>"
        ),
        ..Answer::default()
    }
}

fn unsupported(status: u16) -> Answer {
    let code = match status {
        501 => "NotImplemented",
        405 => "MethodNotAllowed",
        403 => "AccessDenied",
        _ => "InvalidRequest",
    };
    error(status, code)
}

fn xml(body: &str) -> Answer {
    Answer {
        status: 200,
        body: body.to_owned(),
        ..Answer::default()
    }
}

fn written(bytes: &Bytes) -> Answer {
    Answer {
        status: 200,
        headers: vec![("etag".into(), etag(bytes))],
        ..Answer::default()
    }
}

#[cfg(test)]
mod tests {
    use rusty_attachments_transfer::{Body, RequestId};

    use super::*;

    const GOOD: Signature = Signature {
        begun: 0,
        time: BEGINNING,
        expires: u64::MAX,
    };

    fn request(
        method: Method,
        key: &str,
        query: &[(&'static str, &str)],
        headers: &[(&'static str, &str)],
    ) -> Request {
        let own = |pairs: &[(&'static str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect()
        };
        Request {
            id: RequestId(0),
            method,
            key: key.to_owned(),
            query: own(query),
            headers: own(headers),
            body: Body::None,
            host: 0,
            clock_offset: 0,
        }
    }

    fn bytes(size: u64) -> Bytes {
        Bytes::of_content(1, 0, size)
    }

    #[test]
    fn a_wrong_checksum_stores_nothing_where_it_is_compared_and_something_elsewhere() {
        let wrong = checksum_text(ContentHash::of(b"x"));
        let put = request(
            Method::Put,
            "k",
            &[],
            &[("x-amz-checksum-xxhash128", &wrong)],
        );
        let mut server = Server::new(Features::of_s3());
        assert_eq!(server.serve(0, &put, &bytes(3), GOOD).status, 400);
        assert!(server.objects.is_empty());
        for (checksums, kept) in [
            (OfChecksums::Ignores, None),
            (OfChecksums::Echoes, Some(wrong.clone())),
        ] {
            let mut server = Server::new(Features {
                checksums,
                ..Features::of_s3()
            });
            assert_eq!(server.serve(0, &put, &bytes(3), GOOD).status, 200);
            assert_eq!(server.objects["k"].checksum, kept);
        }
    }

    #[test]
    fn a_condition_holds_also_against_a_write_that_is_under_way() {
        let put = request(Method::Put, "k", &[], &[("if-none-match", "*")]);
        let mut server = Server::new(Features::of_s3());
        server.racing.insert("k".into());
        assert_eq!(server.serve(0, &put, &bytes(3), GOOD).status, 409);
        server.racing.clear();
        assert_eq!(server.serve(0, &put, &bytes(3), GOOD).status, 200);
        assert_eq!(server.serve(0, &put, &bytes(3), GOOD).status, 412);
    }

    #[test]
    fn clocks_credentials_and_owners_are_looked_at_first() {
        let mut server = Server::new(Features::of_s3());
        let head = request(Method::Head, "k", &[], &[]);
        let late = Signature {
            time: BEGINNING - MOST_SKEW - 1,
            ..GOOD
        };
        assert_eq!(server.serve(0, &head, &bytes(0), late).status, 403);
        let expired = Signature {
            begun: 5,
            expires: 5,
            ..GOOD
        };
        assert_eq!(server.serve(5, &head, &bytes(0), expired).status, 400);
        let other = request(
            Method::Head,
            "k",
            &[],
            &[("x-amz-expected-bucket-owner", "1")],
        );
        assert_eq!(server.serve(0, &other, &bytes(0), GOOD).status, 403);
        let answer = server.serve(0, &head, &bytes(0), GOOD);
        assert_eq!((answer.status, answer.body.as_str()), (404, ""));
        assert_eq!(answer.header("date"), Some("Tue, 24 Nov 2026 18:13:50 GMT"));
    }

    fn sent_in_parts(server: &mut Server, sizes: &[u64]) -> Answer {
        let id = server.open(0, "k", false, Writer::Other);
        let mut body = String::new();
        let mut offset = 0;
        for (number, size) in (1_u32..).zip(sizes) {
            let part = Bytes::of_content(1, offset, *size);
            offset += size;
            let put = request(
                Method::Put,
                "k",
                &[("partNumber", &number.to_string()), ("uploadId", &id)],
                &[],
            );
            let answer = server.serve(0, &put, &part, GOOD);
            let etag = answer.header("etag").unwrap().to_owned();
            body.push_str(&format!(
                "<Part><ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>"
            ));
        }
        let complete = request(Method::Post, "k", &[("uploadId", &id)], &[]);
        server.serve(0, &complete, &Bytes::Text(body), GOOD)
    }

    #[test]
    fn parts_become_an_object_unless_one_in_the_middle_is_too_small() {
        let mut server = Server::new(Features::of_s3());
        assert_eq!(sent_in_parts(&mut server, &[SMALLEST_PART, 7]).status, 200);
        assert_eq!(server.objects["k"].bytes, bytes(SMALLEST_PART + 7));
        assert!(server.uploads.is_empty());
        let refused = sent_in_parts(&mut server, &[SMALLEST_PART - 1, 7]);
        assert!(refused.body.contains("EntityTooSmall"));
        let gone = request(Method::Post, "k", &[("uploadId", "none")], &[]);
        assert_eq!(
            server
                .serve(0, &gone, &Bytes::Text(String::new()), GOOD)
                .status,
            404
        );
    }

    #[test]
    fn lists_come_in_pages() {
        let mut server = Server::new(Features {
            page: 2,
            ..Features::of_s3()
        });
        for key in ["a", "b", "c"] {
            server.open(0, key, false, Writer::Other);
        }
        let first = server.serve(
            0,
            &request(Method::Get, "", &[("prefix", ""), ("uploads", "")], &[]),
            &bytes(0),
            GOOD,
        );
        assert!(
            first
                .body
                .contains("<IsTruncated>true</IsTruncated><NextKeyMarker>b</NextKeyMarker>"),
            "{}",
            first.body
        );
        let (id, _) = server
            .uploads
            .iter()
            .find(|(_, upload)| upload.key == "b")
            .unwrap();
        let next = request(
            Method::Get,
            "",
            &[
                ("key-marker", "b"),
                ("prefix", ""),
                ("upload-id-marker", &id.clone()),
                ("uploads", ""),
            ],
            &[],
        );
        let second = server.serve(0, &next, &bytes(0), GOOD);
        assert!(second.body.contains("<Key>c</Key>") && !second.body.contains("<Key>a</Key>"));
    }
}
