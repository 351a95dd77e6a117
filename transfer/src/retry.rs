//! When to give a request up, and when to try it again: exponential back-off with full jitter.

/// Tries of one request, the first one included.
pub(crate) const TRIES: u8 = 8;
/// A request that is refused again and again is not tried again after so many milliseconds. Pauses, and
/// times without network, answers or credentials, do not count.
pub(crate) const TIME_BOX: u64 = 5 * 60 * 1_000;
/// A request without an answer, of whose body nothing has left for so long either, is given up: in
/// milliseconds. The official client waits as long (spec `s3-layout.md` 4).
const SILENCE: u64 = 30_000;
/// A body that has left altogether may still lie in the buffers of this computer and of proxies: it gets the
/// time that it needs at so many bytes each millisecond. On a line that is slower for long, the usual part
/// of 16 MiB would take half an hour.
const SLOWEST: u64 = 10;
/// But no request is waited for longer than that without a sign of life, in milliseconds.
const LONGEST_SILENCE: u64 = 5 * 60 * 1_000;
/// S3 may take minutes to join parts, and says nothing meanwhile that a browser would tell.
pub(crate) const SILENCE_OF_COMPLETE: u64 = 5 * 60 * 1_000;
/// Longest wait before the second try, in milliseconds; doubles with each further one.
const FIRST_WAIT: u64 = 500;
const LONGEST_WAIT: u64 = 20_000;

/// How long a request may go without any sign of life, in milliseconds, if so many bytes of its body may be on
/// their way unseen.
pub(crate) fn silence(unseen: u64) -> u64 {
    SILENCE
        .saturating_add(unseen / SLOWEST)
        .min(LONGEST_SILENCE)
}

/// A small generator of numbers for jitter (xorshift64*); the seed makes a run repeatable.
#[derive(Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        // The generator stands still at zero.
        Self(seed.max(1))
    }

    /// Milliseconds to wait after that many failed tries (from 1): anything up to the step, so that
    /// lanes that failed together do not come back together.
    pub(crate) fn wait(&mut self, failed_tries: u8) -> u64 {
        let doublings = u32::from(failed_tries.clamp(1, TRIES)) - 1;
        self.within((FIRST_WAIT << doublings).min(LONGEST_WAIT))
    }

    /// A number from 0 to `most`.
    pub(crate) fn within(&mut self, most: u64) -> u64 {
        self.next() % (most + 1)
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
    fn waits_lie_anywhere_within_a_step_that_doubles() {
        let mut jitter = Jitter::new(7);
        for (failed_tries, longest) in [(1, 500), (2, 1000), (3, 2000), (4, 4000), (8, 20_000)] {
            let waits: Vec<u64> = (0..200).map(|_| jitter.wait(failed_tries)).collect();
            assert!(waits.iter().all(|wait| *wait <= longest), "{failed_tries}");
            assert!(
                waits.iter().any(|wait| *wait < longest / 4),
                "{failed_tries}"
            );
            assert!(
                waits.iter().any(|wait| *wait > longest / 4 * 3),
                "{failed_tries}"
            );
        }
    }
}
