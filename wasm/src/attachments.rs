//! The `attachments` of CreateJob for JavaScript.

use js_sys::JSON;
use rusty_attachments_model::attachments::{Attachments, AttachmentsError};
use wasm_bindgen::prelude::*;

use crate::argument::{Wrong, text};
use crate::error::attachment_error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The `attachments` of CreateJob: what a job gets to see of its files. */
export interface AttachmentsJson {
    /** The asset roots, 1 to 10. */
    readonly manifests: readonly ManifestProperties[];
    /** How workers get the files: copied before a task runs, the default, or fetched when they are read. */
    readonly fileSystem?: "COPIED" | "VIRTUAL";
}

/** One asset root of a job. */
export interface ManifestProperties {
    /** Absolute path of 1 to 1024 characters, as the submitting machine spells it. */
    readonly rootPath: string;
    /** How it is spelled; macOS and Linux are `posix`. */
    readonly rootPathFormat: "posix" | "windows";
    /** 1 to 64 ASCII letters, digits and spaces; only for a LOCAL location of a storage profile. */
    readonly fileSystemLocationName?: string;
    /** Key of the input manifest below `{rootPrefix}/Manifests/`, at most 512 characters; not the full key. */
    readonly inputManifestPath?: string;
    /** Hash of the manifest's text: 32 lower-case hex digits; there together with the path. */
    readonly inputManifestHash?: string;
    /** Folders that the job writes to, below the asset root in its spelling, at most 100; the root itself is `.`. */
    readonly outputRelativeDirectories?: readonly string[];
}
"#;

/// The JSON text that CreateJob takes, indented for people. Every field is judged first.
///
/// @throws `attachments-invalid`, whose message names the field
#[wasm_bindgen(js_name = encodeAttachments)]
#[allow(clippy::needless_pass_by_value)] // JavaScript hands over its references.
pub fn encode_attachments(
    #[wasm_bindgen(unchecked_param_type = "AttachmentsJson")] attachments: JsValue,
) -> Result<String, JsValue> {
    let json = JSON::stringify(&attachments)
        .ok()
        // Not every value has a JSON form.
        .and_then(|json| JsValue::from(json).as_string())
        .ok_or_else(|| Wrong::argument("attachments")(Wrong::Kind("job attachments")))?;
    judged(&json).map(|attachments| attachments.to_json())
}

/// Reads what `encodeAttachments` or the official client wrote, or GetJob answers. Fields that are
/// not known are left out.
///
/// @throws `attachments-invalid`, whose message names the field; `argument-invalid`, `text-not-unicode`
#[wasm_bindgen(js_name = parseAttachments, unchecked_return_type = "AttachmentsJson")]
#[allow(clippy::needless_pass_by_value)]
pub fn parse_attachments(
    #[wasm_bindgen(unchecked_param_type = "string")] json: JsValue,
) -> Result<JsValue, JsValue> {
    let json = text(&json).map_err(Wrong::argument("json"))?;
    JSON::parse(&judged(&json)?.to_json())
}

fn judged(json: &str) -> Result<Attachments, JsValue> {
    Attachments::parse(json).map_err(|error: AttachmentsError| {
        attachment_error("attachments-invalid", &error.to_string())
    })
}
