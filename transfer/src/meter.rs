//! Speed and remaining time, smoothed so that a person can read them.

/// Time over which speed is smoothed, in milliseconds.
const SMOOTHING: f64 = 5_000.0;
/// Speed is measured at most this often, in milliseconds.
const EVERY: u64 = 500;
/// How much of the difference to a new estimate of the remaining time is taken over each second.
const TRUST: f64 = 0.15;

/// Measures what leaves.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// When the measure under way began; none before the first byte.
    since: Option<u64>,
    bytes: u64,
    /// Bytes each millisecond.
    speed: f64,
    /// Milliseconds to the end.
    remaining: Option<f64>,
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // Estimates for people: the 53 bits of a double are more than enough, and nothing is decided by them.
impl Meter {
    /// So many more bytes have left.
    pub(crate) fn sent(&mut self, now: u64, bytes: u64) {
        self.since.get_or_insert(now);
        self.bytes += bytes;
    }

    /// Time has passed; `left` is what is still to be sent, in bytes.
    pub(crate) fn tick(&mut self, now: u64, left: u64) {
        let Some(since) = self.since else { return };
        let passed = now.saturating_sub(since);
        if passed < EVERY {
            return;
        }
        let (passed_f, now_speed) = (passed as f64, self.bytes as f64 / passed as f64);
        // A first measure has nothing to be smoothed with.
        let weight = if self.speed == 0.0 {
            1.0
        } else {
            passed_f / (passed_f + SMOOTHING)
        };
        self.speed += weight * (now_speed - self.speed);
        (self.since, self.bytes) = (Some(now), 0);
        self.remaining = (self.speed > 0.001).then(|| {
            let estimate = left as f64 / self.speed;
            match self.remaining {
                None => estimate,
                Some(before) => {
                    let expected = (before - passed_f).max(0.0);
                    let trust = (TRUST * passed_f / 1_000.0).min(1.0);
                    expected + trust * (estimate - expected)
                }
            }
        });
    }

    /// Nothing leaves for a while, on purpose: what comes then is no sign of a slow network.
    pub(crate) fn pause(&mut self) {
        (self.since, self.bytes) = (None, 0);
    }

    /// Bytes each second.
    pub(crate) fn bytes_per_second(&self) -> u64 {
        (self.speed * 1_000.0) as u64
    }

    /// Milliseconds to the end.
    pub(crate) fn remaining(&self) -> Option<u64> {
        self.remaining.map(|remaining| remaining as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends at `speed` bytes each millisecond, half a second at a time.
    fn send(meter: &mut Meter, now: &mut u64, left: &mut u64, speed: u64, steps: u64) -> Vec<u64> {
        (0..steps)
            .map(|_| {
                *now += 500;
                *left = left.saturating_sub(500 * speed);
                meter.sent(*now, 500 * speed);
                meter.tick(*now, *left);
                meter.remaining().unwrap()
            })
            .collect()
    }

    #[test]
    fn a_steady_upload_has_the_right_speed_and_time() {
        let (mut meter, mut now, mut left) = (Meter::default(), 0, 100_000_000);
        meter.sent(0, 0);
        send(&mut meter, &mut now, &mut left, 1_000, 40);
        assert_eq!(meter.bytes_per_second(), 1_000_000);
        let remaining = meter.remaining().unwrap();
        assert!((79_000..=81_000).contains(&remaining), "{remaining}");
    }

    #[test]
    fn the_remaining_time_follows_a_change_without_jumping() {
        let (mut meter, mut now, mut left) = (Meter::default(), 0, 1_000_000_000);
        meter.sent(0, 0);
        let fast = send(&mut meter, &mut now, &mut left, 1_000, 20);
        let slow = send(&mut meter, &mut now, &mut left, 100, 60);
        let mut before = *fast.last().unwrap();
        for remaining in slow {
            assert!(remaining < before + before / 3, "{before} to {remaining}");
            before = remaining;
        }
        assert!(before > 2 * fast.last().unwrap());
    }

    #[test]
    fn numbers_above_two_to_the_53_do_no_harm() {
        let mut meter = Meter::default();
        meter.sent(0, 0);
        meter.sent(1_000, u64::MAX / 2);
        meter.tick(1_000, u64::MAX);
        assert!(meter.bytes_per_second() > 0);
        assert!(meter.remaining().is_some());
    }
}
