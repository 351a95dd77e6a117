//! The text form of all manifests: Python's `json.dumps(..., ensure_ascii=True)` without white space
//! (spec `manifests.md` 1.1), written straight into the output.

/// Appends a JSON string with its quotes; everything outside printable ASCII, and DEL, is escaped.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text;
    // Names are mostly plain: whole runs are copied at once.
    while let Some(end) = rest.bytes().position(needs_escape) {
        let (plain, tail) = rest.split_at(end);
        out.extend_from_slice(plain.as_bytes());
        let mut chars = tail.chars();
        if let Some(c) = chars.next() {
            write_escaped(out, c);
        }
        rest = chars.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn needs_escape(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\')
}

fn write_escaped(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\u{8}' => out.extend_from_slice(b"\\b"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\u{c}' => out.extend_from_slice(b"\\f"),
        '\r' => out.extend_from_slice(b"\\r"),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write_escape(out, *unit);
            }
        }
    }
}

fn write_escape(out: &mut Vec<u8>, unit: u16) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(HEX[usize::from((unit >> shift) & 0xF)]);
    }
}

/// Appends a whole number.
pub fn write_integer(out: &mut Vec<u8>, number: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A text as an ASCII-only JSON string, for header values.
///
/// # Panics
/// Never: everything written is ASCII.
#[must_use]
pub fn ascii_string(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    String::from_utf8(out).expect("the writer escapes everything but ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_python() {
        assert_eq!(ascii_string("a/'<>&\"\\"), r#""a/'<>&\"\\""#);
        assert_eq!(
            ascii_string("\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}"),
            r#""\b\t\n\f\r\u0000\u001f\u007f""#
        );
        assert_eq!(
            ascii_string("é\u{2028}\u{1F600}"),
            r#""\u00e9\u2028\ud83d\ude00""#
        );
    }

    #[test]
    fn numbers_are_plain_decimal() {
        let mut out = Vec::new();
        write_integer(&mut out, u64::MAX);
        write_integer(&mut out, i64::MIN);
        assert_eq!(out, b"18446744073709551615-9223372036854775808");
    }
}
