//! XXH3-128 for JavaScript.

use rusty_attachments_model::{ContentHash, ContentHasher};
use wasm_bindgen::prelude::*;

/// Hashes bytes that arrive in pieces.
#[wasm_bindgen]
#[derive(Default)]
pub struct Xxh3Hasher(ContentHasher);

#[wasm_bindgen]
impl Xxh3Hasher {
    /// A hasher that has seen no bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes; pieces of 256 KiB to 4 MiB are fastest.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far, 32 lower-case hex digits; more may follow.
    #[wasm_bindgen(js_name = finishHex)]
    #[must_use]
    pub fn finish_hex(&self) -> String {
        self.0.finish().to_string()
    }

    /// Forgets all bytes.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

/// The hash of these bytes, 32 lower-case hex digits.
#[wasm_bindgen(js_name = hashBytes)]
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> String {
    ContentHash::of(bytes).to_string()
}
