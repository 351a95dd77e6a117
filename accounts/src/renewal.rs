//! When credentials are renewed, and when they are wiped because nobody is there.

/// Credentials are renewed so long before they end, in milliseconds: 15 minutes.
///
/// The same as botocore's advisory refresh, and as much as a clock may be wrong before AWS refuses
/// signatures (`RequestTimeTooSkewed`): whoever can sign at all still renews in time. It is also enough for
/// every request that is signed before the end to arrive: S3 judges the credentials when a request
/// arrives, however long its body takes.
pub const EARLY: u64 = 15 * 60 * 1_000;

/// When to renew credentials that were got at `obtained` and end at `expires`, by the server's clock, in
/// milliseconds since 1970.
///
/// [`EARLY`] before the end, but not before half of their life: queue credentials of 15 minutes would
/// otherwise be renewed at once and for ever.
#[must_use]
pub fn renew_at(obtained: u64, expires: u64) -> u64 {
    let life = expires.saturating_sub(obtained);
    expires.saturating_sub(EARLY.min(life / 2))
}

/// When a renewal that has failed in passing is tried again: a quarter of the time that is left, at least
/// 5 seconds and at most a minute from `now`; nothing once the credentials have ended.
#[must_use]
pub fn try_again_at(now: u64, expires: u64) -> Option<u64> {
    let left = expires.checked_sub(now).filter(|left| *left > 0)?;
    Some(now + (left / 4).clamp(5_000, 60_000))
}

/// Longest idle time that can be set, in minutes: a working day.
pub const LONGEST_IDLE: u32 = 12 * 60;

/// When the session's secrets are wiped because nobody has used them: `minutes` after the last sign of
/// somebody (a message of one of our own pages) or of an upload at work. Nothing for 0 minutes, which
/// switches it off; more than [`LONGEST_IDLE`] counts as that.
#[must_use]
pub fn wipe_at(last_use: u64, minutes: u32) -> Option<u64> {
    (minutes > 0).then(|| {
        let minutes = u64::from(minutes.min(LONGEST_IDLE));
        last_use.saturating_add(minutes * 60 * 1_000)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60 * 1_000;

    #[test]
    fn credentials_are_renewed_a_quarter_of_an_hour_early_or_after_half_of_their_life() {
        for (life, renewed) in [(60, 45), (30, 15), (20, 10), (1, 0), (0, 0)] {
            let half_minutes = if life == 1 { 30 * 1_000 } else { 0 };
            assert_eq!(
                renew_at(MINUTE, MINUTE + life * MINUTE),
                MINUTE + renewed * MINUTE + half_minutes,
                "{life}"
            );
        }
        // Got after their end, by a clock that was set meanwhile.
        assert_eq!(renew_at(10 * MINUTE, 5 * MINUTE), 5 * MINUTE);
    }

    #[test]
    fn renewals_never_come_at_once_and_never_too_late() {
        let mut now = 0;
        for life in 1..1_000 {
            let at = renew_at(now, now + life * 977);
            assert!(at > now && at < now + life * 977);
            now = at;
        }
    }

    #[test]
    fn a_failed_renewal_is_tried_until_the_end_and_not_in_a_storm() {
        let expires = 15 * MINUTE;
        let (mut now, mut tries) = (0, 0);
        while let Some(next) = try_again_at(now, expires) {
            assert!(next >= now + 5_000);
            now = next;
            tries += 1;
        }
        assert!(now >= expires && tries < 40, "{tries}");
    }

    #[test]
    fn an_idle_session_is_wiped_after_its_time() {
        assert_eq!(wipe_at(MINUTE, 30), Some(31 * MINUTE));
        assert_eq!(wipe_at(MINUTE, 0), None);
        assert_eq!(wipe_at(0, u32::MAX), Some(u64::from(LONGEST_IDLE) * MINUTE));
    }
}
