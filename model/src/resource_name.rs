//! The name that a resource of the web gets as a file: from what its server says, else from its address.
//!
//! Both are written by strangers. What comes out is one name, good on Windows, macOS and Linux, that looks
//! like what it is: no separators, no control characters, nothing invisible, no device of Windows (Microsoft,
//! "Naming Files, Paths, and Namespaces"; RFC 6266 section 4.3 says what a receiver has to take out).

use percent_encoding::percent_decode_str;

/// Bytes of the longest name: file systems take 255, and workers may put something before or after it.
const MAX_BYTES: usize = 200;
/// Bytes of the longest ending that is kept when a name is cut.
const MAX_ENDING_BYTES: usize = 16;
/// The name where nothing else is left of one.
const FALLBACK: &str = "resource";

/// Endings for media types, where neither server nor address has one.
const ENDINGS: [(&str, &str); 22] = [
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/xhtml+xml", "html"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("audio/webm", "weba"),
    ("image/avif", "avif"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tiff"),
    ("image/webp", "webp"),
    ("image/x-exr", "exr"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
];

/// The name for what was fetched.
///
/// `said` is the file name of its `Content-Disposition`, already decoded; empty if there is none. `address` is its
/// URL, of which the last part of the path counts; `media_type` is its `Content-Type`, which gives an ending where the
/// name has none.
#[must_use]
pub fn resource_name(said: &str, address: &str, media_type: &str) -> String {
    let name = [cleaned(said), cleaned(&last_of_path(address))]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| FALLBACK.to_owned());
    let name = match ending_for(media_type) {
        Some(ending) if ending_of(&name).is_none() => format!("{name}.{ending}"),
        _ => name,
    };
    not_a_device(shortened(name))
}

/// The last part of the path of an address of the web, unescaped once; empty where it has none.
fn last_of_path(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return String::new();
    };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return String::new();
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let Some((_, path)) = rest.split_once('/') else {
        return String::new();
    };
    let last = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

/// One name out of a text by a stranger; empty if nothing is left.
fn cleaned(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|&character| !is_hidden(character))
        .map(|character| match character {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            // Every other white space looks like this one.
            character if character.is_whitespace() => ' ',
            character => character,
        })
        .collect();
    // Windows takes dots and blanks from the end; a dot at the beginning hides a file elsewhere.
    name.trim_start_matches([' ', '.'])
        .trim_end_matches([' ', '.'])
        .to_owned()
}

/// Control characters, and all that is invisible or changes how its neighbours are laid out. The joiners U+200C and
/// U+200D stay: scripts and emoji need them.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e01ef}')
}

/// The ending of a name without its dot, if it looks like one.
fn ending_of(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_one = !stem.is_empty()
        && !ending.is_empty()
        && ending.len() <= MAX_ENDING_BYTES
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(ending)
}

fn ending_for(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    ENDINGS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(essence))
        .map(|&(_, ending)| ending)
}

/// The name with its ending, in no more bytes than file systems take.
fn shortened(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let ending = ending_of(&name).map_or(String::new(), |ending| format!(".{ending}"));
    let stem = &name[..name.floor_char_boundary(MAX_BYTES - ending.len())];
    format!("{}{ending}", stem.trim_end_matches([' ', '.']))
}

