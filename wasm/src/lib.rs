//! JavaScript bindings of the model and transfer crates.
//!
//! Decides nothing: each file binds one part, turns JavaScript values into the crates' own types and
//! back. Sizes and times are `bigint` in JavaScript. Start reading at the file named like the thing.

mod argument;
pub mod attachments;
pub mod cas;
pub mod entries;
pub mod error;
pub mod hasher;
pub mod manifest;
pub mod profile;
pub mod s3_location;
pub mod signer;
pub mod upload;
