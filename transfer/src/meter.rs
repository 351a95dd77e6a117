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
    /// Bytes each second that leave on average, at most.
    cap: Option<u64>,
    /// When the measure under way began; none before the first byte.
    since: Option<u64>,
    /// Bytes that have left and are not measured yet.
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
    /// With the cap on bytes each second, if there is one.
    pub(crate) fn new(cap: Option<u64>) -> Self {
        Self {
            cap: cap.filter(|cap| *cap > 0),
            ..Self::default()
        }
    }

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
        // Under a cap a body leaves as fast as it goes, and then the next one waits: it counts for the time
        // that it makes the next one wait, so that the speed is neither that of the burst nor none at all.
        let allowed = self.cap.map_or(u64::MAX, |cap| {
            u64::try_from(u128::from(cap) * u128::from(passed) / 1_000).unwrap_or(u64::MAX)
        });
        let counted = self.bytes.min(allowed);
        let (passed_f, now_speed) = (passed as f64, counted as f64 / passed as f64);
        // A first measure has nothing to be smoothed with.
        let weight = if self.speed == 0.0 {
            1.0
        } else {
            passed_f / (passed_f + SMOOTHING)
        };
        self.speed += weight * (now_speed - self.speed);
        (self.since, self.bytes) = (Some(now), self.bytes - counted);
        // What has left ahead of its time still takes it.
        let left = left as f64 + self.bytes as f64;
        self.remaining = (self.speed > 0.001).then(|| {
            let estimate = left / self.speed;
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
    fn a_line_that_is_slower_than_the_cap_is_measured_as_it_is() {
        let (mut now, mut left) = (0, 100_000_000);
        let mut meter = Meter::new(Some(1_000_000));
        meter.sent(0, 0);
        send(&mut meter, &mut now, &mut left, 400, 40);
        assert_eq!(meter.bytes_per_second(), 400_000);
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
