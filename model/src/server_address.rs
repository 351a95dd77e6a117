//! The address of a server that a person names: S3-compatible, or one that stands in for a service of
//! AWS.

use std::net::Ipv6Addr;
use std::num::NonZeroU16;
use std::str::FromStr;

use http::Uri;

/// Scheme, host and port of a server: https, or http on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    scheme: &'static str,
    /// Host and, where given, port.
    authority: String,
}

/// Why a text cannot be the address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `scheme://host[:port]`.
    #[error("an endpoint is written like https://s3.example.com or http://127.0.0.1:8333")]
    NotAnAddress,
    /// Something after the host.
    #[error("an endpoint has no path, query or user name: only the server's address")]
    MoreThanAddress,
    /// Files and signatures would cross a network in the clear.
    #[error("http is only for this computer (127.0.0.1 or localhost); use https")]
    Unencrypted,
}

impl ServerAddress {
    /// `https` or `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Host and, where given, port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        let end = match self.authority.rfind(':') {
            Some(colon) if !self.authority.ends_with(']') => colon,
            _ => self.authority.len(),
        };
        &self.authority[..end]
    }

    /// The match pattern of host permissions that covers this address and nothing else.
    #[must_use]
    pub fn origin_pattern(&self) -> String {
        format!("{self}/*")
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    /// Judges and takes an address: the first rule that it breaks is the error.
    fn from_str(address: &str) -> Result<Self, AddressError> {
        let uri: Uri = address.parse().map_err(|_| AddressError::NotAnAddress)?;
        let scheme = match uri.scheme_str() {
            Some("https") => "https",
            Some("http") => "http",
            _ => return Err(AddressError::NotAnAddress),
        };
        let authority = uri.authority().ok_or(AddressError::NotAnAddress)?;
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(AddressError::MoreThanAddress);
        }
        let host = authority.host();
        if !is_host(host) || !is_port(&authority.as_str()[host.len()..]) {
            return Err(AddressError::NotAnAddress);
        }
        if scheme == "http" && !is_loopback(host) {
            return Err(AddressError::Unencrypted);
        }
        Ok(Self {
            scheme,
            authority: authority.as_str().to_ascii_lowercase(),
        })
    }
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// A name, an IPv4 address, or an IPv6 address in brackets. The URI grammar allows more, and a `*`
/// would make a host permission for every site of it.
fn is_host(host: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_plain),
    }
}

/// Nothing, or a colon and a number from 1.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .and_then(|number| number.parse::<NonZeroU16>().ok())
            .is_some()
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let parts = |text: &str| {
            let server = text.parse::<ServerAddress>().expect(text);
            (server.to_string(), server.host().to_owned())
        };
        for (text, whole, host) in [
            (
                "https://S3.Example.com",
                "https://s3.example.com",
                "s3.example.com",
            ),
            (
                "http://127.0.0.1:8333",
                "http://127.0.0.1:8333",
                "127.0.0.1",
            ),
            ("https://[::1]:9000/", "https://[::1]:9000", "[::1]"),
            ("https://[::1]", "https://[::1]", "[::1]"),
        ] {
            assert_eq!(parts(text), (whole.to_owned(), host.to_owned()));
        }
        let pattern = "http://localhost:1"
            .parse::<ServerAddress>()
            .unwrap()
            .origin_pattern();
        assert_eq!(pattern, "http://localhost:1/*");
    }

    #[test]
    fn only_this_computer_may_be_asked_in_the_clear() {
        for text in [
            "http://studio.lan",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
        ] {
            assert_eq!(
                text.parse::<ServerAddress>(),
                Err(AddressError::Unencrypted),
                "{text}"
            );
        }
    }
}
