//! The address that people know their Identity Center by.

use std::fmt;
use std::str::FromStr;

/// The start URL of an access portal, `https://my-studio.awsapps.com/start`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartUrl(Box<str>);

/// The text is not a start URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a start URL is written like https://my-studio.awsapps.com/start")]
pub struct StartUrlError;

/// Longest address that is taken, in bytes.
const LONGEST: usize = 2048;

impl StartUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StartUrl {
    type Err = StartUrlError;

    /// What the portal adds in the address bar, `#/…`, does not count.
    fn from_str(text: &str) -> Result<Self, StartUrlError> {
        let text = text.trim().split('#').next().unwrap_or_default();
        let host = text
            .strip_prefix("https://")
            .and_then(|rest| rest.split(['/', '?']).next())
            .filter(|host| !host.is_empty() && !host.contains('@'));
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic());
        if host.is_some() && is_plain && text.len() <= LONGEST {
            Ok(Self(text.into()))
        } else {
            Err(StartUrlError)
        }
    }
}

impl fmt::Display for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_url_is_taken_as_the_address_bar_shows_it() {
        let taken = |text: &str| text.parse::<StartUrl>().unwrap().to_string();
        assert_eq!(
            taken("https://d-1234567890.awsapps.com/start"),
            "https://d-1234567890.awsapps.com/start"
        );
        assert_eq!(
            taken(" https://studio.awsapps.com/start/#/?tab=accounts\n"),
            "https://studio.awsapps.com/start/"
        );
        for text in [
            "",
            "studio",
            "http://studio.awsapps.com/start",
            "https://",
            "https:///start",
            "https://a b/",
            "https://me@evil/start",
        ] {
            assert_eq!(text.parse::<StartUrl>(), Err(StartUrlError), "{text}");
        }
    }
}
