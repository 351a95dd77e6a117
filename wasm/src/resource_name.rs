//! Naming what was fetched from the web for JavaScript.

use wasm_bindgen::prelude::*;

/// The name that a resource of the web gets as a file: one name, good on every system, without anything invisible.
///
/// `said` is the file name of its `Content-Disposition`, decoded, or empty; `address` its URL; `mediaType` its
/// `Content-Type`, or empty.
#[wasm_bindgen(js_name = resourceName)]
#[must_use]
pub fn resource_name(
    said: &str,
    address: &str,
    #[wasm_bindgen(js_name = mediaType)] media_type: &str,
) -> String {
    rusty_attachments_model::resource_name(said, address, media_type)
}
