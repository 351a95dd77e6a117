//! What an upload has to know beforehand.

use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::s3_layout::{ManifestGuid, S3Layout};
use rusty_attachments_model::{AssetRoot, FileSystemLocation, LocationName};

use crate::features::Checksums;
use crate::parts::USUAL_PART;

/// Where an upload goes and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Keys in the bucket.
    pub layout: S3Layout,
    /// The folder on the farm that the files lie below.
    pub asset_root: AssetRoot,
    /// The places of the storage profile that the files lie in; none without one.
    pub locations: Vec<FileSystemLocation>,
    /// The manifest at the end; without one, only content is sent.
    pub manifest: Option<ManifestSettings>,
    /// Bucket, for messages to people.
    pub bucket: String,
    /// Host and port of the server, for messages to people.
    pub server: String,
    /// Account that owns the bucket, 12 digits, where it is known: S3 refuses every other one.
    pub expected_owner: Option<String>,
    /// How much happens at once.
    pub limits: Limits,
    /// Do not ask what the store holds before sending. What it holds is still not overwritten.
    pub skip_existence_check: bool,
    /// Whether there is a journal: without one nothing is looked up or remembered.
    pub has_journal: bool,
    /// What an earlier run has learned of the server.
    pub checksums: Option<Checksums>,
    /// Bytes each second of an earlier upload to this store, for estimates before anything has left.
    pub earlier_speed: Option<u64>,
    /// Read files and ask the store, but send nothing before [`Event::Begin`](crate::Event::Begin).
    pub hold_until_begin: bool,
    /// For jitter and samples; any number.
    pub seed: u64,
}

/// The manifest of an upload.
#[derive(Debug, Clone)]
pub struct ManifestSettings {
    /// Random, new for each upload. Those of further manifests are made of it.
    pub guid: ManifestGuid,
    /// How it is written. Decides also whether large files are cut into chunks.
    pub format: ManifestFormat,
    /// Of a LOCAL location that the asset root is, where no location of the settings says so.
    pub location_name: Option<LocationName>,
    /// What the job will write to.
    pub output_directories: OutputDirectories,
}

/// The formats that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestFormat {
    /// The only one that released workers read (decision D1).
    V2023_03_03,
    /// A draft that cuts files above 256 MiB into chunks; no released worker reads it.
    V2025_12_04Beta,
}

/// How much happens at once, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Readings, at least 1.
    pub hash_lanes: usize,
    /// Requests, at least 1.
    pub requests: usize,
    /// Requests to one address, at least 1: the connections that the driver opens to it.
    pub requests_per_host: usize,
    /// Bytes of bodies under way; one body may always be. Also bounds what is read into memory.
    pub bytes_in_flight: u64,
    /// Bytes of bodies each second, on average; none: as fast as it goes.
    pub bandwidth: Option<u64>,
    /// Equivalent addresses of the store, at least 1; the first one is the profile's own.
    pub hosts: u8,
}

/// Most files that are read at once: beyond that a disk gets slower, not faster.
const MOST_HASH_LANES: usize = 4;
/// Browsers open six HTTP/1.1 connections to a host; more requests would only wait.
const REQUESTS_PER_HOST: usize = 6;

impl Limits {
    /// For a machine with so many logical processors, as browsers tell it.
    #[must_use]
    pub fn for_processors(processors: u32) -> Self {
        Self {
            hash_lanes: (processors as usize).clamp(1, MOST_HASH_LANES),
            requests: REQUESTS_PER_HOST,
            requests_per_host: REQUESTS_PER_HOST,
            bytes_in_flight: bytes_in_flight(REQUESTS_PER_HOST),
            bandwidth: None,
            hosts: 1,
        }
    }

    /// For a driver that opens so many connections to an address.
    #[must_use]
    pub fn with_requests_per_host(self, requests_per_host: usize) -> Self {
        let requests_per_host = requests_per_host.max(1);
        Self {
            requests_per_host,
            ..self
        }
        .with_hosts(self.hosts)
    }

    /// With so many equivalent addresses.
    #[must_use]
    pub fn with_hosts(self, hosts: u8) -> Self {
        let hosts = hosts.max(1);
        Self { hosts, ..self }.with_requests(self.requests_per_host * usize::from(hosts))
    }

    /// With so many requests, as far as there are connections for them.
    #[must_use]
    pub fn with_requests(self, requests: usize) -> Self {
        let requests = requests.max(1);
        let connections = self.requests_per_host * usize::from(self.hosts);
        Self {
            requests,
            bytes_in_flight: bytes_in_flight(requests.min(connections)),
            ..self
        }
    }
}

/// A part of the usual size for each connection, or for as many as a browser opens.
fn bytes_in_flight(connections: usize) -> u64 {
    USUAL_PART * connections.max(REQUESTS_PER_HOST) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_lane_and_never_a_crowd() {
        let hash = |processors| Limits::for_processors(processors).hash_lanes;
        assert_eq!([0, 1, 3, 64].map(hash), [1, 1, 3, 4]);
    }

    #[test]
    fn every_address_brings_its_own_connections() {
        let limits = Limits::for_processors(1);
        assert_eq!(limits.with_hosts(4).requests, 24);
        assert_eq!(limits.with_hosts(4).bytes_in_flight, 384 << 20);
        assert_eq!(limits.with_hosts(0), limits);
    }

    #[test]
    fn bytes_in_flight_are_for_the_connections_that_are_used() {
        let limits = Limits::for_processors(1);
        assert_eq!(limits.bytes_in_flight, 96 << 20);
        assert_eq!(limits.with_requests(64).bytes_in_flight, 96 << 20);
        let many = limits.with_requests_per_host(50);
        assert_eq!((many.requests, many.requests_per_host), (50, 50));
        assert_eq!(many.with_requests(4).bytes_in_flight, 96 << 20);
        assert_eq!(many.with_requests(10).bytes_in_flight, 160 << 20);
    }
}
