//! Errors that cross the border: the classes of `wasm/glue/errors.js`, each with a stable `code`.

use js_sys::{Object, Reflect};
use rusty_attachments_model::manifest::{Location, ManifestError};
use rusty_attachments_model::profile::FieldError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/glue/errors.js")]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Error)]
    type AttachmentError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, code: &str) -> AttachmentError;

    #[wasm_bindgen(extends = AttachmentError)]
    type ValidationError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, code: &str, location: &JsValue) -> ValidationError;
}

/// The `ValidationError` (an `AttachmentError`) with that code and message.
pub(crate) fn attachment_error(code: &str, message: &str) -> JsValue {
    ValidationError::new(message, code, &JsValue::UNDEFINED).into()
}

/// The error to throw for fields of a profile; the message names the first that breaks a rule.
pub(crate) fn profile_invalid(errors: &[FieldError]) -> JsValue {
    let first = errors.first().map_or_else(String::new, |error| {
        format!("{}: {}", error.field, error.message)
    });
    attachment_error("profile-invalid", &first)
}

/// As [`attachment_error`], with the place of the fault in the property `location`.
pub(crate) fn located_error(code: &str, message: &str, location: &Location) -> JsValue {
    if *location == Location::default() {
        return attachment_error(code, message);
    }
    let place = Object::new();
    let set = |key: &str, value: JsValue| {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&place, &key.into(), &value);
    };
    if let Some((list, index)) = location.entry {
        set("list", list.as_str().into());
        #[allow(clippy::cast_precision_loss)] // A position in a list, far below 2^53.
        set("index", (index as f64).into());
    }
    if let Some(field) = &location.field {
        set("field", (&**field).into());
    }
    ValidationError::new(&format!("{location}: {message}"), code, &place).into()
}

/// The error to throw for what the model refuses.
pub(crate) fn manifest_error(error: &ManifestError) -> JsValue {
    located_error(error.code(), &error.fault.to_string(), &error.location)
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
        .map_err(|error| AttachmentError::new(&error.to_string(), "internal").into())
}
