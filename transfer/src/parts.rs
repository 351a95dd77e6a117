//! How an object is cut for a multipart upload, within S3's limits (S3 user guide, "Amazon S3
//! multipart upload limits"; spec `s3-layout.md` 4).

/// Objects above this size go up in parts, in bytes. Below, one request is quicker than the three
/// more that parts need.
pub const MULTIPART_ABOVE: u64 = 32 << 20;
/// Bytes of a part, mostly: small enough that an interruption costs little, large enough that the
/// requests do not count.
pub(crate) const USUAL_PART: u64 = 16 << 20;
/// Most parts of an object.
pub const MOST_PARTS: u64 = 10_000;
/// The largest part, in bytes.
const LARGEST_PART: u64 = 5 << 30;
/// The largest body of one PUT, in bytes.
pub const LARGEST_PUT: u64 = 5 << 30;
/// The largest object, in bytes: 48.8 TiB.
pub const LARGEST_OBJECT: u64 = MOST_PARTS * LARGEST_PART;
/// Part sizes are whole mebibytes.
const STEP: u64 = 1 << 20;

/// Bytes of each part but the last of an object of `size` bytes; `None` for one that needs no parts.
/// The same size always gives the same parts, so that a later run can go on with an earlier one's.
#[must_use]
pub fn part_size(size: u64) -> Option<u64> {
    (size > MULTIPART_ABOVE)
        .then(|| USUAL_PART.max(size.div_ceil(MOST_PARTS).next_multiple_of(STEP)))
}

/// How many parts of `part_size` bytes cover `size` bytes, and how long the one with this index is.
pub(crate) fn part_count(size: u64, part_size: u64) -> usize {
    usize::try_from(size.div_ceil(part_size)).unwrap_or(usize::MAX)
}

/// First byte and length of the part with this index, from 0.
pub(crate) fn part_range(size: u64, part_size: u64, index: usize) -> (u64, u64) {
    let offset = index as u64 * part_size;
    (offset, part_size.min(size.saturating_sub(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_object_within_the_limits_of_s3() {
        for size in [
            MULTIPART_ABOVE + 1,
            1 << 30,
            MOST_PARTS * USUAL_PART,
            MOST_PARTS * USUAL_PART + 1,
            5 << 40,
            LARGEST_OBJECT - 1,
            LARGEST_OBJECT,
        ] {
            let part = part_size(size).unwrap();
            assert!(((5 << 20)..=LARGEST_PART).contains(&part), "{size}");
            let count = part_count(size, part);
            assert!(count as u64 <= MOST_PARTS, "{size}");
            let (offset, length) = part_range(size, part, count - 1);
            assert_eq!(offset + length, size);
            assert!(length > 0);
        }
    }

    #[test]
    fn small_objects_are_not_cut() {
        assert_eq!(part_size(0), None);
        assert_eq!(part_size(MULTIPART_ABOVE), None);
        assert_eq!(part_size(MULTIPART_ABOVE + 1), Some(USUAL_PART));
    }
}
