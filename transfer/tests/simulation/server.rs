//! The object store: S3 as it is documented, and servers that lack something of it.

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Answer, Body, Method, Request};

use crate::bytes::Bytes;

/// What an object holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    Symbols(Bytes),
    /// A manifest.
    Text(String),
}

impl Data {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Symbols(bytes) => bytes.len(),
            Self::Text(text) => text.len() as u64,
        }
    }

    pub(crate) fn hash(&self) -> ContentHash {
        match self {
            Self::Symbols(bytes) => bytes.hash(),
            Self::Text(text) => ContentHash::of(text.as_bytes()),
        }
    }
}

/// Who wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writer {
    /// The engine, in this run of a scenario (from 0).
    Us(u32),
    /// Another uploader, or whoever spoils things.
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) data: Data,
    /// As HEAD gives it, if it does.
    pub(crate) checksum: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    data: Data,
    etag: String,
    checksum: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) writer: Writer,
    pub(crate) parts: BTreeMap<u32, Part>,
    has_algorithm: bool,
    /// Milliseconds since 1970.
    pub(crate) begun: u64,
}

/// What the server does with `x-amz-checksum-xxhash128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChecksumHabit {
    Verifies,
    /// Takes no notice.
    Ignores,
    /// Keeps what was stated, right or wrong, and gives it back.
    Echoes,
    /// Refuses requests that have it, with this status.
    Refuses(u16),
}

/// What the server does with `If-None-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConditionHabit {
    Takes,
    Ignores,
    Refuses,
}

/// What the server is like.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) checksums: ChecksumHabit,
    /// The answer to a body has the checksum that is kept.
    pub(crate) tells_checksums: bool,
    pub(crate) conditions: ConditionHabit,
    pub(crate) has_multipart: bool,
    /// The status of ListMultipartUploads, and of ListParts; 200 where it works.
    pub(crate) list_uploads: u16,
    pub(crate) list_parts: u16,
    pub(crate) aborts: bool,
    /// The account that it knows itself to be of; none if it does not look.
    pub(crate) owner: Option<&'static str>,
    /// Entries of a page of a list.
    pub(crate) page: usize,
    /// Whether answers say when they were made.
    pub(crate) has_date: bool,
    /// A body that is cut off is stored as far as it came.
    pub(crate) stores_stumps: bool,
    /// The smallest part but the last, in bytes.
    pub(crate) least_part: u64,
}

impl Kind {
    /// S3.
    pub(crate) fn s3() -> Self {
        Self {
            checksums: ChecksumHabit::Verifies,
            tells_checksums: true,
            conditions: ConditionHabit::Takes,
            has_multipart: true,
            list_uploads: 200,
            list_parts: 200,
            aborts: true,
            owner: Some(OWNER),
            page: 1_000,
            has_date: true,
            stores_stumps: false,
            least_part: 5 << 20,
        }
    }
}

/// The account that owns the bucket.
pub(crate) const OWNER: &str = "123456789012";

/// Something that the engine had written into the store.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) key: String,
    pub(crate) hash: ContentHash,
}

/// The store.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    /// All that the engine wrote.
    pub(crate) writes: Vec<Write>,
    /// Its own time at the simulation's time 0, in milliseconds since 1970.
    pub(crate) epoch: u64,
    last: u64,
}

impl Server {
    pub(crate) fn new(kind: Kind, epoch: u64) -> Self {
        Self {
            kind,
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            writes: Vec::new(),
            epoch,
            last: 0,
        }
    }

    /// Puts an object there without any request; none of ours.
    pub(crate) fn plant(&mut self, key: &str, data: Data, has_checksum: bool) {
        let checksum = has_checksum.then(|| text_of(data.hash()));
        let object = Object { data, checksum };
        self.objects.insert(key.to_owned(), object);
    }

    /// Opens an upload without any request; none of ours.
    pub(crate) fn open(&mut self, key: &str, begun: u64, writer: Writer) -> String {
        self.last += 1;
        let id = format!("upload+{}/{}", self.last, self.last * 7_919);
        let upload = Upload {
            key: key.to_owned(),
            writer,
            parts: BTreeMap::new(),
            has_algorithm: true,
            begun,
        };
        self.uploads.insert(id.clone(), upload);
        id
    }

    /// Carries out a request with the bytes that came for it.
    pub(crate) fn serve(
        &mut self,
        now: u64,
        request: &Request,
        data: Option<Data>,
        writer: Writer,
    ) -> Answer {
        let mut answer = self.carry_out(now, request, data, writer);
        if request.method == Method::Head {
            answer.body.clear();
        }
        self.stamp(now, &mut answer);
        answer
    }

