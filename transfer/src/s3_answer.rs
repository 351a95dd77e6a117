//! What an answer of S3 means (spec `s3-layout.md` 10).

use aws_smithy_types::date_time::Format;

use crate::event::Answer;
use crate::problem::Problem;
use crate::s3_lists::date;
use crate::xml;

/// The elements of S3's `<Error>` that are looked at; each at most 300 characters.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// Such as `AccessDenied`.
    pub code: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// Where the bucket is, in refusals of a wrong region.
    pub region: Option<String>,
    /// The header that the server does not know.
    header: Option<String>,
    /// It begins as S3's do and ends before its time.
    is_cut: bool,
}

impl ErrorBody {
    /// Reads what can be read; a body that is no XML (a proxy's page, say) gives nothing.
    #[must_use]
    pub fn read(body: &str) -> Self {
        let mut found = Self::default();
        let is_whole = xml::read(body, |element| {
            let place = if element.is(&["Code"]) {
                &mut found.code
            } else if element.is(&["Message"]) {
                &mut found.message
            } else if element.is(&["Region"]) {
                &mut found.region
            } else if element.is(&["Header"]) {
                &mut found.header
            } else {
                return;
            };
            if !element.text.is_empty() {
                *place = Some(element.text.chars().take(300).collect());
            }
        });
        let is_xml = body.starts_with("<?xml") || body.starts_with("<Error");
        found.is_cut = is_xml && !is_whole;
        found
    }

    /// Whether its sentence names that permission, as AWS does within an account.
    pub(crate) fn is_about(&self, permission: &str) -> bool {
        let message = self.message.as_deref();
        message.is_some_and(|text| text.contains(permission))
    }

    /// Whether the refused permission is one of an encryption key.
    pub(crate) fn is_about_kms(&self) -> bool {
        self.is_about("kms:")
    }

    /// Where the bucket is, if the answer says so.
    pub(crate) fn region_in(answer: &Answer) -> Option<String> {
        let header = answer.header("x-amz-bucket-region").map(str::to_owned);
        header.or_else(|| Self::read(&answer.body).region)
    }
}

/// What an answer that is no success means for the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The same request may succeed a little later; `throttled` if less at once would help.
    Passing {
        throttled: bool,
        /// Milliseconds that the server asks to wait.
        retry_after: Option<u64>,
    },
    /// Something between here and S3 has answered.
    NotS3,
    /// 409: another write of the same object is under way.
    Conflict,
    /// 412: the object is there already.
    Exists,
    /// 404: there is no such object, or no such upload.
    Absent { upload: bool },
    /// The bytes are not those of the checksum.
    WrongBytes,
    /// New credentials are needed.
    Expired,
    /// This computer's clock is wrong, or was corrected wrongly.
    Skewed,
    /// The server cannot do this at all.
    Unsupported,
    /// The parts do not fit together.
    BadParts,
    /// The request is wrong in itself, perhaps because of a header that the server does not know.
    Invalid,
    /// Nothing will mend it.
    Final,
}

