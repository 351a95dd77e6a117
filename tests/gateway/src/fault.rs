//! Which faults there are, and which request gets which.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::operation::Operation;

/// A fault and the requests that it is for. Of several rules the first that fits a request is the
/// only one that acts on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests.
    #[serde(default)]
    pub when: When,
    /// How many of them; one if not said.
    #[serde(default)]
    pub times: Times,
    /// What happens to them.
    pub fault: Fault,
}

/// Every condition must hold; one that is not given holds always.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct When {
    /// HTTP method, in capitals.
    pub method: Option<String>,
    /// S3 operation, by its name in the API.
    pub operation: Option<Operation>,
    /// Part of the key, decoded.
    pub key: Option<String>,
    /// Only from the n-th request on that fulfils the conditions above; the first is 1.
    pub nth: Option<u64>,
    /// Share of these requests, from 0 to 1, drawn by chance.
    pub probability: Option<f64>,
    /// Decides the draws: equal seeds, equal draws.
    pub seed: u64,
}

/// How often a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// So many times.
    Count(u64),
    /// Until the rule is removed.
    Word(Always),
}

/// The word for [`Times::Word`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Always {
    /// No limit.
    Always,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

/// What happens to a request. `after` counts bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Fault {
    /// An answer in the server's place.
    Answer(Answer),
    /// The connection is reset, and for a time none is accepted.
    Refuse {
        /// Milliseconds without a listener.
        ms: u64,
    },
    /// Reset (RST) once so many bytes of the request's body have been read.
    ResetRequest {
        /// Bytes of the body; with 0, or without a body, the head alone is read.
        after: u64,
    },
    /// Handled by the server; the reply is reset (RST) after so many bytes, counted from its status line.
    ResetReply {
        /// Bytes of head and body.
        after: u64,
    },
    /// Handled by the server; the reply's body is cut.
    Truncate {
        /// Bytes of the body that are sent.
        after: u64,
        /// True: the head promises no more than is sent (a whole answer with half a document).
        /// False: it promises all, and the connection ends early.
        #[serde(default)]
        honest: bool,
    },
    /// Reads so many bytes of the body, then nothing until the time is over or stalls are released;
    /// then goes on as if nothing had been.
    Stall {
        /// Bytes of the body.
        #[serde(default)]
        after: u64,
        /// Milliseconds; without it only a release ends the stall.
        ms: Option<u64>,
    },
    /// Reads the body at this rate.
    Slow {
        /// Bytes a second.
        bytes_per_second: u64,
    },
    /// Waits before it reads the body and handles the request.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Handled by the server; then the connection ends without an answer.
    LostReply {
        /// By a reset (RST) instead of in order (FIN).
        #[serde(default)]
        reset: bool,
    },
}

impl Fault {
    /// Its name in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answer",
            Self::Refuse { .. } => "refuse",
            Self::ResetRequest { .. } => "reset-request",
            Self::ResetReply { .. } => "reset-reply",
            Self::Truncate { .. } => "truncate",
            Self::Stall { .. } => "stall",
            Self::Slow { .. } => "slow",
            Self::Delay { .. } => "delay",
            Self::LostReply { .. } => "lost-reply",
        }
    }
}

/// An answer in the server's place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    /// Status; 200 if 0.
    pub status: u16,
    /// Code of an S3 error document, which then is the body, whatever the status.
    pub code: Option<String>,
    /// Further elements of that document, such as `Region`.
    pub elements: BTreeMap<String, String>,
    /// Body, where there is no code.
    pub body: String,
    /// Headers, such as `retry-after` or `x-amz-bucket-region`. `content-type` is XML with a code,
    /// else HTML, unless given.
    pub headers: BTreeMap<String, String>,
    /// Answers without having read the body; otherwise it is read to its end first.
    pub early: bool,
    /// The server handles the request first, and its own answer is thrown away.
    pub after_commit: bool,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<Counted>>,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    /// Requests that fulfilled the conditions before the n-th and the draw.
    seen: u64,
    fired: u64,
}

/// A rule and what became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    #[serde(flatten)]
    rule: Rule,
    fired: u64,
}

