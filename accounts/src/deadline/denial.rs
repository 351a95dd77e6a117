//! Refusals of Deadline Cloud and STS (spec `deadline-apis.md` 1; AWS's "common error types" for those that
//! come before the service is reached).

use rusty_attachments_model::Region;
use rusty_attachments_transfer::xml;
use serde::Deserialize;

use crate::call::Call;
use crate::http::Reply;
use crate::permissions::statement;
use crate::problem::{Button, Problem};

/// Longest wait that a service may ask for, in milliseconds.
const LONGEST_RETRY_AFTER: u64 = 2 * 60 * 1_000;
/// Longest text of a service that is shown to people.
const LONGEST_MESSAGE: usize = 300;

/// The problem behind an answer that is no success.
pub(super) fn problem(call: &Call, region: &Region, host: &str, reply: &Reply) -> Problem {
    if reply.status == 0 {
        return Problem::unreachable(host);
    }
    let told = Told::read(reply);
    let said = told.said();
    match (told.kind.as_str(), reply.status) {
        ("ExpiredTokenException" | "ExpiredToken" | "RequestExpired", _) => Problem::expired(),
        (
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "InvalidToken"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException",
            _,
        ) => Problem::unknown_access_key(),
        // Its text tells the two apart; it also quotes the request, with its token, so it is never shown.
        ("InvalidSignatureException" | "SignatureDoesNotMatch", _) => {
            let text = told.message.as_deref().unwrap_or_default();
            let is_about_time = text.contains("expired") || text.contains("not yet current");
            if is_about_time {
                Problem::clock_skewed()
            } else {
                Problem::wrong_secret()
            }
        }
        ("IncompleteSignature" | "IncompleteSignatureException", _) => Problem::wrong_secret(),
        ("RequestTimeTooSkewed", _) => Problem::clock_skewed(),
        ("OptInRequired", _) => Problem::new(
            "account-not-ready",
            format!("This account has not switched on the service in region {region}."),
            "Choose the region of the farm, or have an administrator switch it on.",
            Button::OpenProfile("region"),
        ),
        ("AccessDeniedException" | "AccessDenied" | "NotAuthorized", _) => denied(call, &said),
        ("ResourceNotFoundException", _) => missing(call, region),
        ("ValidationException" | "ValidationError", _) => Problem::new(
            "request-invalid",
            format!(
                "Deadline Cloud does not take this {}{said}.",
                call.operation()
            ),
            "Check region, farm and queue of the profile.",
            Button::OpenProfile("farmId"),
        ),
        ("ServiceQuotaExceededException", _) => Problem::new(
            "quota-exceeded",
            format!("A quota of the account is used up{said}."),
            "Show this sentence to whoever runs the farm.",
            Button::TryAgain,
        ),
        ("ConflictException", _) => Problem::new(
            "resource-busy",
            format!("The farm or queue is being changed{said}."),
            "Wait a moment, then try again.",
            Button::TryAgain,
        ),
        (
            "ThrottlingException"
            | "Throttling"
            | "InternalServerErrorException"
            | "InternalFailure"
            | "ServiceUnavailable",
            status,
        )
        | (_, status @ (408 | 429 | 500 | 502 | 503 | 504)) => {
            Problem::busy(host, status, retry_after(reply))
        }
        ("", status) => Problem::not_aws(host, status),
        (kind, status) => Problem::unexpected(host, status, kind),
    }
}

fn denied(call: &Call, said: &str) -> Problem {
    let action = format!("deadline:{}", call.operation());
    let next = match call {
        Call::ListFarms {
            principal: None, ..
        }
        | Call::ListQueues {
            principal: None, ..
        } => {
            format!(
                "Ask for {action}. If these are credentials of a Deadline Cloud monitor, fill in your user id: a monitor's users may list only their own."
            )
        }
        _ => format!("Ask for {action}, or sign in with another role."),
    };
    Problem::new(
        "deadline-denied",
        format!("These credentials may not do {}{said}.", call.operation()),
        next,
        Button::CopyPermissions(statement(&[&action], &["*".to_owned()])),
    )
}

