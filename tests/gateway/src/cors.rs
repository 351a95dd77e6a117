//! What lets a web page read the answers that the gateway makes itself: S3 gives these headers also with
//! errors, where a rule of the bucket allows the page's origin. The server behind says them by itself.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderValue,
};

use crate::answer::Reply;

/// What the bucket's rule exposes, as `docs/deadlinejs-cors.md` has it.
const EXPOSED: &str = "Date, ETag, Retry-After, Content-Range, x-amz-bucket-region, \
    x-amz-checksum-xxhash128, x-amz-checksum-type, x-amz-request-id";

/// Lets pages of this origin read the answer. A page for people is none of S3's: what a login page of a
/// network says is hidden from other pages.
pub(crate) fn allow(reply: &mut Reply, origin: HeaderValue) {
    let headers = reply.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}
