//! What S3 says about a request before it looks at its body.

use hyper::HeaderMap;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};

use crate::answer::S3Error;
use crate::checksum::{self, ALGORITHM, ChecksumType};
use crate::operation::{Operation, Target};
use crate::settings::{Checksum, ExpectedOwner, IfNoneMatch, Multipart, Settings};

/// Longest key, in bytes of UTF-8.
const MAX_KEY: usize = 1024;
/// Names and values of user metadata together, in bytes of UTF-8.
const MAX_METADATA: usize = 2 * 1024;
/// Largest part and largest object of one PUT, in bytes.
const MAX_BODY: u64 = 5 * 1024 * 1024 * 1024;
/// Part numbers begin with 1.
const MAX_PART_NUMBER: u32 = 10_000;

const OWNER: &str = "x-amz-expected-bucket-owner";
const METADATA: &str = "x-amz-meta-";
const IF_NONE_MATCH: &str = "if-none-match";

/// The value of a header, where it is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the body of such a request becomes (part of) an object.
fn carries_content(operation: Operation) -> bool {
    matches!(operation, Operation::PutObject | Operation::UploadPart)
}

fn is_of_multipart(operation: Operation) -> bool {
    use Operation as Op;
    matches!(
        operation,
        Op::CreateMultipartUpload
            | Op::UploadPart
            | Op::CompleteMultipartUpload
            | Op::AbortMultipartUpload
            | Op::ListParts
            | Op::ListMultipartUploads
    )
}

/// Whether the request wants to write only where nothing is yet.
pub(crate) fn is_conditional(operation: Operation, headers: &HeaderMap) -> bool {
    matches!(
        operation,
        Operation::PutObject | Operation::CompleteMultipartUpload
    ) && header(headers, IF_NONE_MATCH) == Some("*")
}

/// Refuses what needs no look at body or object.
pub(crate) fn check(
    target: &Target,
    headers: &HeaderMap,
    owner: &str,
    settings: Settings,
) -> Result<(), S3Error> {
    if target.key.len() > MAX_KEY {
        return Err(S3Error::new(400, "KeyTooLongError", "Your key is too long")
            .with("Size", target.key.len().to_string())
            .with("MaxSizeAllowed", MAX_KEY.to_string()));
    }
    if settings.multipart == Multipart::NotImplemented && is_of_multipart(target.operation) {
        return Err(S3Error::not_implemented("uploadId"));
    }
    expected_owner(headers, owner, settings)?;
    missing_features(target, headers, settings)?;
    metadata(headers)?;
    body_size(target, headers)?;
    if target.operation == Operation::UploadPart {
        part_number(target)?;
    }
    if settings.checksum == Checksum::Enforced {
        checksum_headers(target, headers)?;
    }
    Ok(())
}

fn expected_owner(headers: &HeaderMap, owner: &str, settings: Settings) -> Result<(), S3Error> {
    match header(headers, OWNER) {
        Some(expected)
            if expected != owner && settings.expected_owner == ExpectedOwner::Enforced =>
        {
            Err(S3Error::new(403, "AccessDenied", "Access Denied"))
        }
        _ => Ok(()),
    }
}

fn missing_features(
    target: &Target,
    headers: &HeaderMap,
    settings: Settings,
) -> Result<(), S3Error> {
    if is_conditional(target.operation, headers)
        && settings.if_none_match == IfNoneMatch::NotImplemented
    {
        return Err(S3Error::not_implemented("If-None-Match"));
    }
    if !names_xxhash128(headers) {
        return Ok(());
    }
    match settings.checksum {
        Checksum::Enforced | Checksum::Ignored => Ok(()),
        Checksum::NotImplemented => Err(S3Error::not_implemented(checksum::HEADER)),
        Checksum::Invalid => Err(S3Error::invalid_request(
            "The algorithm type you specified in x-amz-checksum- header is invalid.",
        )),
    }
}

/// Whether a header is about XXH128, by its name or its value.
fn names_xxhash128(headers: &HeaderMap) -> bool {
    headers.contains_key(checksum::HEADER) || headers_that_name_it(headers).next().is_some()
}

