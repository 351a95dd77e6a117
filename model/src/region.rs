//! Region names. They become part of host names and of the signature, so only harmless characters pass.

use std::fmt;
use std::str::FromStr;

/// A region such as `us-west-2`: 1 to 32 of lower-case letters, digits and dashes.
///
/// Not checked against a list: AWS adds regions, and S3-compatible servers have names of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region(Box<str>);

/// The text is not a region name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a region is written like us-west-2: lower-case letters, digits and dashes")]
pub struct RegionError;

impl Region {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Domain under which AWS serves this region (spec `deadline-apis.md` 1).
    #[must_use]
    pub fn aws_domain(&self) -> &'static str {
        if self.0.starts_with("cn-") {
            "amazonaws.com.cn"
        } else if self.0.starts_with("eusc-") {
            "amazonaws.eu"
        } else {
            "amazonaws.com"
        }
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let ends_plain =
            text.bytes().next().is_some_and(plain) && text.bytes().last().is_some_and(plain);
        if ends_plain && text.len() <= 32 && text.bytes().all(|b| plain(b) || b == b'-') {
            Ok(Self(text.into()))
        } else {
            Err(RegionError)
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_could_bend_a_host_name_passes() {
        for text in ["us-west-2", "eu-central-1", "auto", "garage"] {
            assert_eq!(text.parse::<Region>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "US-WEST-2",
            "us west",
            "us-west-2.evil.com",
            "a/b",
            "-a",
            "a-",
            &"a".repeat(33),
        ] {
            assert_eq!(text.parse::<Region>(), Err(RegionError), "{text}");
        }
    }

    #[test]
    fn each_partition_has_its_domain() {
        let domain = |name: &str| name.parse::<Region>().unwrap().aws_domain();
        assert_eq!(domain("us-west-2"), "amazonaws.com");
        assert_eq!(domain("us-gov-west-1"), "amazonaws.com");
        assert_eq!(domain("cn-north-1"), "amazonaws.com.cn");
        assert_eq!(domain("eusc-de-east-1"), "amazonaws.eu");
    }
}