impl Refusal {
    /// Judges an answer whose status, or whose body where S3 sends the status too early, is no success.
    pub(crate) fn of(answer: &Answer) -> Self {
        let body = ErrorBody::read(&answer.body);
        let retry_after = retry_after(answer);
        let passing = |throttled| Self::Passing {
            throttled,
            retry_after,
        };
        if body.is_cut && body.code.is_none() && answer.status >= 400 {
            return passing(matches!(answer.status, 429 | 503));
        }
        match (body.code.as_deref(), answer.status) {
            (Some("SlowDown" | "ServiceUnavailable" | "ThrottlingException" | "Throttling"), _)
            | (None, 429 | 503) => passing(true),
            // A body that was cut off on its way says nothing about its bytes.
            (
                Some("InternalError" | "RequestTimeout" | "OperationAborted" | "IncompleteBody"),
                _,
            ) => passing(false),
            (Some("ExpiredToken" | "TokenRefreshRequired" | "ExpiredTokenException"), _) => {
                Self::Expired
            }
            (Some("RequestTimeTooSkewed"), _) => Self::Skewed,
            (Some("BadDigest" | "XAmzContentChecksumMismatch"), _) => Self::WrongBytes,
            (Some("NoSuchUpload"), _) => Self::Absent { upload: true },
            (Some("NoSuchKey"), _) => Self::Absent { upload: false },
            (Some("NoSuchBucket"), _) => Self::Final,
            (Some("NotImplemented"), _) | (None, 501) => Self::Unsupported,
            (Some("InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" | "MalformedXML"), _) => {
                Self::BadParts
            }
            (Some("PreconditionFailed"), _) | (_, 412) => Self::Exists,
            (_, 409) => Self::Conflict,
            (_, 408 | 500 | 502 | 504) => passing(false),
            (_, 429 | 503) => passing(true),
            (None, 404) => Self::Absent { upload: false },
            (None, status) if status >= 400 && is_page(answer) => Self::NotS3,
            (None, 200..=299) => Self::NotS3,
            (Some("InvalidRequest" | "InvalidArgument" | "InvalidDigest"), 400) | (None, 400) => {
                Self::Invalid
            }
            _ => Self::Final,
        }
    }
}

/// Whether a success carries what S3 gives with each object and part. A login page of a network does
/// not, nor an answer whose `ETag` the bucket's CORS rules hide.
pub(crate) fn has_etag(answer: &Answer) -> bool {
    answer.header("etag").is_some_and(|etag| !etag.is_empty())
}

/// Whether it is the condition of a write that the server does not know, by its own word.
pub(crate) fn refuses_condition(answer: &Answer) -> bool {
    let header = ErrorBody::read(&answer.body).header;
    header.is_some_and(|name| name.eq_ignore_ascii_case("if-none-match"))
}

/// A page for people: S3's own answers are XML. The answer to a HEAD tells it by its type alone.
fn is_page(answer: &Answer) -> bool {
    answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}

/// Longest wait that a server may ask for, in milliseconds.
const LONGEST_RETRY_AFTER: u64 = 2 * 60 * 1_000;

