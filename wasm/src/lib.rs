//! JavaScript bindings of the model, transfer and accounts crates.
//!
//! Decides nothing: each file binds one part, turns JavaScript values into the crates' own types and
//! back. Sizes and times are `bigint` in JavaScript. Start reading at the file named like the thing.

// A part may use less of what all share than the whole.
#![cfg_attr(
    not(all(
        feature = "manifests",
        feature = "signing",
        feature = "storage",
        feature = "engine",
        feature = "accounts",
        feature = "connection"
    )),
    allow(dead_code)
)]

#[cfg(feature = "accounts")]
pub mod accounts;
mod argument;
#[cfg(feature = "storage")]
pub mod attachments;
#[cfg(feature = "manifests")]
pub mod cas;
#[cfg(feature = "connection")]
pub mod connection_check;
#[cfg(feature = "manifests")]
pub mod entries;
pub mod error;
pub mod hasher;
#[cfg(any(feature = "signing", feature = "engine"))]
pub mod headers;
#[cfg(feature = "manifests")]
pub mod manifest;
#[cfg(feature = "engine")]
pub mod profile;
#[cfg(feature = "engine")]
pub mod resource_name;
#[cfg(feature = "storage")]
pub mod s3_location;
#[cfg(feature = "signing")]
pub mod signer;
#[cfg(any(feature = "engine", feature = "accounts"))]
pub mod storage_profile;
#[cfg(feature = "signing")]
pub mod store_place;
#[cfg(feature = "engine")]
pub mod upload;
mod wiping_allocator;

#[global_allocator]
static ALLOCATOR: wiping_allocator::WipingAllocator = wiping_allocator::WipingAllocator;