    /// Writes the server's time on an answer.
    pub(crate) fn stamp(&self, now: u64, answer: &mut Answer) {
        if self.kind.has_date {
            let date = format_date(self.epoch + now, Format::HttpDate);
            answer.headers.push(("date".to_owned(), date));
        }
    }

    fn carry_out(
        &mut self,
        now: u64,
        request: &Request,
        data: Option<Data>,
        writer: Writer,
    ) -> Answer {
        if let (Some(owner), Some(expected)) = (
            self.kind.owner,
            header(request, "x-amz-expected-bucket-owner"),
        ) && owner != expected
        {
            return error(403, "AccessDenied");
        }
        if let ChecksumHabit::Refuses(status) = self.kind.checksums {
            let refused = ["x-amz-checksum-xxhash128", "x-amz-checksum-algorithm"];
            if refused.iter().any(|name| header(request, name).is_some()) {
                return refusal(status);
            }
        }
        let is_conditional = header(request, "if-none-match").is_some();
        if is_conditional && self.kind.conditions == ConditionHabit::Refuses {
            return error(501, "NotImplemented");
        }
        let id = query(request, "uploadId");
        let lists_or_opens = query(request, "uploads").is_some();
        if (id.is_some() || (lists_or_opens && request.method == Method::Post))
            && !self.kind.has_multipart
        {
            return error(501, "NotImplemented");
        }
        match (request.method, id) {
            (Method::Head, _) => self.head(request),
            (Method::Get, Some(id)) => self.list_parts(request, id),
            (Method::Get, None) if lists_or_opens => self.list_uploads(request),
            (Method::Get, None) => self.get(request),
            (Method::Put, Some(id)) => self.put_part(request, id, data),
            (Method::Put, None) => self.put(request, data, writer),
            (Method::Post, None) => self.create(now, request, writer),
            (Method::Post, Some(id)) => self.complete(request, id, writer),
            (Method::Delete, Some(id)) => self.abort(id),
            (Method::Delete, None) => error(405, "MethodNotAllowed"),
        }
    }

    fn head(&self, request: &Request) -> Answer {
        let Some(object) = self.objects.get(&request.key) else {
            return status(404);
        };
        let mut answer = status(200);
        let length = object.data.len().to_string();
        answer.headers.push(("content-length".to_owned(), length));
        answer.headers.push(etag_header(object.data.hash()));
        if header(request, "x-amz-checksum-mode").is_some()
            && let Some(checksum) = &object.checksum
        {
            let name = "x-amz-checksum-xxhash128".to_owned();
            answer.headers.push((name, checksum.clone()));
        }
        answer
    }

    fn get(&self, request: &Request) -> Answer {
        match self.objects.get(&request.key) {
            None => error(404, "NoSuchKey"),
            Some(object) if object.data.len() == 0 => error(416, "InvalidRange"),
            Some(_) => status(206),
        }
    }

    /// The checksum to keep, or why the bytes are refused.
    fn checked(&self, request: &Request, data: &Data) -> Result<Option<String>, Answer> {
        let Some(stated) = header(request, "x-amz-checksum-xxhash128") else {
            return Ok(None);
        };
        match self.kind.checksums {
            ChecksumHabit::Verifies if stated != text_of(data.hash()) => {
                Err(error(400, "BadDigest"))
            }
            ChecksumHabit::Verifies | ChecksumHabit::Echoes => Ok(Some(stated.to_owned())),
            ChecksumHabit::Ignores | ChecksumHabit::Refuses(_) => Ok(None),
        }
    }

    fn put(&mut self, request: &Request, data: Option<Data>, writer: Writer) -> Answer {
        let Some(data) = data else {
            return error(400, "IncompleteBody");
        };
        if self.is_forbidden(request) {
            return error(412, "PreconditionFailed");
        }
        let checksum = match self.checked(request, &data) {
            Ok(checksum) => checksum,
            Err(answer) => return answer,
        };
        let etag = etag_header(data.hash());
        let answer = self.taken(etag, checksum.as_deref());
        self.store(&request.key, data, checksum, writer);
        answer
    }

    /// The answer to a body that is stored.
    fn taken(&self, etag: (String, String), checksum: Option<&str>) -> Answer {
        let mut answer = status(200);
        answer.headers.push(etag);
        if let Some(checksum) = checksum.filter(|_| self.kind.tells_checksums) {
            let name = "x-amz-checksum-xxhash128".to_owned();
            answer.headers.push((name, checksum.to_owned()));
        }
        answer
    }

