//! Reading the XML that S3 and STS answer with, element by element; never more than is needed of it.

use quick_xml::Reader;
use quick_xml::events::Event;

/// An element of an answer that has text or ends a group.
#[derive(Debug)]
pub struct Element<'a> {
    /// Names from the root down to this element, without name spaces.
    pub path: &'a [String],
    /// Its own text; empty for one that holds others.
    pub text: &'a str,
}

impl Element<'_> {
    /// Whether these are the last names of the path.
    #[must_use]
    pub fn is(&self, path: &[&str]) -> bool {
        self.path.len() >= path.len()
            && self
                .path
                .iter()
                .rev()
                .zip(path.iter().rev())
                .all(|(name, wanted)| name == wanted)
    }
}

/// How deep S3's answers nest, and some more: what is deeper is no answer of S3.
const DEEPEST: usize = 16;

/// Gives every element at its end. `true` if the document is whole: one root, closed.
pub fn read(body: &str, mut take: impl FnMut(Element<'_>)) -> bool {
    let mut reader = Reader::from_str(body);
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut roots = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                if path.len() > DEEPEST {
                    return false;
                }
            }
            Ok(Event::Text(piece)) => text.push_str(&piece),
            Ok(Event::GeneralRef(reference)) => text.push_str(match &*reference {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" | "#34" => "\"",
                "apos" => "'",
                _ => "",
            }),
            Ok(Event::End(_)) => {
                take(Element {
                    path: &path,
                    text: text.trim(),
                });
                path.pop();
                text.clear();
                roots += usize::from(path.is_empty());
            }
            Ok(Event::Empty(empty)) => {
                path.push(empty.local_name().as_ref().to_owned());
                take(Element {
                    path: &path,
                    text: "",
                });
                path.pop();
                roots += usize::from(path.is_empty());
            }
            Ok(Event::Eof) => return path.is_empty() && roots == 1,
            Err(_) => return false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> (bool, Vec<String>) {
        let mut found = Vec::new();
        let whole = read(body, |element| {
            found.push(format!("{}={}", element.path.join("/"), element.text));
        });
        (whole, found)
    }

    #[test]
    fn elements_come_with_their_path_and_their_text() {
        let (whole, found) =
            texts("<?xml version=\"1.0\"?>\n<a xmlns=\"x\"><b>1 &lt; 2</b><c/></a>");
        assert!(whole);
        assert_eq!(found, ["a/b=1 < 2", "a/c=", "a="]);
    }

    #[test]
    fn what_was_cut_off_is_not_whole() {
        for body in ["", "<a>", "<a><b>1</b>", "<a></b>", "plain", "<a/><b/>"] {
            assert!(!texts(body).0, "{body}");
        }
        assert!(!texts(&"<a>".repeat(100)).0);
    }
}
