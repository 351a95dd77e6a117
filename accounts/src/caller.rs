//! Makes the signed requests of calls.

use rusty_attachments_model::{Region, ServerAddress};
use rusty_attachments_transfer::sign::Credentials;

use crate::call::Call;
use crate::http::Request;
use crate::sigv4::{Scope, SignError, Signable, sign};

/// Asks Deadline Cloud and STS of one region with one set of credentials.
#[derive(Debug)]
pub struct Caller {
    /// Of the farm.
    pub region: Region,
    /// Who asks.
    pub credentials: Credentials,
    /// What answers in the place of Deadline Cloud; AWS itself when nothing is named.
    pub deadline: Option<ServerAddress>,
    /// What answers in the place of STS.
    pub sts: Option<ServerAddress>,
}

/// Of STS: the whole of the only request.
const WHO_AM_I: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

impl Caller {
    /// Scheme and host that a call goes to, `https://management.deadline.us-west-2.amazonaws.com`.
    ///
    /// The prefix `management.` belongs to AWS's own hosts; an address that a person named is taken as
    /// it is.
    #[must_use]
    pub fn origin(&self, call: &Call) -> String {
        let (named, service) = if call.is_for_sts() {
            (&self.sts, "sts")
        } else {
            (&self.deadline, "management.deadline")
        };
        match named {
            Some(server) => server.to_string(),
            None => format!(
                "https://{service}.{}.{}",
                self.region,
                self.region.aws_domain()
            ),
        }
    }

    /// The host that a call goes to, for messages to people.
    #[must_use]
    pub fn host(&self, call: &Call) -> String {
        let origin = self.origin(call);
        origin.split("://").nth(1).unwrap_or_default().to_owned()
    }

    /// The request of a call, signed for this moment: `now` in milliseconds since 1970.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn request(&self, call: &Call, now: u64) -> Result<Request, SignError> {
        let url = format!("{}{}", self.origin(call), call.path());
        let (method, service, body) = if call.is_for_sts() {
            ("POST", "sts", WHO_AM_I)
        } else {
            ("GET", "deadline", "")
        };
        let mut headers = Vec::new();
        if !body.is_empty() {
            headers.push(("content-type".to_owned(), FORM.to_owned()));
        }
        let signable = Signable {
            method,
            url: &url,
            headers: &headers,
            body,
        };
        let scope = Scope {
            region: self.region.as_str(),
            service,
            now,
        };
        let added = sign(&signable, &self.credentials, scope)?;
        headers.extend(added);
        Ok(Request {
            method,
            url,
            headers,
            body: body.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_369_353_600_000;

    fn caller(token: &str) -> Caller {
        Caller {
            region: "us-west-2".parse().unwrap(),
            credentials: Credentials::new(
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                token,
            ),
            deadline: None,
            sts: None,
        }
    }

    fn queue_role() -> Call {
        Call::AssumeQueueRoleForUser {
            farm: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
            queue: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
        }
    }

    fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Expected values computed by botocore's `SigV4Auth` for the same requests.
    #[test]
    fn the_signatures_are_those_of_the_official_sdk() {
        let farms = Call::ListFarms {
            principal: Some(
                "0123456789-01234567-89ab-cdef-0123-456789abcdef"
                    .parse()
                    .unwrap(),
            ),
            next: Some("a/b+c= d".into()),
        };
        for (call, token, url, scope, signature) in [
            (
                farms,
                "",
                "https://management.deadline.us-west-2.amazonaws.com/2023-10-12/farms?maxResults=100&nextToken=a%2Fb%2Bc%3D%20d&principalId=0123456789-01234567-89ab-cdef-0123-456789abcdef",
                "deadline",
                "3f9b333ff37616fe6daf8047989b7005da22150d375f439dffa7592f8b49b629",
            ),
            (
                queue_role(),
                "token",
                "https://management.deadline.us-west-2.amazonaws.com/2023-10-12/farms/farm-0123456789abcdef0123456789abcdef/queues/queue-fedcba9876543210fedcba9876543210/user-roles",
                "deadline",
                "e444cd1dac6888f1b59d6bdba5651dba6e449569344e6e34706ddd9d632361fe",
            ),
            (
                Call::GetCallerIdentity,
                "token",
                "https://sts.us-west-2.amazonaws.com/",
                "sts",
                "5cb3d55b1291fb660ce88ce724990546ebaf6080884644d142487f1dfc6fbad4",
            ),
        ] {
            let request = caller(token).request(&call, NOW).unwrap();
            assert_eq!(request.url, url);
            assert_eq!(header(&request, "x-amz-date"), Some("20130524T000000Z"));
            assert_eq!(
                header(&request, "x-amz-security-token"),
                (!token.is_empty()).then_some(token)
            );
            let authorization = header(&request, "authorization").unwrap();
            assert!(authorization.contains(&format!("/us-west-2/{scope}/aws4_request")));
            assert!(authorization.ends_with(signature), "{authorization}");
        }
    }

    #[test]
    fn each_partition_has_its_hosts() {
        for (region, host) in [
            ("us-west-2", "management.deadline.us-west-2.amazonaws.com"),
            (
                "us-gov-west-1",
                "management.deadline.us-gov-west-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                "management.deadline.cn-north-1.amazonaws.com.cn",
            ),
            (
                "eusc-de-east-1",
                "management.deadline.eusc-de-east-1.amazonaws.eu",
            ),
        ] {
            let caller = Caller {
                region: region.parse().unwrap(),
                ..caller("")
            };
            assert_eq!(caller.host(&queue_role()), host);
            assert_eq!(
                caller.host(&Call::GetCallerIdentity),
                host.replace("management.deadline", "sts")
            );
        }
    }

    #[test]
    fn a_stand_in_is_asked_at_its_own_address() {
        let caller = Caller {
            deadline: Some("http://127.0.0.1:1234".parse().unwrap()),
            ..caller("")
        };
        let request = caller.request(&queue_role(), NOW).unwrap();
        assert!(
            request
                .url
                .starts_with("http://127.0.0.1:1234/2023-10-12/farms/")
        );
        assert_eq!(
            caller.origin(&Call::GetCallerIdentity),
            "https://sts.us-west-2.amazonaws.com"
        );
    }

    #[test]
    fn credentials_that_no_header_can_carry_are_refused_without_being_named() {
        let mut broken = caller("");
        broken.credentials = Credentials::new("AKIA", "s", "secret\ntoken");
        let error = broken.request(&queue_role(), NOW).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
        assert!(!format!("{broken:?}").contains("secret"));
    }
}
