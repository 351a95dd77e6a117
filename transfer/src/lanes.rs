//! How much happens at once.

/// Most files that are read at once: beyond that a disk gets slower, not faster.
const MOST_HASH_LANES: usize = 4;
/// Browsers open six HTTP/1.1 connections to a host; more requests would only wait.
const REQUEST_LANES: usize = 6;

/// How many readings and requests are under way at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lanes {
    /// Readings, at least 1.
    pub hash: usize,
    /// Requests, at least 1.
    pub request: usize,
}

impl Lanes {
    /// For a machine with so many logical processors, as browsers tell it.
    #[must_use]
    pub fn for_processors(processors: u32) -> Self {
        Self {
            hash: (processors as usize).clamp(1, MOST_HASH_LANES),
            request: REQUEST_LANES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_lane_and_never_a_crowd() {
        let hash = |processors| Lanes::for_processors(processors).hash;
        assert_eq!([0, 1, 3, 64].map(hash), [1, 1, 3, 4]);
    }
}
