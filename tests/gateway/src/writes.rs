//! Conditional writes under way: a second one of the same key is a conflict.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::answer::S3Error;

type Place = (String, String);

/// Buckets and keys that are being written on the condition that nothing is there.
#[derive(Debug, Default)]
pub(crate) struct Writes(Mutex<HashSet<Place>>);

impl Writes {
    /// Takes the key until the result is dropped or lets it go; refuses if it is taken.
    pub(crate) fn begin(self: &Arc<Self>, bucket: &str, key: &str) -> Result<Writing, S3Error> {
        let place = (bucket.to_owned(), key.to_owned());
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !places.insert(place.clone()) {
            return Err(S3Error::new(
                409,
                "ConditionalRequestConflict",
                "The conditional request cannot succeed due to a conflicting operation against \
                 this resource.",
            )
            .with("Condition", "If-None-Match")
            .with("Key", key));
        }
        Ok(Writing {
            writes: Arc::clone(self),
            place,
            holds: AtomicBool::new(true),
        })
    }
}

/// A key that is taken.
#[derive(Debug)]
pub(crate) struct Writing {
    writes: Arc<Writes>,
    place: Place,
    holds: AtomicBool,
}

impl Writing {
    /// Others may write the key from now on.
    pub(crate) fn let_go(&self) {
        if self.holds.swap(false, Ordering::Relaxed) {
            let mut places = self.writes.0.lock().unwrap_or_else(PoisonError::into_inner);
            places.remove(&self.place);
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.let_go();
    }
}
