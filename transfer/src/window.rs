//! How many requests are under way at once: more while all goes well, half as many when the server
//! or the network shows that it is too much (additive increase, multiplicative decrease).

/// Where a run begins.
const FIRST: f64 = 4.0;
/// After a decrease, so many milliseconds pass before the next one: the requests that were under way
/// then tell of the same trouble.
const DECREASE_EVERY: u64 = 1_000;
/// A smoothed latency of so many times the best one, and at least so many milliseconds more, is a
/// queue that grows somewhere.
const SLOWER_THAN_BEST: f64 = 4.0;
const SLOWER_BY: f64 = 400.0;
/// Weight of a new latency in the smoothed one.
const SMOOTHING: f64 = 0.1;

/// The window of requests.
#[derive(Debug)]
pub(crate) struct Window {
    size: f64,
    limit: f64,
    /// Until the first trouble the window grows with every answer, then by one each round.
    is_starting: bool,
    last_decrease: Option<u64>,
    /// Milliseconds of small requests.
    best: f64,
    smoothed: f64,
}

impl Window {
    /// At most `limit` requests.
    pub(crate) fn new(limit: usize) -> Self {
        #[allow(clippy::cast_precision_loss)] // A few dozen.
        let limit = limit.max(1) as f64;
        Self {
            size: FIRST.min(limit),
            limit,
            is_starting: true,
            last_decrease: None,
            best: f64::INFINITY,
            smoothed: 0.0,
        }
    }

    /// Requests that may be under way, at least 1.
    pub(crate) fn size(&self) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // From 1 to the limit.
        let size = self.size as usize;
        size
    }

    /// An answer came that shows no trouble.
    pub(crate) fn went_well(&mut self) {
        let step = if self.is_starting {
            1.0
        } else {
            1.0 / self.size
        };
        self.size = (self.size + step).min(self.limit);
    }

    /// A request without a body was answered after so many milliseconds.
    pub(crate) fn took(&mut self, now: u64, milliseconds: u64) {
        #[allow(clippy::cast_precision_loss)] // Milliseconds of a request.
        let latency = milliseconds as f64;
        self.best = self.best.min(latency.max(1.0));
        self.smoothed = if self.smoothed == 0.0 {
            latency
        } else {
            self.smoothed + SMOOTHING * (latency - self.smoothed)
        };
        if self.smoothed > SLOWER_THAN_BEST * self.best && self.smoothed > self.best + SLOWER_BY {
            self.smoothed = latency.min(self.smoothed);
            self.decrease(now, 0.75);
        }
    }

    /// The server asked for less, or did not answer in time.
    pub(crate) fn was_too_much(&mut self, now: u64) {
        self.decrease(now, 0.5);
    }

    fn decrease(&mut self, now: u64, factor: f64) {
        let recently = |last: u64| now < last + DECREASE_EVERY;
        if self.last_decrease.is_some_and(recently) {
            return;
        }
        self.last_decrease = Some(now);
        self.is_starting = false;
        self.size = (self.size * factor).max(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_limit_and_no_further() {
        let mut window = Window::new(6);
        assert_eq!(window.size(), 4);
        for _ in 0..10 {
            window.went_well();
        }
        assert_eq!(window.size(), 6);
        assert_eq!(Window::new(2).size(), 2);
        assert_eq!(Window::new(0).size(), 1);
    }

    #[test]
    fn halves_once_for_one_trouble_and_then_grows_slowly() {
        let mut window = Window::new(24);
        for _ in 0..30 {
            window.went_well();
        }
        for now in 0..24 {
            window.was_too_much(now);
        }
        assert_eq!(window.size(), 12);
        window.went_well();
        assert_eq!(window.size(), 12);
        for _ in 0..12 {
            window.went_well();
        }
        assert_eq!(window.size(), 13);
        for now in 1..20 {
            window.was_too_much(now * 2_000);
        }
        assert_eq!(window.size(), 1);
    }

    #[test]
    fn shrinks_when_answers_take_ever_longer() {
        let mut window = Window::new(8);
        for now in 0..20 {
            window.took(now, 20);
            window.went_well();
        }
        assert_eq!(window.size(), 8);
        for now in 0..40 {
            window.took(2_000 + 100 * now, 1_500);
        }
        assert!(window.size() < 8);
    }
}
