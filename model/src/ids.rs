//! Ids of the service: a prefix, a dash and 32 lower-case hex digits (spec `s3-layout.md` 1,
//! `deadline-apis.md` 1).

use std::fmt;
use std::str::FromStr;

use crate::hash::is_lower_hex;

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {prefix}- and 32 hex digits, as the farm's console shows it")]
pub struct IdError {
    /// The word the id begins with.
    pub prefix: &'static str,
}

macro_rules! id_type {
    ($name:ident, $prefix:literal, $what:literal) => {
        #[doc = concat!("The id of a ", $what, ": `", $prefix, "-` and 32 lower-case hex digits.")]
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix(concat!($prefix, "-")) {
                    Some(digits) if is_lower_hex(digits, 32) => Ok(Self(text.into())),
                    _ => Err(IdError { prefix: $prefix }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type!(FarmId, "farm", "farm");
id_type!(QueueId, "queue", "queue");
id_type!(StorageProfileId, "sp", "storage profile");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_prefix_and_32_hex_digits_pass() {
        let id = "farm-0123456789abcdef0123456789abcdef";
        assert_eq!(id.parse::<FarmId>().unwrap().as_str(), id);
        for text in [
            "",
            "farm-",
            "farm-123",
            "queue-0123456789abcdef0123456789abcdef",
            "farm-0123456789ABCDEF0123456789ABCDEF",
            "farm-0123456789abcdef0123456789abcdef/",
        ] {
            assert_eq!(
                text.parse::<FarmId>(),
                Err(IdError { prefix: "farm" }),
                "{text}"
            );
        }
    }
}
