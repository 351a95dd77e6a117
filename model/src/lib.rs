//! The rules of job attachments: what a manifest may hold, which key a content gets, how an asset
//! root is written, what a profile must say.
//!
//! Decides: formats, keys, names, paths. Must not know: JavaScript, network, files, clocks.
//! Everything that comes from outside is parsed once into a type of its own ([`RelativePath`],
//! [`ContentHash`], [`FarmId`], ...) and never checked again.
//!
//! Start reading at [`manifest`] (the JSON documents), [`s3_layout`] (keys) and [`profile`]
//! (what an upload needs to know).

#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

pub mod account_id;
pub mod asset_root;
pub mod attachments;
pub mod bucket;
pub mod chunks;
pub mod endpoint;
pub mod grouping;
pub mod hash;
pub mod ids;
pub mod json_text;
pub mod location_name;
pub mod manifest;
pub mod profile;
pub mod region;
pub mod relative_path;
pub mod resource_name;
pub mod s3_layout;
pub mod server_address;
pub mod storage_profile;

pub use account_id::AccountId;
pub use asset_root::{AssetRoot, PathFormat};
pub use bucket::{BucketName, RootPrefix};
pub use endpoint::Endpoint;
pub use hash::{ContentHash, ContentHasher};
pub use ids::{FarmId, QueueId, StorageProfileId};
pub use location_name::LocationName;
pub use profile::Profile;
pub use region::Region;
pub use relative_path::{PathError, RelativePath};
pub use resource_name::resource_name;
pub use server_address::ServerAddress;
pub use storage_profile::{FileSystemLocation, LocationKind, OsFamily, StorageProfile};