impl Faults {
    pub(crate) fn add(&self, rules: Vec<Rule>) {
        let counted = rules.into_iter().map(|rule| Counted {
            rule,
            seen: 0,
            fired: 0,
        });
        self.lock().extend(counted);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn standing(&self) -> Vec<Standing> {
        let standing = |counted: &Counted| Standing {
            rule: counted.rule.clone(),
            fired: counted.fired,
        };
        self.lock().iter().map(standing).collect()
    }

    /// The fault for a request, if any. Rules before the one that acts have counted it too.
    pub(crate) fn pick(&self, method: &str, operation: Operation, key: &str) -> Option<Fault> {
        self.lock()
            .iter_mut()
            .find_map(|counted| counted.takes(method, operation, key))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Counted>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn takes(&mut self, method: &str, operation: Operation, key: &str) -> Option<Fault> {
        let when = &self.rule.when;
        let fits = when.method.as_deref().is_none_or(|wanted| wanted == method)
            && when.operation.is_none_or(|wanted| wanted == operation)
            && when.key.as_deref().is_none_or(|part| key.contains(part));
        let spent = matches!(self.rule.times, Times::Count(count) if self.fired >= count);
        if !fits || spent {
            return None;
        }
        self.seen += 1;
        if when.nth.is_some_and(|nth| self.seen < nth)
            || when
                .probability
                .is_some_and(|share| draw(when.seed, self.seen) >= share)
        {
            return None;
        }
        self.fired += 1;
        Some(self.rule.fault.clone())
    }
}

/// A number from 0 up to 1 that depends on nothing else (SplitMix64).
fn draw(seed: u64, count: u64) -> f64 {
    let mut bits = seed.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let share = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Faults {
        let faults = Faults::default();
        faults.add(serde_json::from_str(json).unwrap());
        faults
    }

    fn put(faults: &Faults, key: &str) -> bool {
        faults.pick("PUT", Operation::PutObject, key).is_some()
    }

    #[test]
    fn a_rule_acts_once_unless_told_otherwise() {
        let faults_ = faults(r#"[{"fault":{"kind":"lost-reply"}}]"#);
        assert_eq!([put(&faults_, "a"), put(&faults_, "a")], [true, false]);
        let always = faults(r#"[{"times":"always","fault":{"kind":"lost-reply"}}]"#);
        assert!((0..9).all(|_| put(&always, "a")));
        let thrice = faults(r#"[{"times":3,"fault":{"kind":"lost-reply"}}]"#);
        assert_eq!((0..9).filter(|_| put(&thrice, "a")).count(), 3);
    }

    #[test]
    fn only_requests_that_fulfil_every_condition_are_hit() {
        let json = r#"[{"when":{"method":"PUT","operation":"PutObject","key":"Data/"},
            "times":"always","fault":{"kind":"delay","ms":1}}]"#;
        let faults = faults(json);
        assert!(put(&faults, "x/Data/y"));
        assert!(!put(&faults, "x/Manifests/y"));
        let pick = |method, operation| faults.pick(method, operation, "Data/").is_some();
        assert!(!pick("HEAD", Operation::PutObject));
        assert!(!pick("PUT", Operation::UploadPart));
    }

    #[test]
    fn the_nth_request_is_hit_and_not_those_before() {
        let faults = faults(r#"[{"when":{"nth":3},"fault":{"kind":"refuse","ms":1}}]"#);
        let hits: Vec<_> = (0..5).map(|_| put(&faults, "a")).collect();
        assert_eq!(hits, [false, false, true, false, false]);
    }

    #[test]
    fn chance_follows_the_seed() {
        let hits = |seed: u64| -> Vec<bool> {
            let faults = faults(&format!(
                r#"[{{"when":{{"probability":0.3,"seed":{seed}}},"times":"always","fault":{{"kind":"delay","ms":1}}}}]"#
            ));
            (0..1000).map(|_| put(&faults, "a")).collect()
        };
        assert_eq!(hits(1), hits(1));
        assert_ne!(hits(1), hits(2));
        let count = hits(1).into_iter().filter(|hit| *hit).count();
        assert!((250..350).contains(&count), "{count}");
    }

    #[test]
    fn a_misspelt_rule_is_refused() {
        for json in [
            r#"{"fault":{"kind":"vanish"}}"#,
            r#"{"when":{"methode":"PUT"},"fault":{"kind":"lost-reply"}}"#,
            r#"{"fault":{"kind":"stall","afterBytes":1}}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(json).is_err(), "{json}");
        }
    }
}
