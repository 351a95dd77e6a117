//! What an answer of S3 means (spec `s3-layout.md` 10).

use quick_xml::Reader;
use quick_xml::events::Event as Xml;

use crate::event::Answer;
use crate::problem::Problem;

/// The elements of S3's `<Error>` that are looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    message: Option<String>,
    region: Option<String>,
}

impl ErrorBody {
    /// Reads what can be read; a body that is no XML (a proxy's page, say) gives nothing.
    pub(crate) fn read(body: &str) -> Self {
        let mut found = Self::default();
        let mut reader = Reader::from_str(body);
        let mut element = String::new();
        let mut text = String::new();
        loop {
            match reader.read_event() {
                Ok(Xml::Start(start)) => {
                    element = start.local_name().as_ref().to_owned();
                    text.clear();
                }
                Ok(Xml::Text(piece)) => text.push_str(&piece),
                Ok(Xml::GeneralRef(reference)) => match &*reference {
                    "amp" => text.push('&'),
                    "lt" => text.push('<'),
                    "gt" => text.push('>'),
                    "quot" => text.push('"'),
                    "apos" => text.push('\''),
                    _ => {}
                },
                Ok(Xml::End(_)) => {
                    found.take(&element, text.trim());
                    element.clear();
                }
                Ok(Xml::Eof) | Err(_) => return found,
                Ok(_) => {}
            }
        }
    }

    fn take(&mut self, element: &str, text: &str) {
        let place = match element {
            "Code" => &mut self.code,
            "Message" => &mut self.message,
            "Region" => &mut self.region,
            _ => return,
        };
        if !text.is_empty() {
            *place = Some(text.chars().take(300).collect());
        }
    }
}

/// Whether the same request may succeed a little later.
pub(crate) fn is_passing(answer: &Answer) -> bool {
    matches!(answer.status, 408 | 409 | 429 | 500 | 502 | 503 | 504)
        || ErrorBody::read(&answer.body).code.as_deref() == Some("RequestTimeout")
}

/// Whether S3 says that the bytes it got are not those of the checksum.
pub(crate) fn is_wrong_bytes(answer: &Answer) -> bool {
    answer.status == 400
        && matches!(
            ErrorBody::read(&answer.body).code.as_deref(),
            Some("BadDigest" | "XAmzContentChecksumMismatch" | "IncompleteBody")
        )
}

/// The problem behind a refusal that no retry will mend.
pub(crate) fn refusal(answer: &Answer, bucket: &str) -> Problem {
    let body = ErrorBody::read(&answer.body);
    let region = answer.bucket_region.as_deref().or(body.region.as_deref());
    match (body.code.as_deref(), answer.status) {
        (Some("SignatureDoesNotMatch"), _) => Problem::wrong_secret(),
        (Some("InvalidAccessKeyId" | "InvalidToken" | "InvalidClientTokenId"), _) => {
            Problem::unknown_access_key()
        }
        (Some("ExpiredToken" | "TokenRefreshRequired" | "ExpiredTokenException"), _) => {
            Problem::expired()
        }
        (Some("RequestTimeTooSkewed"), _) => Problem::clock_skewed(),
        // What is asked for is never missing by itself: every 404 that matters has been taken before.
        (Some("NoSuchBucket"), _) | (None, 404) => Problem::no_bucket(bucket),
        (
            Some(
                "PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationHeaderMalformed"
                | "IncorrectEndpoint"
                | "IllegalLocationConstraintException",
            ),
            _,
        )
        | (None, 301 | 307 | 308) => Problem::wrong_region(bucket, region),
        (_, 403)
            if body
                .message
                .as_deref()
                .is_some_and(|text| text.contains("kms:")) =>
        {
            Problem::key_denied(bucket)
        }
        (Some("AccessDenied"), _) | (None, 401 | 403) => Problem::denied(bucket),
        (code, status) => Problem::unexpected(status, code, body.message.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            body: body.to_owned(),
            ..Answer::default()
        }
    }

    fn error(code: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>a &lt; b</Message></Error>"
        )
    }

    #[test]
    fn each_documented_refusal_has_its_problem() {
        for (status, code, problem) in [
            (403, "SignatureDoesNotMatch", "credentials-wrong"),
            (403, "InvalidAccessKeyId", "credentials-unknown"),
            (400, "InvalidToken", "credentials-unknown"),
            (400, "ExpiredToken", "credentials-expired"),
            (403, "RequestTimeTooSkewed", "clock-wrong"),
            (404, "NoSuchBucket", "bucket-missing"),
            (301, "PermanentRedirect", "region-wrong"),
            (400, "AuthorizationHeaderMalformed", "region-wrong"),
            (403, "AccessDenied", "access-denied"),
            (400, "InvalidRequest", "answer-unexpected"),
        ] {
            assert_eq!(
                refusal(&answer(status, &error(code)), "b").code,
                problem,
                "{code}"
            );
        }
    }

    #[test]
    fn the_right_region_is_named_where_the_server_tells_it() {
        let body =
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
        assert!(refusal(&answer(400, body), "b").next.contains("eu-west-1"));
        let from_header = Answer {
            status: 301,
            bucket_region: Some("eu-west-2".into()),
            ..Answer::default()
        };
        assert!(refusal(&from_header, "b").next.contains("eu-west-2"));
    }

    #[test]
    fn a_refused_encryption_key_is_told_from_a_refused_bucket() {
        let body = "<Error><Code>AccessDenied</Code><Message>User is not authorized to perform: \
            kms:GenerateDataKey on the resource</Message></Error>";
        let problem = refusal(&answer(403, body), "b");
        assert_eq!(problem.code, "encryption-key-denied");
        assert!(problem.next.contains("kms:GenerateDataKey"));
    }

    #[test]
    fn a_404_without_words_is_a_missing_bucket() {
        assert_eq!(refusal(&answer(404, ""), "b").code, "bucket-missing");
    }

    #[test]
    fn a_body_that_is_no_xml_is_judged_by_its_status() {
        assert_eq!(
            refusal(&answer(403, "<html><p>Log in to the hotel"), "b").code,
            "access-denied"
        );
        let problem = refusal(&answer(200, "hello"), "b");
        assert_eq!(problem.code, "answer-unexpected");
        assert_eq!(
            ErrorBody::read(&error("X")).message.as_deref(),
            Some("a < b")
        );
    }

    #[test]
    fn only_passing_troubles_are_tried_again() {
        for status in [408, 409, 429, 500, 502, 503, 504] {
            assert!(is_passing(&answer(status, "")), "{status}");
        }
        assert!(is_passing(&answer(400, &error("RequestTimeout"))));
        for status in [200, 301, 400, 403, 404, 412, 501] {
            assert!(!is_passing(&answer(status, "")), "{status}");
        }
    }
}