fn missing(call: &Call, region: &Region) -> Problem {
    match call {
        Call::ListQueues { .. } => Problem::new(
            "farm-missing",
            format!("There is no such farm in region {region} of this account."),
            "Choose the farm again, or check the region of the profile.",
            Button::ChooseQueue,
        ),
        Call::GetStorageProfileForQueue { .. } => Problem::new(
            "storage-profile-missing",
            format!("There is no such storage profile in region {region} of this account."),
            "Choose the storage profile again, or check the region of the profile.",
            Button::ChooseQueue,
        ),
        _ => Problem::new(
            "queue-missing",
            format!("There is no such farm or queue in region {region} of this account."),
            "Choose farm and queue again, or check the region of the profile.",
            Button::ChooseQueue,
        ),
    }
}

/// `Retry-After` in milliseconds; these services write seconds.
pub(crate) fn retry_after(reply: &Reply) -> Option<u64> {
    let seconds: u64 = reply.header("retry-after")?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).min(LONGEST_RETRY_AFTER))
}

/// What a refusal tells.
struct Told {
    /// Its name; empty where there is none.
    kind: String,
    message: Option<String>,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(rename = "__type", alias = "code")]
    kind: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
}

impl Told {
    fn read(reply: &Reply) -> Self {
        let (kind, message) = if reply.body.trim_start().starts_with('<') {
            of_xml(&reply.body)
        } else {
            let body: Body = serde_json::from_str(&reply.body).unwrap_or_default();
            let header = reply.header("x-amzn-errortype").map(str::to_owned);
            (header.or(body.kind), body.message)
        };
        Self {
            kind: bare(kind.as_deref().unwrap_or_default()).to_owned(),
            message,
        }
    }

    /// Its words for people, in parentheses.
    fn said(&self) -> String {
        match self.message.as_deref().map(str::trim) {
            None | Some("") => String::new(),
            Some(text) => {
                let plain = text.chars().filter(|letter| !letter.is_control());
                let short: String = plain.take(LONGEST_MESSAGE).collect();
                format!(" ({})", short.trim_end_matches('.'))
            }
        }
    }
}

/// STS: `<ErrorResponse><Error><Code>`.
fn of_xml(body: &str) -> (Option<String>, Option<String>) {
    let (mut kind, mut message) = (None, None);
    xml::read(body, |element| {
        if element.is(&["Error", "Code"]) {
            kind = Some(element.text.to_owned());
        } else if element.is(&["Error", "Message"]) {
            message = Some(element.text.to_owned());
        }
    });
    (kind, message)
}