/// Windows opens a device for these names, whatever their ending and its case.
fn not_a_device(name: String) -> String {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let upper = stem.to_uppercase();
    let is_numbered = |device: &str| {
        upper.strip_prefix(device).is_some_and(|number| {
            matches!(
                number,
                "0" | "1"
                    | "2"
                    | "3"
                    | "4"
                    | "5"
                    | "6"
                    | "7"
                    | "8"
                    | "9"
                    | "\u{b9}"
                    | "\u{b2}"
                    | "\u{b3}"
            )
        })
    };
    let is_device = matches!(
        upper.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || is_numbered("COM")
        || is_numbered("LPT");
    if is_device { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::RelativePath;

    const PAGE: &str = "https://example.com/shots/plate%20010.exr?size=full#top";

    #[test]
    fn the_server_names_it_before_the_address_does() {
        assert_eq!(
            resource_name("final plate.exr", PAGE, ""),
            "final plate.exr"
        );
        assert_eq!(resource_name("", PAGE, ""), "plate 010.exr");
    }

    #[test]
    fn folders_are_never_part_of_it() {
        assert_eq!(resource_name("../../etc/passwd", PAGE, ""), "passwd");
        assert_eq!(resource_name("..\\..\\boot.ini", PAGE, ""), "boot.ini");
        assert_eq!(resource_name("C:\\x\\", "https://e.com/a.png", ""), "a.png");
        assert_eq!(
            resource_name("", "https://e.com/a/..%2F..%2Fb.png", ""),
            "b.png"
        );
        assert_eq!(resource_name("", "https://e.com/%2e%2e", ""), "resource");
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        assert_eq!(
            resource_name("shot\u{202e}gpj.exe", PAGE, ""),
            "shotgpj.exe"
        );
        assert_eq!(
            resource_name("a\0b\r\nc\u{7f}\u{85}.txt", PAGE, ""),
            "abc.txt"
        );
        assert_eq!(
            resource_name("\u{200b}\u{feff}\u{2066}", "https://e.com/", ""),
            "resource"
        );
        assert_eq!(
            resource_name("a\u{a0}b\u{3000}c.txt", PAGE, ""),
            "a b c.txt"
        );
    }

    #[test]
    fn what_windows_forbids_is_written_otherwise() {
        assert_eq!(
            resource_name("a<b>c:d\"e|f?g*.txt", PAGE, ""),
            "a_b_c_d_e_f_g_.txt"
        );
        assert_eq!(resource_name("name. . .", PAGE, ""), "name");
        for (device, safe) in [
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("LPT\u{b2}.log", "_LPT\u{b2}.log"),
            ("aux .exr", "_aux .exr"),
            ("conout$", "_conout$"),
            ("com10", "com10"),
            ("console.txt", "console.txt"),
        ] {
            assert_eq!(resource_name(device, PAGE, ""), safe);
        }
    }

    #[test]
    fn a_hidden_file_becomes_a_seen_one() {
        assert_eq!(resource_name(".bashrc", PAGE, ""), "bashrc");
        assert_eq!(resource_name("...", "https://e.com/..x", ""), "x");
    }

    #[test]
    fn an_ending_comes_from_the_media_type_where_there_is_none() {
        assert_eq!(
            resource_name("", "https://e.com/img", "image/PNG; q=1"),
            "img.png"
        );
        assert_eq!(
            resource_name("", "https://e.com/", "text/html;charset=utf-8"),
            "resource.html"
        );
        assert_eq!(
            resource_name("", "https://e.com/a.php", "image/png"),
            "a.php"
        );
        assert_eq!(
            resource_name("v1.2 final", PAGE, "image/png"),
            "v1.2 final.png"
        );
        assert_eq!(
            resource_name("", "https://e.com/img", "application/x-odd"),
            "img"
        );
    }

    #[test]
    fn only_addresses_of_the_web_name_anything() {
        assert_eq!(
            resource_name("", "data:image/png;base64,AAAA/BBBB", "image/png"),
            "resource.png"
        );
        assert_eq!(
            resource_name("", "blob:https://e.com/0f0f", "image/png"),
            "resource.png"
        );
        assert_eq!(
            resource_name("", "https://example.com", "text/html"),
            "resource.html"
        );
        assert_eq!(resource_name("", "", ""), "resource");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = resource_name(&format!("{}.exr", "ä".repeat(300)), PAGE, "");
        assert_eq!(name, format!("{}.exr", "ä".repeat(98)));
    }

    proptest! {
        #[test]
        fn it_always_is_one_good_name(said in "\\PC*|[\\x00-\\x7f]*|.{0,400}", address in "https://[a-z/%.]*|.*", media in ".*") {
            let name = resource_name(&said, &address, &media);
            prop_assert!(RelativePath::parse(name.as_str()).is_ok(), "{name:?}");
            prop_assert!(name.len() <= MAX_BYTES + 1);
            prop_assert!(!name.contains(['/', '\\', ':', '\0']));
            prop_assert!(!name.chars().any(is_hidden));
            // What is good stays as it is.
            prop_assert_eq!(resource_name(&name, "", ""), name);
        }
    }
}
