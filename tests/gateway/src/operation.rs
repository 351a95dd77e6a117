//! Which S3 operation a request is, and of which object.

use hyper::Method;
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// The operations that uploads use, by their names in S3's API; the rest is [`Operation::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Asks for an object's headers.
    HeadObject,
    /// Reads an object.
    GetObject,
    /// Writes an object in one request.
    PutObject,
    /// Removes an object.
    DeleteObject,
    /// Begins an upload in parts.
    CreateMultipartUpload,
    /// Sends one part.
    UploadPart,
    /// Makes an object of parts.
    CompleteMultipartUpload,
    /// Throws the parts away.
    AbortMultipartUpload,
    /// Names the parts that have arrived.
    ListParts,
    /// Names the uploads that are neither completed nor aborted.
    ListMultipartUploads,
    /// Names the objects of a bucket.
    ListObjects,
    /// A browser asks whether a page may send a request.
    Preflight,
    /// Anything else.
    Other,
}

/// What a request wants.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) operation: Operation,
    /// Empty for a request to the service itself.
    pub(crate) bucket: String,
    /// Decoded; empty for a request to a bucket.
    pub(crate) key: String,
    /// Names and values, decoded, in the order of the request.
    query: Vec<(String, String)>,
}

impl Target {
    /// Reads a path-style address: `/bucket/key?query`.
    pub(crate) fn of(request: &Parts) -> Self {
        let path = request.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query: Vec<_> = request
            .uri
            .query()
            .unwrap_or("")
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        let mut target = Self {
            operation: Operation::Other,
            bucket: decoded(bucket),
            key: decoded(key),
            query,
        };
        target.operation = target.classified(request);
        target
    }

    /// Value of a query parameter; empty when it stands without one.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The query for a log: nothing of a signature.
    pub(crate) fn shown_query(&self) -> String {
        let shown: Vec<_> = self
            .query
            .iter()
            .filter(|(name, _)| !name.to_ascii_lowercase().starts_with("x-amz-"))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        shown.join("&")
    }

    fn classified(&self, request: &Parts) -> Operation {
        use Operation as Op;
        let has = |name| self.query(name).is_some();
        let copies = request.headers.contains_key("x-amz-copy-source");
        match (&request.method, self.bucket.is_empty(), self.key.is_empty()) {
            (&Method::OPTIONS, ..) => Op::Preflight,
            (&Method::GET, false, true) if has("uploads") => Op::ListMultipartUploads,
            (&Method::GET, false, true) if self.only_lists() => Op::ListObjects,
            (&Method::POST, false, false) if has("uploads") => Op::CreateMultipartUpload,
            (&Method::POST, false, false) if has("uploadId") => Op::CompleteMultipartUpload,
            (&Method::PUT, false, false) if copies => Op::Other,
            (&Method::PUT, false, false) if has("uploadId") => Op::UploadPart,
            (&Method::DELETE, false, false) if has("uploadId") => Op::AbortMultipartUpload,
            (&Method::GET, false, false) if has("uploadId") => Op::ListParts,
            (_, false, false) if self.names_a_subresource() => Op::Other,
            (&Method::PUT, false, false) => Op::PutObject,
            (&Method::GET, false, false) => Op::GetObject,
            (&Method::HEAD, false, false) => Op::HeadObject,
            (&Method::DELETE, false, false) => Op::DeleteObject,
            _ => Op::Other,
        }
    }

    fn only_lists(&self) -> bool {
        const OF_LISTS: [&str; 10] = [
            "list-type",
            "prefix",
            "delimiter",
            "marker",
            "max-keys",
            "start-after",
            "continuation-token",
            "encoding-type",
            "fetch-owner",
            "x-id",
        ];
        self.query
            .iter()
            .all(|(name, _)| OF_LISTS.contains(&name.as_str()) || is_of_signature(name))
    }

    fn names_a_subresource(&self) -> bool {
        const OF_OBJECTS: [&str; 8] = [
            "acl",
            "tagging",
            "attributes",
            "retention",
            "legal-hold",
            "torrent",
            "restore",
            "select",
        ];
        OF_OBJECTS.iter().any(|name| self.query(name).is_some())
    }
}

fn is_of_signature(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("x-amz-")
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn target(method: &str, uri: &str) -> Target {
        let request = Request::builder().method(method).uri(uri).body(()).unwrap();
        Target::of(&request.into_parts().0)
    }

    #[test]
    fn every_operation_is_told_from_the_others() {
        use Operation as Op;
        for (method, uri, operation) in [
            ("HEAD", "/b/k", Op::HeadObject),
            ("GET", "/b/k?x-id=GetObject", Op::GetObject),
            ("PUT", "/b/k", Op::PutObject),
            ("DELETE", "/b/k", Op::DeleteObject),
            ("POST", "/b/k?uploads=", Op::CreateMultipartUpload),
            ("POST", "/b/k?uploads", Op::CreateMultipartUpload),
            ("PUT", "/b/k?partNumber=1&uploadId=u", Op::UploadPart),
            ("POST", "/b/k?uploadId=u", Op::CompleteMultipartUpload),
            ("DELETE", "/b/k?uploadId=u", Op::AbortMultipartUpload),
            ("GET", "/b/k?uploadId=u&max-parts=2", Op::ListParts),
            ("GET", "/b?uploads&prefix=p", Op::ListMultipartUploads),
            ("GET", "/b?list-type=2&prefix=p", Op::ListObjects),
            ("GET", "/b/", Op::ListObjects),
            ("GET", "/b?location", Op::Other),
            ("GET", "/b/k?acl", Op::Other),
            ("GET", "/", Op::Other),
            ("PUT", "/b", Op::Other),
            ("OPTIONS", "/b/k", Op::Preflight),
        ] {
            assert_eq!(target(method, uri).operation, operation, "{method} {uri}");
        }
    }

    #[test]
    fn a_key_is_decoded_and_keeps_its_slashes() {
        let target = target("PUT", "/b/a%20b//c%2Fd");
        assert_eq!((&*target.bucket, &*target.key), ("b", "a b//c/d"));
    }

    #[test]
    fn a_signature_is_not_shown() {
        let target = target(
            "GET",
            "/b/k?uploadId=u&X-Amz-Signature=abc&X-Amz-Credential=me",
        );
        assert_eq!(target.shown_query(), "uploadId=u");
    }
}
