//! Reads what JavaScript passes: any value may come, only the declared kind is taken, and nothing is
//! repaired on the way (wasm-bindgen itself would wrap numbers and replace half surrogate pairs).

use js_sys::{Array, JsString};
use rusty_attachments_model::manifest::Location;
use wasm_bindgen::prelude::*;

use crate::error::located_error;

/// Why a value is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Not of this kind.
    Kind(&'static str),
    /// Half of a surrogate pair has no UTF-8 form, so no manifest and no key can hold it.
    HalfAPair,
}

impl Wrong {
    /// The error to throw, for the argument or field at that place.
    pub(crate) fn at(self, location: &Location) -> JsValue {
        match self {
            Self::Kind(kind) => {
                located_error("argument-invalid", &format!("expected {kind}"), location)
            }
            Self::HalfAPair => located_error(
                "text-not-unicode",
                "the text holds half of a surrogate pair, which is no character",
                location,
            ),
        }
    }

    /// The error to throw, for an argument of that name.
    pub(crate) fn argument(name: &'static str) -> impl Fn(Self) -> JsValue {
        move |wrong| {
            wrong.at(&Location {
                entry: None,
                field: Some(name.into()),
            })
        }
    }
}

/// Reads a string, which may be any length.
pub(crate) fn text(value: &JsValue) -> Result<String, Wrong> {
    let text = value.as_string().ok_or(Wrong::Kind("a string"))?;
    // A half pair has become U+FFFD here; a true U+FFFD is rare enough to look twice.
    if text.contains('\u{FFFD}') && !value.unchecked_ref::<JsString>().is_well_formed() {
        return Err(Wrong::HalfAPair);
    }
    Ok(text)
}

/// Reads a number of bytes.
pub(crate) fn bytes(value: JsValue) -> Result<u64, Wrong> {
    u64::try_from(value).map_err(|_| Wrong::Kind("a bigint from 0n to 2n ** 64n - 1n"))
}

/// Reads a time.
pub(crate) fn microseconds(value: JsValue) -> Result<i64, Wrong> {
    i64::try_from(value).map_err(|_| Wrong::Kind("a bigint of at most 63 bits and a sign"))
}

/// Reads a truth value; one that is not given is false.
pub(crate) fn flag(value: &JsValue) -> Result<bool, Wrong> {
    if is_absent(value) {
        return Ok(false);
    }
    value.as_bool().ok_or(Wrong::Kind("true or false"))
}

/// Reads a list.
pub(crate) fn list(value: JsValue) -> Result<Array, Wrong> {
    // Also for an array of another frame, of which `instanceof` knows nothing.
    if Array::is_array(&value) {
        Ok(value.unchecked_into())
    } else {
        Err(Wrong::Kind("an array"))
    }
}

/// Reads a value that may be left out.
pub(crate) fn optional<T>(
    value: JsValue,
    read: impl FnOnce(JsValue) -> Result<T, Wrong>,
) -> Result<Option<T>, Wrong> {
    if is_absent(&value) {
        Ok(None)
    } else {
        read(value).map(Some)
    }
}

fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}
