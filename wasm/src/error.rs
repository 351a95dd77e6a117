//! Errors that cross the border: `Error` objects with a stable `code`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// An `Error` named `AttachmentError` with that code and message.
pub(crate) fn attachment_error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("AttachmentError");
    // Setting a property of a fresh object cannot fail.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

/// Reads an argument; JavaScript may pass anything.
pub(crate) fn read<T>(argument: &Ts<T>) -> Result<T, JsValue>
where
    T: Tsify + DeserializeOwned,
    <T as Tsify>::JsType: Clone,
{
    argument
        .to_rust()
        .map_err(|error| attachment_error("argument-invalid", &error.to_string()))
}

/// Hands out a value.
pub(crate) fn write<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>, JsValue> {
    value
        .into_ts()
        .map_err(|error| attachment_error("internal", &error.to_string()))
}
