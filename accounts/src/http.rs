//! A request that is ready to leave, and what came back.

use std::fmt;

/// A request for the driver to send as it is. It may carry tokens and signatures, so it does not print
/// them; redirects must not be followed, and nothing of it may be cached.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Address, percent-encoded.
    pub url: String,
    /// Lower-case names, and values; all but `host`.
    pub headers: Vec<(String, String)>,
    /// Empty for a GET.
    pub body: String,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split('?').next().unwrap_or_default();
        write!(f, "Request({} {path}, redacted)", self.method)
    }
}

/// An answer. It may carry credentials, so it does not print them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status; 0 if no answer came.
    pub status: u16,
    /// Lower-case names, and values; at least those of [`REPLY_HEADERS`] that there are.
    pub headers: Vec<(String, String)>,
    /// All of it, as text.
    pub body: String,
}

/// The headers of an answer that are looked at.
pub const REPLY_HEADERS: [&str; 4] = ["content-type", "date", "retry-after", "x-amzn-errortype"];

impl Reply {
    /// The value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it is what was asked for.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, redacted)", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_prints_what_it_carries() {
        let secret = || vec![("authorization".to_owned(), "secret".to_owned())];
        let request = Request {
            method: "GET",
            url: "https://a.example/b?token=secret".into(),
            headers: secret(),
            body: "secret".into(),
        };
        let reply = Reply {
            status: 200,
            headers: secret(),
            body: "secret".into(),
        };
        assert_eq!(
            format!("{request:?}"),
            "Request(GET https://a.example/b, redacted)"
        );
        assert_eq!(format!("{reply:?}"), "Reply(200, redacted)");
    }
}
