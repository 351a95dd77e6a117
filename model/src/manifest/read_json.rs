//! Reading JSON of any kind piece by piece, each piece as text until somebody asks for its value, so
//! that every error has its place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::{EntryList, Fault, Location, ManifestError};

/// Deepest nesting of brackets; the formats themselves need four, unknown keys may hold more.
const MAX_DEPTH: usize = 128;

/// Characters of a parser's message that are kept: it may quote the document.
const MAX_MESSAGE: usize = 200;

/// What is wrong with an object or one of its fields.
#[derive(Debug)]
pub(super) struct Misread {
    fault: Fault,
    /// Absent where it is the object as a whole.
    field: Option<&'static str>,
}

impl Misread {
    /// As an error of that entry.
    pub(super) fn at(self, list: EntryList, index: usize) -> ManifestError {
        self.place(Some((list, index)))
    }

    /// As an error of the document.
    pub(super) fn in_document(self) -> ManifestError {
        self.place(None)
    }

    /// As an error of the field whose object this is about.
    pub(super) fn inside(self, outer: Field<'_>) -> Self {
        outer.misread(self.of_a_piece().fault)
    }

    fn of_a_piece(mut self) -> Self {
        if let Fault::Malformed(message) = &mut self.fault {
            message.truncate(without_place(message).len());
        }
        self
    }

    fn place(self, entry: Option<(EntryList, usize)>) -> ManifestError {
        ManifestError {
            fault: self.fault,
            location: Location {
                entry,
                field: self.field.map(Into::into),
            },
        }
    }
}

/// One of an object's fields: its name, and its text if the object has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    name: &'static str,
    text: Option<&'a RawValue>,
}

impl<'a> Field<'a> {
    /// The text of a field that must be there.
    pub(super) fn raw(self) -> Result<&'a RawValue, Misread> {
        self.text.ok_or_else(|| Misread {
            fault: malformed(&format!("missing field `{}`", self.name)),
            field: None,
        })
    }

    /// The text of a field that may be left out.
    pub(super) fn optional_raw(self) -> Option<&'a RawValue> {
        self.text
    }

    /// The same field, left out if it is `null`.
    pub(super) fn unless_null(self) -> Option<Self> {
        self.text.filter(|text| text.get() != "null").map(|_| self)
    }

    /// A string.
    pub(super) fn text(self) -> Result<Cow<'a, str>, Misread> {
        self.read::<Text<'a>>().map(|text| text.0)
    }

    /// A list of strings.
    pub(super) fn texts(self) -> Result<Vec<Cow<'a, str>>, Misread> {
        let texts = self.read::<Vec<Text<'a>>>()?;
        Ok(texts.into_iter().map(|text| text.0).collect())
    }

    /// A number of bytes.
    pub(super) fn bytes(self) -> Result<u64, Misread> {
        self.read()
    }

    /// A time.
    pub(super) fn microseconds(self) -> Result<i64, Misread> {
        self.read()
    }

    /// True or false; false where it is left out.
    pub(super) fn flag(self) -> Result<bool, Misread> {
        match self.text {
            None => Ok(false),
            Some(_) => self.read(),
        }
    }

    /// The fields of an object that stands in this field; an error in it is one of this field.
    pub(super) fn object<const N: usize>(
        self,
        names: [&'static str; N],
    ) -> Result<[Self; N], Misread> {
        read_object(self.raw()?.get(), names).map_err(|error| error.inside(self))
    }

    /// An error of this field.
    pub(super) fn misread(self, fault: Fault) -> Misread {
        Misread {
            fault,
            field: Some(self.name),
        }
    }

    fn read<T: Deserialize<'a>>(self) -> Result<T, Misread> {
        serde_json::from_str(self.raw()?.get())
            .map_err(|error| self.misread(malformed(without_place(&error.to_string()))))
    }
}

/// Borrows where the string has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The named fields of an object. Unknown keys are skipped, a known one that is there twice is an error.
pub(super) fn read_object<'a, const N: usize>(
    text: &'a str,
    names: [&'static str; N],
) -> Result<[Field<'a>; N], Misread> {
    let mut fields = names.map(|name| Field { name, text: None });
    fill(text, &mut fields).map_err(|error| Misread {
        fault: malformed(&error.to_string()),
        field: None,
    })?;
    Ok(fields)
}

fn fill<'a>(text: &'a str, fields: &mut [Field<'a>]) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(ObjectReader(fields))?;
    json.end()
}

struct ObjectReader<'f, 'a>(&'f mut [Field<'a>]);

impl<'a> Visitor<'a> for ObjectReader<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(position) = object.next_key_seed(Position(self.0))? {
            let Some(field) = position.map(|position| &mut self.0[position]) else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            if field.text.is_some() {
                return Err(A::Error::custom(format_args!(
                    "duplicate field `{}`",
                    field.name
                )));
            }
            field.text = Some(object.next_value()?);
        }
        Ok(())
    }
}

/// Finds a key among the names without keeping it.
struct Position<'f, 'a>(&'f [Field<'a>]);

impl<'de> DeserializeSeed<'de> for Position<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Option<usize>, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Position<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|field| field.name == key))
    }
}

fn malformed(message: &str) -> Fault {
    match message.char_indices().nth(MAX_MESSAGE) {
        None => Fault::Malformed(message.to_owned()),
        Some((end, _)) => Fault::Malformed(format!("{}…", &message[..end])),
    }
}

/// A parser counts lines and columns from the beginning of the piece, which nobody sees.
fn without_place(message: &str) -> &str {
    message
        .rfind(" at line ")
        .map_or(message, |end| &message[..end])
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
/// `judge` gets an entry's index and its fields with these names.
pub(super) fn read_list<'a, const N: usize, T>(
    field: Field<'a>,
    list: EntryList,
    names: [&'static str; N],
    mut judge: impl FnMut(usize, [Field<'a>; N]) -> Result<T, ManifestError>,
) -> Result<Vec<T>, ManifestError> {
    let mut entries = Vec::new();
    let mut refusal = None;
    let text = field.raw().map_err(Misread::in_document)?.get();
    let mut take = |raw: &'a RawValue| {
        let index = entries.len();
        let entry = read_object(raw.get(), names)
            .map_err(|error| error.of_a_piece().at(list, index))
            .and_then(|fields| judge(index, fields));
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => refusal = Some(error),
        }
        refusal.is_none()
    };
    let read = serde_json::Deserializer::from_str(text).deserialize_seq(ListReader(&mut take));
    match (refusal, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(entries),
        (None, Err(error)) => {
            let fault = malformed(without_place(&error.to_string()));
            Err(field.misread(fault).in_document())
        }
    }
}

/// Gives each element away until it is told to stop.
struct ListReader<'f, 'a>(&'f mut dyn FnMut(&'a RawValue) -> bool);

impl<'a> Visitor<'a> for ListReader<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element()? {
            if !(self.0)(element) {
                return Ok(());
            }
        }
        Ok(())
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
