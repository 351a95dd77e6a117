//! The answers about multipart uploads: the id of a new one, lists of uploads and parts, what became
//! of completing one (S3 API reference, CreateMultipartUpload, ListMultipartUploads, ListParts,
//! CompleteMultipartUpload).

use aws_smithy_types::date_time::{DateTime, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::xml;

/// The id in the answer to CreateMultipartUpload; `None` for anything else.
pub(crate) fn upload_id(body: &str) -> Option<String> {
    let mut id = None;
    let is_whole = xml::read(body, |element| {
        if element.is(&["InitiateMultipartUploadResult", "UploadId"]) && !element.text.is_empty() {
            id = Some(element.text.to_owned());
        }
    });
    id.filter(|_| is_whole)
}

/// Whether an answer with status 200 to CompleteMultipartUpload says that the object is there: S3 sends
/// the status before it knows.
pub(crate) fn is_completed(body: &str) -> bool {
    let mut is_result = false;
    let is_whole = xml::read(body, |element| {
        is_result |= element.path.len() == 1 && element.is(&["CompleteMultipartUploadResult"]);
    });
    is_result && is_whole
}

/// An upload that somebody has begun.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ListedUpload {
    pub(crate) key: String,
    pub(crate) upload_id: String,
    /// Milliseconds since 1970; none if the server does not say.
    pub(crate) initiated: Option<u64>,
}

/// A page of ListMultipartUploads.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct UploadsPage {
    pub(crate) uploads: Vec<ListedUpload>,
    /// Key and upload id to go on after.
    pub(crate) next: Option<(String, String)>,
}

/// Reads a page of uploads; `None` if it is something else.
pub(crate) fn uploads(body: &str) -> Option<UploadsPage> {
    const ROOT: &str = "ListMultipartUploadsResult";
    let mut page = UploadsPage::default();
    let mut current = ListedUpload::default();
    let (mut key, mut id) = (String::new(), String::new());
    let (mut is_truncated, mut is_list) = (false, false);
    let is_whole = xml::read(body, |element| {
        let text = element.text;
        if element.is(&[ROOT, "Upload", "Key"]) {
            text.clone_into(&mut current.key);
        } else if element.is(&[ROOT, "Upload", "UploadId"]) {
            text.clone_into(&mut current.upload_id);
        } else if element.is(&[ROOT, "Upload", "Initiated"]) {
            current.initiated = date(text, Format::DateTime);
        } else if element.is(&[ROOT, "Upload"]) {
            page.uploads.push(std::mem::take(&mut current));
        } else if element.is(&[ROOT, "IsTruncated"]) {
            is_truncated = text == "true";
        } else if element.is(&[ROOT, "NextKeyMarker"]) {
            text.clone_into(&mut key);
        } else if element.is(&[ROOT, "NextUploadIdMarker"]) {
            text.clone_into(&mut id);
        } else if element.is(&[ROOT]) {
            is_list = true;
        }
    });
    if is_truncated && !key.is_empty() {
        page.next = Some((key, id));
    }
    (is_whole && is_list).then_some(page)
}

/// A part that is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ListedPart {
    pub(crate) number: u32,
    pub(crate) etag: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The hash of its bytes, if it was sent with one.
    pub(crate) hash: Option<[u8; 16]>,
}

/// A page of ListParts.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct PartsPage {
    pub(crate) parts: Vec<ListedPart>,
    /// Number to go on after.
    pub(crate) next: Option<u32>,
}

