//! Reading JSON of any kind into the form of a document, with the place of an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use super::error::{EntryList, Fault, Location, ManifestError};

/// Deepest nesting of brackets; the formats themselves need four, unknown keys may hold more.
const MAX_DEPTH: usize = 128;

/// Characters of a parser's message that are kept: it may quote the document.
const MAX_MESSAGE: usize = 200;

/// Reads a document.
///
/// The text is read a second time, with the place noted, only after it has failed once.
pub(super) fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ManifestError> {
    serde_json::from_str(text).map_err(|_| locate::<T>(text))
}

fn locate<'a, T: Deserialize<'a>>(text: &'a str) -> ManifestError {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(error) => ManifestError {
            location: location(error.path()),
            fault: malformed(&error.inner().to_string()),
        },
        Ok(_) => {
            let message = match json.end() {
                Err(error) => error.to_string(),
                Ok(()) => String::from("it was read once, but not twice"),
            };
            malformed(&message).into()
        }
    }
}

fn malformed(message: &str) -> Fault {
    match message.char_indices().nth(MAX_MESSAGE) {
        None => Fault::Malformed(message.to_owned()),
        Some((end, _)) => Fault::Malformed(format!("{}…", &message[..end])),
    }
}

/// The field, or the entry and the field, that a path ends at. Which list it is, the reader of the
/// list knows.
fn location(path: &serde_path_to_error::Path) -> Location {
    let mut location = Location::default();
    for segment in path {
        match segment {
            Segment::Map { key } => location.field = Some(key.as_str().into()),
            Segment::Seq { index } if location == Location::default() => {
                location.entry = Some((EntryList::Paths, *index));
            }
            Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    location
}

/// Refuses brackets within brackets beyond [`MAX_DEPTH`]: the parser skips unknown keys at any depth.
pub(super) fn check_nesting(text: &str) -> Result<(), ManifestError> {
    let mut depth = 0_usize;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Fault::NestedTooDeep.into());
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    Ok(())
}

fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

/// Reads a list and judges each entry as it arrives, so that their raw form is never held all at once.
///
/// `judge` gets an entry's index and its raw form.
pub(super) fn read_list<'a, R: Deserialize<'a>, T>(
    raw: &'a RawValue,
    list: EntryList,
    judge: impl FnMut(usize, R) -> Result<T, ManifestError>,
) -> Result<Vec<T>, ManifestError> {
    let mut reader = ListReader {
        judge,
        entries: Vec::new(),
        refusal: None,
        raw: PhantomData,
    };
    let read = serde_json::Deserializer::from_str(raw.get()).deserialize_seq(&mut reader);
    match (reader.refusal, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(reader.entries),
        (None, Err(_)) => Err(locate_in_list::<R>(raw.get(), list)),
    }
}

fn locate_in_list<'a, R: Deserialize<'a>>(text: &'a str, list: EntryList) -> ManifestError {
    let mut error = locate::<Dropped<R>>(text);
    if let Fault::Malformed(message) = &mut error.fault
        && let Some(end) = message.rfind(" at line ")
    {
        // It counts from the beginning of the list.
        message.truncate(end);
    }
    error.location = match error.location.entry {
        Some((_, index)) => Location {
            entry: Some((list, index)),
            field: error.location.field,
        },
        None => Location {
            entry: None,
            field: Some(list.as_str().into()),
        },
    };
    error
}

struct ListReader<R, T, J> {
    judge: J,
    entries: Vec<T>,
    refusal: Option<ManifestError>,
    raw: PhantomData<R>,
}

impl<'de, R, T, J> Visitor<'de> for &mut ListReader<R, T, J>
where
    R: Deserialize<'de>,
    J: FnMut(usize, R) -> Result<T, ManifestError>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut raw: A) -> Result<(), A::Error> {
        while let Some(item) = raw.next_element::<R>()? {
            match (self.judge)(self.entries.len(), item) {
                Ok(entry) => self.entries.push(entry),
                Err(error) => {
                    self.refusal = Some(error);
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// A list that is read for its errors only.
struct Dropped<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Dropped<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut reader = ListReader {
            judge: |_, _: R| Ok(()),
            entries: Vec::new(),
            refusal: None,
            raw: PhantomData,
        };
        deserializer.deserialize_seq(&mut reader)?;
        Ok(Self(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = format!(r#"{{"a":"{}\"[","b":[]}}"#, "[".repeat(1000));
        assert_eq!(check_nesting(&text), Ok(()));
    }

    #[test]
    fn depth_is_that_of_open_brackets() {
        assert_eq!(check_nesting(&"[]".repeat(1000)), Ok(()));
        assert_eq!(check_nesting(&"{".repeat(128)), Ok(()));
        let error = check_nesting(&"[".repeat(129)).unwrap_err();
        assert_eq!(error.code(), "manifest-nested-too-deep");
    }
}
