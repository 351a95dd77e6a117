//! What a server can do. S3 can do all of it; others are recognised by their answers.

/// What a server does with `x-amz-checksum-xxhash128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksums {
    /// Compares it with the bytes it gets and refuses others.
    Verified,
    /// Takes the header and does not look at it.
    Ignored,
    /// Refuses requests that have it.
    Refused,
}

/// How sure it is that an object's bytes are those of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// The server has compared them with the hash in the key.
    ByServer,
    /// The server says that the object has the right size.
    BySize,
    /// Nobody has looked: it was sent to a server that does not compare, or seen in an earlier run.
    NotVerified,
}