/// The headers whose value names XXH128. Servers that do not know it refuse them.
pub(crate) fn headers_that_name_it(headers: &HeaderMap) -> impl Iterator<Item = &'static str> {
    [checksum::ALGORITHM_HEADER, checksum::SDK_ALGORITHM_HEADER]
        .into_iter()
        .filter(|name| {
            header(headers, name).is_some_and(|value| value.eq_ignore_ascii_case(ALGORITHM))
        })
}

fn metadata(headers: &HeaderMap) -> Result<(), S3Error> {
    let size: usize = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().strip_prefix(METADATA)?, value)))
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > MAX_METADATA {
        return Err(S3Error::new(
            400,
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
        )
        .with("Size", size.to_string())
        .with("MaxSizeAllowed", MAX_METADATA.to_string()));
    }
    Ok(())
}

/// The size of a body as its header says, in bytes.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

fn body_size(target: &Target, headers: &HeaderMap) -> Result<(), S3Error> {
    if !carries_content(target.operation) {
        return Ok(());
    }
    match content_length(headers) {
        Some(size) if size > MAX_BODY => Err(too_large(size)),
        None if headers.contains_key(TRANSFER_ENCODING) => Err(S3Error::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        )),
        _ => Ok(()),
    }
}

/// The code of the only refusal that does not wait for the body: it would not end.
pub(crate) const TOO_LARGE: &str = "EntityTooLarge";

fn too_large(size: u64) -> S3Error {
    S3Error::new(
        400,
        TOO_LARGE,
        "Your proposed upload exceeds the maximum allowed size",
    )
    .with("ProposedSize", size.to_string())
    .with("MaxSizeAllowed", MAX_BODY.to_string())
}

/// The part's number, from 1 to 10,000.
pub(crate) fn part_number(target: &Target) -> Result<u32, S3Error> {
    let given = target.query("partNumber").unwrap_or_default();
    let number = given.parse().ok();
    number
        .filter(|number| (1..=MAX_PART_NUMBER).contains(number))
        .ok_or_else(|| {
            S3Error::new(
                400,
                "InvalidArgument",
                "Part number must be an integer between 1 and 10000, inclusive",
            )
            .with("ArgumentName", "partNumber")
            .with("ArgumentValue", given)
        })
}

fn checksum_headers(target: &Target, headers: &HeaderMap) -> Result<(), S3Error> {
    if !carries_content(target.operation) {
        return Ok(());
    }
    if let Some(value) = headers.get(checksum::HEADER) {
        checksum::parse(value.to_str().unwrap_or_default())?;
        let encoding = header(headers, CONTENT_ENCODING.as_str()).unwrap_or_default();
        if encoding.contains("aws-chunked") {
            return Err(S3Error::new(
                501,
                "NotImplemented",
                "The strict gateway does not take aws-chunked bodies with an XXH128 checksum.",
            ));
        }
        return Ok(());
    }
    let named = header(headers, checksum::SDK_ALGORITHM_HEADER).unwrap_or_default();
    if named.eq_ignore_ascii_case(ALGORITHM) {
        return Err(S3Error::invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or \
             x-amz-trailer headers were found.",
        ));
    }
    Ok(())
}

/// Whether a new upload has XXH128 checksums.
pub(crate) fn upload_has_checksum(headers: &HeaderMap) -> Result<bool, S3Error> {
    let algorithm = header(headers, checksum::ALGORITHM_HEADER);
    let kind = header(headers, checksum::TYPE_HEADER).map(str::to_ascii_uppercase);
    let wanted = algorithm.is_some_and(|name| name.eq_ignore_ascii_case(ALGORITHM));
    match kind.as_deref() {
        Some(_) if algorithm.is_none() => Err(S3Error::invalid_request(
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm \
             header.",
        )),
        Some(kind) if kind == ChecksumType::FullObject.name() && wanted => {
            Err(S3Error::invalid_request(
                "The FULL_OBJECT checksum type cannot be used with the xxhash128 checksum algorithm.",
            ))
        }
        Some(kind)
            if kind != ChecksumType::FullObject.name()
                && kind != ChecksumType::Composite.name() =>
        {
            Err(S3Error::invalid_request(
                "Value for x-amz-checksum-type header is invalid.",
            ))
        }
        _ => Ok(wanted),
    }
}