/// The name in `com.amazon#Name:http://...`; nothing for what is no name.
fn bare(kind: &str) -> &str {
    let name = kind.split(':').next().unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default();
    if name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        name
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn farms() -> Call {
        Call::ListFarms {
            principal: None,
            next: None,
        }
    }

    fn reply(status: u16, kind: &str, message: &str) -> Reply {
        Reply {
            status,
            headers: vec![("x-amzn-errortype".into(), kind.into())],
            body: serde_json::json!({ "message": message }).to_string(),
        }
    }

    fn about(call: &Call, reply: &Reply) -> Problem {
        problem(call, &"us-west-2".parse().unwrap(), "host.example", reply)
    }

    #[test]
    fn each_kind_of_error_has_its_problem_and_its_button() {
        for (status, kind, message, code, button) in [
            (
                403,
                "ExpiredTokenException",
                "",
                "credentials-expired",
                "enter-credentials",
            ),
            (
                403,
                "UnrecognizedClientException",
                "",
                "credentials-unknown",
                "enter-credentials",
            ),
            (
                403,
                "InvalidSignatureException",
                "The request signature we calculated does not match",
                "credentials-wrong",
                "enter-credentials",
            ),
            (
                403,
                "InvalidSignatureException",
                "Signature expired: 20130524T000000Z is now earlier than",
                "clock-wrong",
                "try-again",
            ),
            (
                403,
                "InvalidSignatureException",
                "Signature not yet current: 20130524T000000Z",
                "clock-wrong",
                "try-again",
            ),
            (
                403,
                "AccessDeniedException",
                "User: arn is not authorized",
                "deadline-denied",
                "copy-permissions",
            ),
            (
                404,
                "ResourceNotFoundException",
                "",
                "queue-missing",
                "choose-queue",
            ),
            (
                400,
                "ValidationException",
                "bad",
                "request-invalid",
                "open-profile",
            ),
            (
                402,
                "ServiceQuotaExceededException",
                "",
                "quota-exceeded",
                "try-again",
            ),
            (409, "ConflictException", "", "resource-busy", "try-again"),
            (429, "ThrottlingException", "", "service-busy", "try-again"),
            (400, "ThrottlingException", "", "service-busy", "try-again"),
            (
                500,
                "InternalServerErrorException",
                "",
                "service-busy",
                "try-again",
            ),
            (503, "", "", "service-busy", "try-again"),
            (
                418,
                "TeapotException:http://x/",
                "",
                "answer-unexpected",
                "try-again",
            ),
            (403, "", "", "answer-not-aws", "try-again"),
        ] {
            let problem = about(&farms(), &reply(status, kind, message));
            assert_eq!(
                (problem.code, problem.button.action()),
                (code, button),
                "{kind}"
            );
            assert!(
                problem.what.ends_with('.') && problem.next.ends_with('.'),
                "{problem:?}"
            );
        }
        assert_eq!(
            about(&farms(), &Reply::default()).code,
            "network-unreachable"
        );
    }

    #[test]
    fn the_kind_is_read_from_the_header_or_the_body() {
        let in_body = Reply {
            status: 400,
            headers: Vec::new(),
            body: r#"{"__type":"com.amazonaws.deadline#AccessDeniedException","Message":"No."}"#
                .into(),
        };
        let problem = about(&farms(), &in_body);
        assert_eq!(problem.code, "deadline-denied");
        assert_eq!(problem.what, "These credentials may not do ListFarms (No).");
        let with_address = reply(403, "AccessDeniedException:http://internal.amazon.com/", "");
        assert_eq!(about(&farms(), &with_address).code, "deadline-denied");
    }

    #[test]
    fn a_wait_is_told_in_milliseconds_and_not_for_ever() {
        let mut busy = reply(429, "ThrottlingException", "");
        assert_eq!(about(&farms(), &busy).retry_after, None);
        for (text, wait) in [
            ("3", Some(3_000)),
            ("9999", Some(LONGEST_RETRY_AFTER)),
            ("soon", None),
        ] {
            busy.headers.truncate(1);
            busy.headers.push(("retry-after".into(), text.into()));
            assert_eq!(about(&farms(), &busy).retry_after, wait, "{text}");
        }
    }

    #[test]
    fn a_denial_names_the_permission_and_what_users_of_a_monitor_forget() {
        let denied = reply(403, "AccessDeniedException", "");
        let problem = about(&farms(), &denied);
        assert!(problem.next.contains("deadline:ListFarms") && problem.next.contains("user id"));
        assert!(
            problem
                .button
                .value()
                .unwrap()
                .contains("deadline:ListFarms")
        );
        let own = Call::ListFarms {
            principal: Some("01234567-89ab-cdef-0123-456789abcdef".parse().unwrap()),
            next: None,
        };
        assert!(!about(&own, &denied).next.contains("user id"));
    }

    /// The text of AWS's own signature errors quotes the canonical request.
    #[test]
    fn a_signature_error_is_told_without_the_request_that_it_quotes() {
        let quoted = reply(
            403,
            "InvalidSignatureException",
            "The request signature we calculated does not match. The Canonical String should have been 'GET\\n/\\nx-amz-security-token:IQoJsecret'",
        );
        assert!(!format!("{:?}", about(&farms(), &quoted)).contains("IQoJ"));
        let unknown = reply(400, "SomethingNew", "x-amz-security-token:IQoJsecret");
        assert!(!format!("{:?}", about(&farms(), &unknown)).contains("IQoJ"));
    }

    #[test]
    fn sts_refuses_in_xml() {
        let refusal = |code: &str| Reply {
            status: 403,
            headers: Vec::new(),
            body: format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            ),
        };
        for (code, problem) in [
            ("ExpiredToken", "credentials-expired"),
            ("InvalidClientTokenId", "credentials-unknown"),
            ("SignatureDoesNotMatch", "credentials-wrong"),
        ] {
            assert_eq!(
                about(&Call::GetCallerIdentity, &refusal(code)).code,
                problem
            );
        }
        let page = Reply {
            status: 403,
            headers: Vec::new(),
            body: "<html><body>Log in to the hotel</body></html>".into(),
        };
        assert_eq!(about(&farms(), &page).code, "answer-not-aws");
    }
}
