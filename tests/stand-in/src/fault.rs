//! Errors on demand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Refusal;
use crate::operation::Operation;

/// An error in the place of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Which operation it is for.
    pub operation: Operation,
    /// HTTP status.
    pub status: u16,
    /// Name of the error, for `x-amzn-ErrorType`; may be empty.
    #[serde(default)]
    pub kind: String,
    /// The body; `{}` if not given.
    #[serde(default)]
    pub body: Option<Value>,
    /// Seconds, for `Retry-After`.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// How often; 1 if not given.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// The faults that are still to come, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for this request.
    pub(crate) fn pick(&mut self, operation: Operation) -> Option<Refusal> {
        let fault = self
            .0
            .iter_mut()
            .find(|fault| fault.operation == operation && fault.times > 0)?;
        fault.times -= 1;
        Some(Refusal {
            status: fault.status,
            kind: fault.kind.clone(),
            body: fault.body.clone().unwrap_or_else(|| serde_json::json!({})),
            retry_after: fault.retry_after,
        })
    }
}
