//! Errors that cross the border: `Error` objects with a stable `code`.

use js_sys::{Object, Reflect};
use rusty_attachments_model::manifest::{Location, ManifestError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What every function of this module throws. */
export interface AttachmentError extends Error {
    readonly name: "AttachmentError";
    /** Stable name of the kind of error, such as `path-dot-name`. */
    readonly code: string;
    /** Where the fault is; absent when it is the whole of an argument or a document. */
    readonly location?: ErrorLocation;
}

/** A place in a manifest or in the entries that were to become one. */
export interface ErrorLocation {
    /** The list, as a manifest names it. */
    readonly list?: "paths" | "files" | "dirs";
    /** Position in the list, from 0, in the order the entries were given. */
    readonly index?: number;
    /** The field of the entry, of the document, or the name of an argument. */
    readonly field?: string;
}
"#;

/// An `Error` named `AttachmentError` with that code and message.
pub(crate) fn attachment_error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("AttachmentError");
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

/// As [`attachment_error`], with the place of the fault in the property `location`.
pub(crate) fn located_error(code: &str, message: &str, location: &Location) -> JsValue {
    if *location == Location::default() {
        return attachment_error(code, message);
    }
    let error = attachment_error(code, &format!("{location}: {message}"));
    let place = Object::new();
    let set = |target: &JsValue, key: &str, value: JsValue| {
        // As above.
        let _ = Reflect::set(target, &key.into(), &value);
    };
    if let Some((list, index)) = location.entry {
        set(&place, "list", list.as_str().into());
        #[allow(clippy::cast_precision_loss)] // A position in a list, far below 2^53.
        set(&place, "index", (index as f64).into());
    }
    if let Some(field) = &location.field {
        set(&place, "field", (&**field).into());
    }
    set(&error, "location", place.into());
    error
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
        .map_err(|error| attachment_error("internal", &error.to_string()))
}
