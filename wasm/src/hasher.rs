//! XXH3-128 for JavaScript.

use js_sys::{ArrayBuffer, Uint8Array};
use rusty_attachments_model::ContentHasher;
use wasm_bindgen::prelude::*;

use crate::argument::Wrong;

/// Most bytes that are copied into the module's memory at once, which never shrinks again.
const WINDOW: u32 = 1 << 20;

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
    ///
    /// @throws `argument-invalid`
    pub fn update(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
    ) -> Result<(), JsValue> {
        let bytes = view(bytes).map_err(Wrong::argument("bytes"))?;
        let mut window = vec![0; bytes.length().min(WINDOW) as usize];
        let mut start = 0;
        while start < bytes.length() {
            let end = bytes.length().min(start.saturating_add(WINDOW));
            let window = &mut window[..(end - start) as usize];
            bytes.subarray(start, end).copy_to(window);
            self.0.update(window);
            start = end;
        }
        Ok(())
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
///
/// @throws `argument-invalid`
#[wasm_bindgen(js_name = hashBytes)]
pub fn hash_bytes(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
) -> Result<String, JsValue> {
    let mut hasher = Xxh3Hasher::new();
    hasher.update(bytes)?;
    Ok(hasher.finish_hex())
}

#[wasm_bindgen]
extern "C" {
    /// Any view of a buffer.
    type View;
    #[wasm_bindgen(method, getter, structural, js_name = BYTES_PER_ELEMENT)]
    fn bytes_per_element(this: &View) -> f64;
    #[wasm_bindgen(method, getter, structural)]
    fn buffer(this: &View) -> JsValue;
    #[wasm_bindgen(method, getter, structural, js_name = byteOffset)]
    fn byte_offset(this: &View) -> f64;
    #[wasm_bindgen(method, getter, structural, js_name = byteLength)]
    fn byte_length(this: &View) -> f64;
}

/// Takes bytes of this realm, or of another one (a frame, a test environment), for which
/// `instanceof` knows nothing. Anything else would be hashed as no bytes at all.
fn view(value: JsValue) -> Result<Uint8Array, Wrong> {
    let view: &View = value.unchecked_ref();
    #[allow(clippy::float_cmp)] // A small whole number, or not a number.
    if !ArrayBuffer::is_view(&value) || view.bytes_per_element() != 1.0 {
        return Err(Wrong::Kind("a Uint8Array"));
    }
    let (offset, length) = (view.byte_offset(), view.byte_length());
    if offset + length > f64::from(u32::MAX) {
        return Err(Wrong::Kind("pieces of less than 4 GiB"));
    }
    let buffer = view.buffer();
    value.dyn_into().or_else(|_| {
        // Whole numbers below 2^32, as was just seen.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (offset, length) = (offset as u32, length as u32);
        Ok(Uint8Array::new_with_byte_offset_and_length(
            &buffer, offset, length,
        ))
    })
}
