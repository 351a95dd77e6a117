//! The cap on bytes that leave each second. A body leaves as fast as it goes; the next one waits until
//! the average is right again.

/// When the next body may leave.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    bytes_per_second: Option<u64>,
    free_at: u64,
}

impl Bandwidth {
    /// `None`: no cap.
    pub(crate) fn new(bytes_per_second: Option<u64>) -> Self {
        Self {
            bytes_per_second: bytes_per_second.filter(|cap| *cap > 0),
            free_at: 0,
        }
    }

    /// When the next body may leave, in milliseconds.
    pub(crate) fn free_at(&self) -> u64 {
        self.free_at
    }

    /// A body of so many bytes leaves.
    pub(crate) fn spend(&mut self, now: u64, bytes: u64) {
        if let Some(cap) = self.bytes_per_second {
            let takes = bytes.saturating_mul(1_000) / cap;
            self.free_at = self.free_at.max(now).saturating_add(takes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_keeps_to_the_cap() {
        let mut bandwidth = Bandwidth::new(Some(1_000_000));
        let mut now = 5;
        for _ in 0..10 {
            now = now.max(bandwidth.free_at());
            bandwidth.spend(now, 3_000_000);
        }
        assert_eq!(bandwidth.free_at(), 5 + 30_000);
    }

    #[test]
    fn without_a_cap_nothing_waits() {
        for cap in [None, Some(0)] {
            let mut bandwidth = Bandwidth::new(cap);
            bandwidth.spend(7, u64::MAX);
            assert_eq!(bandwidth.free_at(), 0);
        }
    }
}