/// Reads a page of parts; `None` if it is something else.
pub(crate) fn parts(body: &str) -> Option<PartsPage> {
    const ROOT: &str = "ListPartsResult";
    let mut page = PartsPage::default();
    let mut current = ListedPart::default();
    let mut next = None;
    let (mut is_truncated, mut is_list) = (false, false);
    let is_whole = xml::read(body, |element| {
        let text = element.text;
        if element.is(&[ROOT, "Part", "PartNumber"]) {
            current.number = text.parse().unwrap_or(0);
        } else if element.is(&[ROOT, "Part", "ETag"]) {
            text.clone_into(&mut current.etag);
        } else if element.is(&[ROOT, "Part", "Size"]) {
            current.size = text.parse().unwrap_or(0);
        } else if element.is(&[ROOT, "Part", "ChecksumXXHASH128"]) {
            current.hash = checksum(text);
        } else if element.is(&[ROOT, "Part"]) {
            page.parts.push(std::mem::take(&mut current));
        } else if element.is(&[ROOT, "IsTruncated"]) {
            is_truncated = text == "true";
        } else if element.is(&[ROOT, "NextPartNumberMarker"]) {
            next = text.parse().ok();
        } else if element.is(&[ROOT]) {
            is_list = true;
        }
    });
    page.next = next.filter(|_| is_truncated);
    (is_whole && is_list).then_some(page)
}

/// The 16 bytes of a checksum as S3 writes it.
pub(crate) fn checksum(text: &str) -> Option<[u8; 16]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Milliseconds since 1970 of a date in an answer.
pub(crate) fn date(text: &str, format: Format) -> Option<u64> {
    let date = DateTime::from_str(text, format).ok()?;
    u64::try_from(date.to_millis().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_upload_has_an_id() {
        let body = "<?xml version=\"1.0\"?><InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>b</Bucket><Key>k</Key><UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>";
        assert_eq!(upload_id(body).as_deref(), Some("VXBsb2Fk"));
        assert_eq!(upload_id(&body[..body.len() - 5]), None, "cut off");
        assert_eq!(upload_id("<Error><UploadId>x</UploadId></Error>"), None);
    }

    #[test]
    fn a_status_of_200_alone_does_not_mean_that_an_object_was_put_together() {
        assert!(is_completed(
            "<CompleteMultipartUploadResult><ETag>&quot;a-2&quot;</ETag></CompleteMultipartUploadResult>"
        ));
        for body in [
            "",
            "<Error><Code>InternalError</Code></Error>",
            "<CompleteMultipartUploadResult><ETag>",
            "<html><CompleteMultipartUploadResult/></html>",
        ] {
            assert!(!is_completed(body), "{body}");
        }
    }

    #[test]
    fn uploads_are_read_page_by_page() {
        let page = uploads(
            "<ListMultipartUploadsResult><KeyMarker/><NextKeyMarker>p/Data/b</NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker><IsTruncated>true</IsTruncated>
            <Upload><Key>p/Data/a</Key><UploadId>1</UploadId><Initiated>2026-11-24T18:13:50.000Z</Initiated></Upload>
            <Upload><Key>p/Data/b</Key><UploadId>2</UploadId></Upload></ListMultipartUploadsResult>",
        )
        .unwrap();
        assert_eq!(page.uploads.len(), 2);
        assert_eq!(page.uploads[0].initiated, Some(1_795_544_030_000));
        assert_eq!(page.uploads[1].initiated, None);
        assert_eq!(page.next, Some(("p/Data/b".into(), "2".into())));
        assert_eq!(uploads("<html></html>"), None);
    }

    #[test]
    fn parts_are_read_with_their_checksums() {
        let page = parts(
            "<ListPartsResult><IsTruncated>false</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>
            <Part><PartNumber>1</PartNumber><ETag>&quot;e&quot;</ETag><Size>5</Size><ChecksumXXHASH128>maoG0wFHmNhgAcMkRo1Jfw==</ChecksumXXHASH128></Part>
            <Part><PartNumber>2</PartNumber><ETag>\"f\"</ETag><Size>6</Size></Part></ListPartsResult>",
        )
        .unwrap();
        assert_eq!(page.next, None);
        assert_eq!(page.parts[0].etag, "\"e\"");
        assert_eq!(page.parts[0].hash.unwrap()[0], 0x99);
        assert_eq!(
            page.parts[1],
            ListedPart {
                number: 2,
                etag: "\"f\"".into(),
                size: 6,
                hash: None
            }
        );
    }

    #[test]
    fn dates_of_headers_are_read() {
        let known = date("Tue, 24 Nov 2026 18:13:50 GMT", Format::HttpDate);
        assert_eq!(known, Some(1_795_544_030_000));
        assert_eq!(date("soon", Format::HttpDate), None);
    }
}
