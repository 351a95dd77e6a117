//! This computer's clock beside the server's.

use super::finding::{Finding, Step, Verdict};
use crate::event::Answer;
use crate::s3_answer::server_time;

/// S3 refuses a request that was signed longer ago, or later, than that (S3 API reference, error
/// `RequestTimeTooSkewed`), in minutes.
const SKEW_LIMIT: u64 = 15;
/// What is not worth a word, in minutes: an answer takes its time, and `Date` has whole seconds.
const UNREMARKABLE: u64 = 1;
const MINUTE: u64 = 60_000;

/// Judges by the `Date` of an answer.
pub(super) fn judge(answer: &Answer) -> Finding {
    let Some(server) = server_time(answer) else {
        return Finding::not_tried(Step::Clock, "clock-untold");
    };
    let minutes = server.abs_diff(answer.wall) / MINUTE;
    let is_behind = server > answer.wall;
    let (verdict, code) = match (minutes, is_behind) {
        (0..UNREMARKABLE, _) => (Verdict::Passed, "clock-right"),
        (UNREMARKABLE..SKEW_LIMIT, true) => (Verdict::Passed, "clock-slightly-behind"),
        (UNREMARKABLE..SKEW_LIMIT, false) => (Verdict::Passed, "clock-slightly-ahead"),
        (_, true) => (Verdict::Failed, "clock-behind"),
        (_, false) => (Verdict::Failed, "clock-ahead"),
    };
    let values = if minutes < UNREMARKABLE {
        Vec::new()
    } else {
        vec![minutes.to_string()]
    };
    Finding {
        step: Step::Clock,
        verdict,
        code,
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The server's time in milliseconds since 1970: Tue, 24 Nov 2026 18:13:50 GMT.
    const SERVER: u64 = 1_795_544_030_000;

    fn judged(wall: u64) -> (Verdict, &'static str, Vec<String>) {
        let answer = Answer {
            headers: vec![("date".into(), "Tue, 24 Nov 2026 18:13:50 GMT".into())],
            wall,
            ..Answer::default()
        };
        assert_eq!(server_time(&answer), Some(SERVER));
        let Finding {
            verdict,
            code,
            values,
            ..
        } = judge(&answer);
        (verdict, code, values)
    }

    #[test]
    fn only_a_clock_that_s3_refuses_fails() {
        use Verdict::{Failed, Passed};
        assert_eq!(judged(SERVER + 59_000), (Passed, "clock-right", vec![]));
        assert_eq!(
            judged(SERVER - 3 * MINUTE),
            (Passed, "clock-slightly-behind", vec!["3".into()])
        );
        assert_eq!(
            judged(SERVER + 14 * MINUTE),
            (Passed, "clock-slightly-ahead", vec!["14".into()])
        );
        assert_eq!(
            judged(SERVER - 20 * MINUTE),
            (Failed, "clock-behind", vec!["20".into()])
        );
        assert_eq!(
            judged(SERVER + 15 * MINUTE),
            (Failed, "clock-ahead", vec!["15".into()])
        );
    }

    #[test]
    fn a_server_without_a_date_tells_nothing() {
        assert_eq!(judge(&Answer::default()).verdict, Verdict::NotTried);
    }
}
