//! Where requests for a bucket go: AWS or an S3-compatible server, bucket in the host name or in
//! the path (spec `deadline-apis.md` 4).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::bucket::BucketName;
use crate::region::Region;
use crate::server_address::{AddressError, ServerAddress};

/// What SigV4 leaves unescaped in a path: unreserved characters, and `/` between key parts.
const KEY_ESCAPES: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// The address of one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: &'static str,
    /// Host and, where given, port.
    authority: String,
    /// Empty, or `/` and the bucket.
    base_path: String,
}

/// Why a text cannot be the address of an S3-compatible server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// `bucket.127.0.0.1` is no host name.
    #[error("this server needs the bucket in the path: switch path style on")]
    NeedsPathStyle,
}

impl Endpoint {
    /// The bucket at AWS. A bucket name with dots goes into the path, whatever is asked for.
    #[must_use]
    pub fn aws(region: &Region, bucket: &BucketName, path_style: bool) -> Self {
        let host = format!("s3.{region}.{}", region.aws_domain());
        Self::placed(
            "https",
            &host,
            bucket,
            path_style || !bucket.fits_host_name(),
        )
    }

    /// All addresses under which AWS has the bucket, the one of [`Endpoint::aws`] first: with the bucket in
    /// the host name and in the path, and both again with IPv6 ("dual-stack"). A browser opens six
    /// connections to each.
    #[must_use]
    pub fn aws_equivalents(region: &Region, bucket: &BucketName, path_style: bool) -> Vec<Self> {
        let own = Self::aws(region, bucket, path_style);
        let domain = region.aws_domain();
        let dual_stack = format!("s3.dualstack.{region}.{domain}");
        let in_path = !own.base_path.is_empty();
        let mut all = vec![own];
        if bucket.fits_host_name() {
            all.push(Self::aws(region, bucket, !in_path));
            all.push(Self::placed("https", &dual_stack, bucket, in_path));
            all.push(Self::placed("https", &dual_stack, bucket, !in_path));
        } else {
            all.push(Self::placed("https", &dual_stack, bucket, true));
        }
        all
    }

    /// The bucket at an S3-compatible server.
    ///
    /// # Errors
    /// The first rule that the address breaks.
    pub fn custom(
        address: &str,
        bucket: &BucketName,
        path_style: bool,
    ) -> Result<Self, EndpointError> {
        let server: ServerAddress = address.parse()?;
        let host = server.host();
        let is_number =
            host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !path_style && (is_number || !bucket.fits_host_name()) {
            return Err(EndpointError::NeedsPathStyle);
        }
        Ok(Self::placed(
            server.scheme(),
            server.authority(),
            bucket,
            path_style,
        ))
    }

    fn placed(
        scheme: &'static str,
        authority: &str,
        bucket: &BucketName,
        path_style: bool,
    ) -> Self {
        if path_style {
            Self {
                scheme,
                authority: authority.to_owned(),
                base_path: format!("/{bucket}"),
            }
        } else {
            Self {
                scheme,
                authority: format!("{bucket}.{authority}"),
                base_path: String::new(),
            }
        }
    }

    /// Address of the object with this key, percent-encoded as SigV4 wants it.
    #[must_use]
    pub fn object_url(&self, key: &str) -> String {
        let key = utf8_percent_encode(key, &KEY_ESCAPES);
        format!(
            "{}://{}{}/{key}",
            self.scheme, self.authority, self.base_path
        )
    }

    /// Host and port, for messages to people.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The match pattern of host permissions that covers this address and nothing else, with its
    /// port where it has one.
    #[must_use]
    pub fn origin_pattern(&self) -> String {
        format!("{}://{}/*", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str) -> BucketName {
        name.parse().unwrap()
    }

    #[test]
    fn aws_has_a_bucket_under_four_addresses_and_one_with_dots_under_two() {
        let region: Region = "us-west-2".parse().unwrap();
        let urls = |name, path_style| {
            let all = Endpoint::aws_equivalents(&region, &bucket(name), path_style);
            all.iter()
                .map(|one| one.object_url("k"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            urls("studio", false),
            [
                "https://studio.s3.us-west-2.amazonaws.com/k",
                "https://s3.us-west-2.amazonaws.com/studio/k",
                "https://studio.s3.dualstack.us-west-2.amazonaws.com/k",
                "https://s3.dualstack.us-west-2.amazonaws.com/studio/k",
            ]
        );
        assert_eq!(
            urls("studio", true)[0],
            "https://s3.us-west-2.amazonaws.com/studio/k"
        );
        assert_eq!(urls("my.studio", false).len(), 2);
    }

    #[test]
    fn aws_has_the_bucket_in_the_host_unless_its_name_has_dots() {
        let region: Region = "us-west-2".parse().unwrap();
        let url = |name, path_style| {
            Endpoint::aws(&region, &bucket(name), path_style).object_url("D/Data/x")
        };
        assert_eq!(
            url("studio", false),
            "https://studio.s3.us-west-2.amazonaws.com/D/Data/x"
        );
        assert_eq!(
            url("studio", true),
            "https://s3.us-west-2.amazonaws.com/studio/D/Data/x"
        );
        assert_eq!(
            url("a.b", false),
            "https://s3.us-west-2.amazonaws.com/a.b/D/Data/x"
        );
    }

    #[test]
    fn a_server_of_the_studio_is_taken_with_its_port() {
        let endpoint = Endpoint::custom("http://127.0.0.1:8333", &bucket("lab"), true).unwrap();
        assert_eq!(
            endpoint.object_url("a b/é+c"),
            "http://127.0.0.1:8333/lab/a%20b/%C3%A9%2Bc"
        );
        assert_eq!(endpoint.origin_pattern(), "http://127.0.0.1:8333/*");
        let named = Endpoint::custom("https://S3.example.com", &bucket("lab"), false).unwrap();
        assert_eq!(named.object_url("k"), "https://lab.s3.example.com/k");
        assert_eq!(named.origin_pattern(), "https://lab.s3.example.com/*");
    }

    #[test]
    fn addresses_that_leak_or_cannot_work_are_refused() {
        use AddressError as E;
        let needs_path_style = EndpointError::NeedsPathStyle;
        for (address, path_style, error) in [
            ("", true, E::NotAnAddress.into()),
            ("s3.example.com", true, E::NotAnAddress.into()),
            ("ftp://s3.example.com", true, E::NotAnAddress.into()),
            (
                "https://s3.example.com/sub",
                true,
                E::MoreThanAddress.into(),
            ),
            (
                "https://s3.example.com/?a=b",
                true,
                E::MoreThanAddress.into(),
            ),
            (
                "https://me:pw@s3.example.com",
                true,
                E::MoreThanAddress.into(),
            ),
            ("http://s3.example.com", true, E::Unencrypted.into()),
            ("http://127.0.0.1.evil.com", true, E::Unencrypted.into()),
            ("http://127.0.0.1:8333", false, needs_path_style),
        ] {
            assert_eq!(
                Endpoint::custom(address, &bucket("lab"), path_style),
                Err(error),
                "{address}"
            );
        }
        assert_eq!(
            Endpoint::custom("https://s3.example.com", &bucket("a.b"), false),
            Err(needs_path_style)
        );
    }
}