    /// Whether it is there and not to be replaced.
    fn is_forbidden(&self, request: &Request) -> bool {
        self.kind.conditions == ConditionHabit::Takes
            && header(request, "if-none-match").is_some()
            && self.objects.contains_key(&request.key)
    }

    fn store(&mut self, key: &str, data: Data, checksum: Option<String>, writer: Writer) {
        if writer != Writer::Other {
            self.writes.push(Write {
                key: key.to_owned(),
                hash: data.hash(),
            });
        }
        let object = Object { data, checksum };
        self.objects.insert(key.to_owned(), object);
    }

    fn create(&mut self, now: u64, request: &Request, writer: Writer) -> Answer {
        let begun = self.epoch + now;
        let id = self.open(&request.key, begun, writer);
        if let Some(upload) = self.uploads.get_mut(&id) {
            upload.has_algorithm = header(request, "x-amz-checksum-algorithm").is_some();
        }
        xml(&format!(
            "<InitiateMultipartUploadResult><Key>{}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
            request.key
        ))
    }

    fn put_part(&mut self, request: &Request, id: &str, data: Option<Data>) -> Answer {
        let Some(data) = data else {
            return error(400, "IncompleteBody");
        };
        let checksum = match self.checked(request, &data) {
            Ok(checksum) => checksum,
            Err(answer) => return answer,
        };
        let number = query(request, "partNumber").and_then(|number| number.parse().ok());
        let Some(number) = number.filter(|number| (1..=10_000).contains(number)) else {
            return error(400, "InvalidArgument");
        };
        let Some(upload) = self
            .uploads
            .get_mut(id)
            .filter(|upload| upload.key == request.key)
        else {
            return error(404, "NoSuchUpload");
        };
        let (name, etag) = etag_header(data.hash());
        let part = Part {
            data,
            etag: etag.clone(),
            checksum: checksum.clone(),
        };
        upload.parts.insert(number, part);
        self.taken((name, etag), checksum.as_deref())
    }

    fn complete(&mut self, request: &Request, id: &str, writer: Writer) -> Answer {
        let Some(upload) = self
            .uploads
            .get(id)
            .filter(|upload| upload.key == request.key)
        else {
            return error(404, "NoSuchUpload");
        };
        if self.is_forbidden(request) {
            return error(412, "PreconditionFailed");
        }
        let Body::Text(body) = &request.body else {
            return error(400, "MalformedXML");
        };
        let listed = parts_of(body);
        let mut bytes = Bytes::default();
        let mut hashes = Vec::new();
        let mut last = 0;
        for (index, (number, etag, checksum)) in listed.iter().enumerate() {
            let Some(part) = upload.parts.get(number).filter(|part| part.etag == *etag) else {
                return error(400, "InvalidPart");
            };
            if *number <= last {
                return error(400, "InvalidPartOrder");
            }
            last = *number;
            let is_last = index + 1 == listed.len();
            if !is_last && part.data.len() < self.kind.least_part {
                return error(400, "EntityTooSmall");
            }
            if self.kind.checksums == ChecksumHabit::Verifies
                && upload.has_algorithm
                && *checksum != part.checksum
            {
                return error(400, "InvalidPart");
            }
            if let Data::Symbols(data) = &part.data {
                bytes.append(data);
            }
            hashes.extend(part.data.hash().to_be_bytes());
        }
        if listed.is_empty() {
            return error(400, "MalformedXML");
        }
        let keeps = match self.kind.checksums {
            ChecksumHabit::Verifies => upload.has_algorithm,
            ChecksumHabit::Echoes => listed.iter().all(|(_, _, checksum)| checksum.is_some()),
            ChecksumHabit::Ignores | ChecksumHabit::Refuses(_) => false,
        };
        let composite = format!("{}-{}", text_of(ContentHash::of(&hashes)), listed.len());
        let key = upload.key.clone();
        self.uploads.remove(id);
        self.store(
            &key,
            Data::Symbols(bytes),
            keeps.then_some(composite),
            writer,
        );
        xml(
            "<CompleteMultipartUploadResult><ETag>&quot;joined&quot;</ETag></CompleteMultipartUploadResult>",
        )
    }

    fn abort(&mut self, id: &str) -> Answer {
        if !self.kind.aborts {
            return error(403, "AccessDenied");
        }
        match self.uploads.remove(id) {
            Some(_) => status(204),
            None => error(404, "NoSuchUpload"),
        }
    }