/// `Retry-After` in milliseconds: seconds, or a date to be compared with the answer's own.
fn retry_after(answer: &Answer) -> Option<u64> {
    let text = answer.header("retry-after")?;
    let wait = match text.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => date(text, Format::HttpDate)?.saturating_sub(server_time(answer)?),
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// The server's time when it answered, in milliseconds since 1970, to a second.
pub(crate) fn server_time(answer: &Answer) -> Option<u64> {
    date(answer.header("date")?, Format::HttpDate)
}

/// The problem behind a refusal that no retry will mend.
#[must_use]
pub fn problem_of(answer: &Answer, bucket: &str) -> Problem {
    let body = ErrorBody::read(&answer.body);
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
        | (None, 301 | 307 | 308) => {
            Problem::wrong_region(bucket, ErrorBody::region_in(answer).as_deref())
        }
        (_, 403) if body.is_about_kms() => Problem::key_denied(bucket),
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
                problem_of(&answer(status, &error(code)), "b").code,
                problem,
                "{code}"
            );
        }
    }

    #[test]
    fn the_right_region_is_named_where_the_server_tells_it() {
        let body =
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
        assert!(
            problem_of(&answer(400, body), "b")
                .next
                .contains("eu-west-1")
        );
        let from_header = Answer {
            status: 301,
            headers: vec![("x-amz-bucket-region".into(), "eu-west-2".into())],
            ..Answer::default()
        };
        assert!(problem_of(&from_header, "b").next.contains("eu-west-2"));
    }

    #[test]
    fn a_refused_encryption_key_is_told_from_a_refused_bucket() {
        let body = "<Error><Code>AccessDenied</Code><Message>User is not authorized to perform: \
            kms:GenerateDataKey on the resource</Message></Error>";
        let problem = problem_of(&answer(403, body), "b");
        assert_eq!(problem.code, "encryption-key-denied");
        assert!(problem.next.contains("kms:GenerateDataKey"));
    }

    #[test]
    fn a_404_without_words_is_a_missing_bucket() {
        assert_eq!(problem_of(&answer(404, ""), "b").code, "bucket-missing");
    }

    #[test]
    fn a_body_that_is_no_xml_is_judged_by_its_status() {
        assert_eq!(
            problem_of(&answer(403, "<html><p>Log in to the hotel"), "b").code,
            "access-denied"
        );
        let problem = problem_of(&answer(200, "hello"), "b");
        assert_eq!(problem.code, "answer-unexpected");
        assert_eq!(
            ErrorBody::read(&error("X")).message.as_deref(),
            Some("a < b")
        );
    }

    #[test]
    fn every_answer_that_is_no_success_has_its_meaning() {
        let passing = |throttled| Refusal::Passing {
            throttled,
            retry_after: None,
        };
        for (status, code, meaning) in [
            (503, "SlowDown", passing(true)),
            (500, "InternalError", passing(false)),
            (200, "InternalError", passing(false)),
            (400, "RequestTimeout", passing(false)),
            (400, "ExpiredToken", Refusal::Expired),
            (403, "RequestTimeTooSkewed", Refusal::Skewed),
            (400, "BadDigest", Refusal::WrongBytes),
            (400, "IncompleteBody", passing(false)),
            (404, "NoSuchUpload", Refusal::Absent { upload: true }),
            (404, "NoSuchBucket", Refusal::Final),
            (409, "ConditionalRequestConflict", Refusal::Conflict),
            (412, "PreconditionFailed", Refusal::Exists),
            (501, "NotImplemented", Refusal::Unsupported),
            (400, "InvalidPart", Refusal::BadParts),
            (400, "InvalidRequest", Refusal::Invalid),
            (403, "AccessDenied", Refusal::Final),
        ] {
            assert_eq!(
                Refusal::of(&answer(status, &error(code))),
                meaning,
                "{code}"
            );
        }
        for (status, meaning) in [
            (408, passing(false)),
            (429, passing(true)),
            (500, passing(false)),
            (503, passing(true)),
            (404, Refusal::Absent { upload: false }),
            (412, Refusal::Exists),
            (409, Refusal::Conflict),
            (501, Refusal::Unsupported),
            (301, Refusal::Final),
            (403, Refusal::Final),
        ] {
            assert_eq!(Refusal::of(&answer(status, "")), meaning, "{status}");
        }
    }

    #[test]
    fn a_refusal_that_is_cut_off_before_its_reason_is_asked_for_again() {
        let whole = error("AccessDenied");
        let until = |text: &str| &whole[..whole.find(text).unwrap()];
        for (body, meaning) in [
            (
                until("Denied"),
                Refusal::Passing {
                    throttled: false,
                    retry_after: None,
                },
            ),
            (until("<Message>"), Refusal::Final),
            ("", Refusal::Final),
        ] {
            assert_eq!(Refusal::of(&answer(403, body)), meaning, "{body}");
        }
    }

    #[test]
    fn a_login_page_is_not_taken_for_an_answer_of_s3() {
        let mut page = answer(403, "<html><p>Log in to the hotel</html>");
        page.headers = vec![("content-type".into(), "text/html; charset=utf-8".into())];
        assert_eq!(Refusal::of(&page), Refusal::NotS3);
        page.body.clear();
        assert_eq!(Refusal::of(&page), Refusal::NotS3, "to a HEAD");
        page.status = 200;
        assert_eq!(Refusal::of(&page), Refusal::NotS3);
        assert!(!has_etag(&page));
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        let mut busy = answer(503, "");
        let mut wait = |headers: &[(&str, &str)]| {
            busy.headers = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            retry_after(&busy)
        };
        assert_eq!(wait(&[("retry-after", "3")]), Some(3_000));
        assert_eq!(wait(&[("retry-after", "9999")]), Some(LONGEST_RETRY_AFTER));
        let date = ("date", "Tue, 24 Nov 2026 18:13:50 GMT");
        let later = ("retry-after", "Tue, 24 Nov 2026 18:13:55 GMT");
        assert_eq!(wait(&[date, later]), Some(5_000));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
    }
}
