//! A section of `~/.aws/credentials`.

use super::error::PastedError;
use super::found::Found;

/// Nothing for a text of another form: the names of a profile are written in lower case.
pub(super) fn read(text: &str) -> Result<Option<Found>, PastedError> {
    let mut found = Found::default();
    let mut sections_with_keys = 0;
    let mut section_has_keys = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') && line.ends_with(']') {
            section_has_keys = false;
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim();
        if name.chars().any(|letter| letter.is_ascii_uppercase()) || !found.take(name, value.trim())
        {
            continue;
        }
        if !section_has_keys {
            section_has_keys = true;
            sections_with_keys += 1;
        }
    }
    if sections_with_keys > 1 {
        return Err(PastedError::Several);
    }
    Ok(found.has_any().then_some(found))
}
