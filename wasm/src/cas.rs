//! CAS keys and chunks for JavaScript.

use js_sys::{Array, Object};
use rusty_attachments_model::ContentHash;
use rusty_attachments_model::chunks;
use rusty_attachments_model::hash::HASH_ALGORITHM;
use rusty_attachments_model::s3_layout;
use wasm_bindgen::prelude::*;

use crate::argument::{Wrong, bytes, optional, text};
use crate::error::attachment_error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The one hash algorithm of job attachments. */
export type HashAlgorithm = "xxh128";

/** What a CAS key says. */
export interface CasKey {
    /** 32 lower-case hex digits. */
    readonly hash: string;
    /** What the hash was made by. */
    readonly algorithm: HashAlgorithm;
}

/** One piece of a file of more than 256 MiB. */
export interface ChunkInfo {
    /** Position among the file's chunks, from 0. */
    readonly index: number;
    /** First byte. */
    readonly offset: bigint;
    /** Bytes; 0n only for an empty file. */
    readonly length: bigint;
}
"#;

#[wasm_bindgen]
extern "C" {
    type Fields;
    #[wasm_bindgen(method, setter, structural)]
    fn set_hash(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_algorithm(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_index(this: &Fields, value: u32);
    #[wasm_bindgen(method, setter, structural)]
    fn set_offset(this: &Fields, value: u64);
    #[wasm_bindgen(method, setter, structural)]
    fn set_length(this: &Fields, value: u64);
}

fn new_fields() -> Fields {
    Object::new().unchecked_into()
}

/// The name of a content object: `{hash}.xxh128`. The full key has `{rootPrefix}/Data/` before it.
///
/// @param hash 32 lower-case hex digits, of a file's bytes or a chunk's.
/// @throws `hash-invalid`, `hash-algorithm-unknown`, `argument-invalid`
#[wasm_bindgen(js_name = casKey)]
#[allow(clippy::needless_pass_by_value)] // JavaScript hands over its references.
pub fn cas_key(
    #[wasm_bindgen(unchecked_param_type = "string")] hash: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "HashAlgorithm")] algorithm: JsValue,
) -> Result<String, JsValue> {
    let algorithm =
        optional(algorithm, |value| text(&value)).map_err(Wrong::argument("algorithm"))?;
    if let Some(name) = algorithm.filter(|name| name != HASH_ALGORITHM) {
        let message = format!("hash algorithm {name} is not supported, only {HASH_ALGORITHM}");
        return Err(attachment_error("hash-algorithm-unknown", &message));
    }
    let hash = text(&hash).map_err(Wrong::argument("hash"))?;
    let hash: ContentHash = hash
        .parse()
        .map_err(|error| attachment_error("hash-invalid", &format!("{error}")))?;
    Ok(s3_layout::cas_key(hash))
}

/// What the name of a content object says; `null` for everything that `casKey` does not give.
#[wasm_bindgen(js_name = parseCasKey, unchecked_return_type = "CasKey | null")]
#[must_use]
#[allow(clippy::needless_pass_by_value)]
pub fn parse_cas_key(#[wasm_bindgen(unchecked_param_type = "string")] key: JsValue) -> JsValue {
    let hash = text(&key)
        .ok()
        .and_then(|key| s3_layout::parse_cas_key(&key));
    let Some(hash) = hash else {
        return JsValue::NULL;
    };
    let fields = new_fields();
    fields.set_hash(&hash.to_string());
    fields.set_algorithm(HASH_ALGORITHM);
    fields.into()
}

/// Whether a file of so many bytes is cut in format 2025-12-04-beta: more than `CHUNK_SIZE_V2`.
///
/// @throws `argument-invalid`
#[wasm_bindgen(js_name = needsChunking)]
pub fn needs_chunking(
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
) -> Result<bool, JsValue> {
    let size = bytes(size).map_err(Wrong::argument("size"))?;
    Ok(chunks::needs_chunking(size))
}

/// How many chunks cover so many bytes; 1 for an empty file.
///
/// @throws `argument-invalid`
#[wasm_bindgen(js_name = expectedChunkCount)]
pub fn expected_chunk_count(
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
) -> Result<f64, JsValue> {
    let size = bytes(size).map_err(Wrong::argument("size"))?;
    // At most 2^36, which a double holds exactly.
    #[allow(clippy::cast_precision_loss)]
    Ok(chunks::expected_chunk_count(size) as f64)
}

/// All chunks of a file of so many bytes, in file order; one for a file that is not cut.
///
/// @throws `file-too-large` beyond 256 TiB, `argument-invalid`
#[wasm_bindgen(js_name = calculateChunks, unchecked_return_type = "ChunkInfo[]")]
pub fn calculate_chunks(
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
) -> Result<Array, JsValue> {
    let size = bytes(size).map_err(Wrong::argument("size"))?;
    let chunks = chunks::chunks(size)
        .map_err(|error| attachment_error("file-too-large", &error.to_string()))?;
    Ok(chunks
        .map(|chunk| {
            let fields = new_fields();
            fields.set_index(chunk.index);
            fields.set_offset(chunk.offset);
            fields.set_length(chunk.length);
            fields
        })
        .collect())
}