    fn list_uploads(&self, request: &Request) -> Answer {
        if self.kind.list_uploads != 200 {
            return refusal(self.kind.list_uploads);
        }
        let prefix = query(request, "prefix").unwrap_or_default();
        let after = (
            query(request, "key-marker"),
            query(request, "upload-id-marker"),
        );
        let mut found: Vec<(&str, &str, u64)> = self
            .uploads
            .iter()
            .map(|(id, upload)| (upload.key.as_str(), id.as_str(), upload.begun))
            .filter(|(key, _, _)| key.starts_with(prefix))
            .filter(|(key, id, _)| match after {
                (Some(last_key), Some(last_id)) => (*key, *id) > (last_key, last_id),
                _ => true,
            })
            .collect();
        found.sort_unstable();
        let is_truncated = found.len() > self.kind.page;
        found.truncate(self.kind.page);
        let mut body =
            format!("<ListMultipartUploadsResult><IsTruncated>{is_truncated}</IsTruncated>");
        if let (true, Some((key, id, _))) = (is_truncated, found.last()) {
            body.push_str(&format!(
                "<NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>{id}</NextUploadIdMarker>"
            ));
        }
        for (key, id, begun) in found {
            let begun = format_date(begun, Format::DateTime);
            body.push_str(&format!(
                "<Upload><Key>{key}</Key><UploadId>{id}</UploadId><Initiated>{begun}</Initiated></Upload>"
            ));
        }
        body.push_str("</ListMultipartUploadsResult>");
        xml(&body)
    }

    fn list_parts(&self, request: &Request, id: &str) -> Answer {
        if self.kind.list_parts != 200 {
            return refusal(self.kind.list_parts);
        }
        let Some(upload) = self.uploads.get(id) else {
            return error(404, "NoSuchUpload");
        };
        let after: u32 = query(request, "part-number-marker")
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        let left: Vec<_> = upload.parts.range(after + 1..).collect();
        let page = &left[..left.len().min(self.kind.page)];
        let is_truncated = left.len() > page.len();
        let mut body = format!("<ListPartsResult><IsTruncated>{is_truncated}</IsTruncated>");
        if let Some((number, _)) = page.last() {
            body.push_str(&format!(
                "<NextPartNumberMarker>{number}</NextPartNumberMarker>"
            ));
        }
        for (number, part) in page {
            let etag = part.etag.replace('"', "&quot;");
            let size = part.data.len();
            body.push_str(&format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>{size}</Size>"
            ));
            if let Some(checksum) = &part.checksum {
                body.push_str(&format!(
                    "<ChecksumXXHASH128>{checksum}</ChecksumXXHASH128>"
                ));
            }
            body.push_str("</Part>");
        }
        body.push_str("</ListPartsResult>");
        xml(&body)
    }
}

/// How S3 writes a hash.
pub(crate) fn text_of(hash: ContentHash) -> String {
    STANDARD.encode(hash.to_be_bytes())
}

fn etag_header(hash: ContentHash) -> (String, String) {
    ("etag".to_owned(), format!("\"{hash}\""))
}

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

pub(crate) fn query<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.query.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

pub(crate) fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

fn xml(body: &str) -> Answer {
    let mut answer = status(200);
    let kind = ("content-type".to_owned(), "application/xml".to_owned());
    answer.headers.push(kind);
    answer.body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    answer
}

/// An answer with S3's error body.
pub(crate) fn error(status: u16, code: &str) -> Answer {
    Answer {
        status,
        ..xml(&format!(
            "<Error><Code>{code}</Code><Message>simulated</Message></Error>"
        ))
    }
}

/// How a server without a feature answers.
fn refusal(status: u16) -> Answer {
    match status {
        501 => error(501, "NotImplemented"),
        400 => error(400, "InvalidArgument"),
        405 => error(405, "MethodNotAllowed"),
        _ => error(403, "AccessDenied"),
    }
}

fn format_date(wall: u64, format: Format) -> String {
    let millis = i64::try_from(wall).expect("a date of our time");
    DateTime::from_millis(millis)
        .fmt(format)
        .expect("a date that can be written")
}

/// Number, entity tag and checksum of each part in the body of CompleteMultipartUpload.
fn parts_of(body: &str) -> Vec<(u32, String, Option<String>)> {
    let between = |text: &str, name: &str| {
        let begin = text.split_once(&format!("<{name}>"))?.1;
        Some(begin.split_once(&format!("</{name}>"))?.0.to_owned())
    };
    body.split("<Part>")
        .skip(1)
        .filter_map(|part| {
            let number = between(part, "PartNumber")?.parse().ok()?;
            let etag = between(part, "ETag")?.replace("&quot;", "\"");
            Some((number, etag, between(part, "ChecksumXXHASH128")))
        })
        .collect()
}
