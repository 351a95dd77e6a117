//! When the network is dead, nothing but a probe from time to time leaves.

use crate::retry::Jitter;

/// So many requests in a row without any answer mean that it is the network.
const MOST_UNANSWERED: u32 = 4;
/// Longest wait before the first probe, in milliseconds; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: u64 = 1_000;
const LONGEST_WAIT: u64 = 30_000;
/// How long to hope, in milliseconds, for a server that has answered in this run ...
const PATIENCE: u64 = 60 * 60 * 1_000;
/// ... and for one that never has: its address may be wrong. That is for one that refuses at once; a probe
/// that hears nothing at all is waited for as long as any request (`retry::silence`), which is longer.
const PATIENCE_AT_FIRST: u64 = 20_000;
/// Longest wait between probes of such a one, so that its short time is used.
const LONGEST_WAIT_AT_FIRST: u64 = 3_000;

/// Watches whether anybody answers.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    unanswered: u32,
    has_answered: bool,
    /// Set while it is open.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    since: u64,
    probes: u32,
    next_probe: u64,
}

impl Breaker {
    /// The server answered, whatever it said.
    pub(crate) fn answered(&mut self) {
        self.unanswered = 0;
        self.has_answered = true;
        self.open = None;
    }

    /// A request got no answer.
    pub(crate) fn unanswered(&mut self, now: u64, jitter: &mut Jitter) {
        self.unanswered = self.unanswered.saturating_add(1);
        match &mut self.open {
            None if self.unanswered >= MOST_UNANSWERED => {
                self.open = Some(Open {
                    since: now,
                    probes: 0,
                    next_probe: now + jitter.within(FIRST_WAIT),
                });
            }
            // Requests that were under way when it opened say nothing new.
            Some(open) if now >= open.next_probe => {
                open.probes += 1;
                let most = if self.has_answered {
                    LONGEST_WAIT
                } else {
                    LONGEST_WAIT_AT_FIRST
                };
                let longest = (FIRST_WAIT << open.probes.min(10)).min(most);
                open.next_probe = now + jitter.within(longest);
            }
            _ => {}
        }
    }

    /// Whether the network is taken for dead.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// For a while nothing could leave, so nobody knows: try at once, with all patience.
    pub(crate) fn hope_anew(&mut self, now: u64) {
        if let Some(open) = &mut self.open {
            (open.since, open.next_probe) = (now, now);
        }
    }

    /// For so many milliseconds nothing could leave: they do not count.
    pub(crate) fn forgive(&mut self, milliseconds: u64) {
        if let Some(open) = &mut self.open {
            open.since += milliseconds;
        }
    }

    /// When the next probe may leave; `None` while it is closed.
    pub(crate) fn next_probe(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.next_probe)
    }

    /// Whether it has been open for longer than anybody waits.
    pub(crate) fn is_hopeless(&self, now: u64) -> bool {
        let patience = if self.has_answered {
            PATIENCE
        } else {
            PATIENCE_AT_FIRST
        };
        self.open
            .as_ref()
            .is_some_and(|open| now >= open.since + patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_some_silence_and_closes_with_the_first_answer() {
        let mut breaker = Breaker::default();
        let mut jitter = Jitter::new(1);
        for now in 0..3 {
            breaker.unanswered(now, &mut jitter);
        }
        assert!(!breaker.is_open());
        breaker.unanswered(3, &mut jitter);
        assert!(breaker.is_open());
        assert!(breaker.next_probe().unwrap() <= 3 + FIRST_WAIT);
        breaker.answered();
        assert!(!breaker.is_open());
    }

    #[test]
    fn probes_become_rare_but_never_stop() {
        let mut breaker = Breaker::default();
        breaker.answered();
        let mut jitter = Jitter::new(1);
        let mut now = 0;
        for _ in 0..100 {
            breaker.unanswered(now, &mut jitter);
            let next = breaker.next_probe().unwrap_or(now);
            assert!(next <= now + LONGEST_WAIT);
            now = next;
        }
        assert!(now > 10 * LONGEST_WAIT);
    }

    #[test]
    fn a_server_that_never_answered_is_probed_until_it_is_given_up() {
        for seed in 1..200 {
            let mut breaker = Breaker::default();
            let mut jitter = Jitter::new(seed);
            for _ in 0..MOST_UNANSWERED {
                breaker.unanswered(0, &mut jitter);
            }
            let mut last = 0;
            while let Some(next) = breaker
                .next_probe()
                .filter(|time| !breaker.is_hopeless(*time))
            {
                last = next;
                breaker.unanswered(next, &mut jitter);
            }
            assert!(last + LONGEST_WAIT_AT_FIRST >= PATIENCE_AT_FIRST, "{last}");
        }
    }

    #[test]
    fn hopes_longer_for_a_server_that_has_answered_once() {
        let mut jitter = Jitter::new(1);
        let mut never = Breaker::default();
        let mut once = Breaker::default();
        once.answered();
        for breaker in [&mut never, &mut once] {
            for _ in 0..MOST_UNANSWERED {
                breaker.unanswered(0, &mut jitter);
            }
        }
        assert!(never.is_hopeless(PATIENCE_AT_FIRST));
        assert!(!once.is_hopeless(PATIENCE_AT_FIRST));
        assert!(once.is_hopeless(PATIENCE));
    }
}
