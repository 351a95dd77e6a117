//! The times that services write.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Reads ISO 8601 with any offset, `2026-11-24T18:15:00+00:00` or `…Z`: milliseconds since 1970, from
/// then on.
pub(crate) fn iso(text: &str) -> Option<u64> {
    let time = DateTime::from_str(text.trim(), Format::DateTimeWithOffset).ok()?;
    u64::try_from(time.to_millis().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_taken_into_account() {
        assert_eq!(iso("1970-01-01T00:00:01Z"), Some(1_000));
        assert_eq!(iso("1970-01-01T01:00:01.5+01:00"), Some(1_500));
        assert_eq!(iso(" 2026-11-24T18:15:00+00:00\n"), Some(1_795_544_100_000));
        for text in ["", "tomorrow", "2026-11-24", "1969-12-31T23:59:59Z"] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
