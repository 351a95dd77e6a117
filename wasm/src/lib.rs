//! JavaScript bindings of the model and transfer crates.
//!
//! Decides nothing: each file binds one part, turns JavaScript values into the crates' own types and
//! back. Sizes and times are `bigint` in JavaScript. Start reading at the file named like the thing.

// A part may use less of what all share than the whole.
#![cfg_attr(
    not(all(
        feature = "manifests",
        feature = "signing",
        feature = "storage",
        feature = "engine"
    )),
    allow(dead_code)
)]

mod argument;
#[cfg(feature = "storage")]
pub mod attachments;
#[cfg(feature = "manifests")]
pub mod cas;
#[cfg(feature = "manifests")]
pub mod entries;
pub mod error;
pub mod hasher;
#[cfg(any(feature = "signing", feature = "engine"))]
pub mod headers;
#[cfg(feature = "manifests")]
pub mod manifest;
#[cfg(any(feature = "signing", feature = "engine"))]
pub mod profile;
#[cfg(feature = "engine")]
pub mod resource_name;
#[cfg(feature = "storage")]
pub mod s3_location;
#[cfg(feature = "signing")]
pub mod signer;
#[cfg(feature = "engine")]
pub mod upload;
