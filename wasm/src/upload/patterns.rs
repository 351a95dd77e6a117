//! Include and exclude patterns.

use rusty_attachments_transfer as transfer;
use serde::Serialize;
use transfer::Patterns;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::error::{attachment_error, write};

/// A pattern that cannot be read.
#[derive(Serialize, Tsify)]
pub struct PatternFault {
    /// Stable.
    #[tsify(type = "'pattern-empty' | 'pattern-stars' | 'pattern-bracket'")]
    code: &'static str,
    /// Which character is wrong, from 1.
    position: usize,
    /// What is wrong, as a sentence with the pattern in it.
    message: String,
}

/// What is wrong with an include or exclude pattern; nothing for a good one.
///
/// # Errors
/// None in practice: every fault has a JavaScript form.
#[wasm_bindgen(js_name = checkPattern)]
pub fn check_pattern(pattern: &str) -> Result<Option<Ts<PatternFault>>, JsValue> {
    let error = Patterns::parse(&[], &[pattern]).err();
    let fault = error.map(|error| PatternFault {
        code: error.fault.code(),
        position: error.position,
        message: error.to_string(),
    });
    fault.map(|fault| write(&fault)).transpose()
}

/// The include or exclude patterns in a text: one in a line, or several with commas. A comma between brackets belongs to
/// its pattern: `a[,]b` is the name `a,b`.
#[must_use]
#[wasm_bindgen(js_name = splitPatterns)]
pub fn split_patterns(typed: &str) -> Vec<String> {
    Patterns::split(typed)
}

pub(super) fn parse(include: &[String], exclude: &[String]) -> Result<Patterns, JsValue> {
    Patterns::parse(include, exclude)
        .map_err(|error| attachment_error(error.fault.code(), &error.to_string()))
}
