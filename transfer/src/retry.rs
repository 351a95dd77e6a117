//! When to give a request up, and when to try it again: exponential back-off with jitter.

/// Tries of one request, the first one included.
pub(crate) const TRIES: u8 = 5;
/// A request without an answer, of whose body nothing has left for so long either, is given up: in
/// milliseconds. The official client waits as long (spec `s3-layout.md` 4).
pub(crate) const SILENCE: u64 = 30_000;
/// Longest wait before the second try, in milliseconds; doubles with each further one.
const FIRST_WAIT: u64 = 500;

/// A small generator of numbers for jitter (xorshift64*); the seed makes a run repeatable.
#[derive(Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        // The generator stands still at zero.
        Self(seed.max(1))
    }

    /// Milliseconds to wait after that many failed tries (from 1): from half to all of the step, so
    /// that lanes that failed together do not come back together.
    pub(crate) fn wait(&mut self, failed_tries: u8) -> u64 {
        let longest = FIRST_WAIT << (failed_tries.clamp(1, TRIES) - 1);
        longest / 2 + self.next() % (longest / 2 + 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_their_step() {
        let mut jitter = Jitter::new(7);
        for (failed_tries, longest) in [(1, 500), (2, 1000), (3, 2000), (4, 4000)] {
            for _ in 0..100 {
                let wait = jitter.wait(failed_tries);
                assert!(
                    (longest / 2..=longest).contains(&wait),
                    "{wait} after {failed_tries}"
                );
            }
        }
    }
}
