//! Which files belong to an upload: include and exclude patterns over paths below the asset root.
//!
//! A pattern is what people type: `*.tmp`, `cache`, `textures/**/*.exr`.
//! - `*` and `?` stand for characters of one name, `[abc]` and `[!abc]` for one of them or none of them; `**` between
//!   slashes stands for any folders.
//! - It may begin at any folder of a path. With a slash in front it begins at the asset root.
//! - What matches a folder matches all that is in it; with a slash at its end it matches folders only.
//! - `A` to `Z` are `a` to `z`: names come from Windows as well, and whoever types `*.jpg` means `A.JPG` too. Other
//!   letters are compared as they are.

use glob::{MatchOptions, Pattern};

use crate::not_taken::WhyNotTaken;

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Include and exclude patterns. The default takes everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patterns {
    include: Vec<OnePattern>,
    exclude: Vec<OnePattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct OnePattern {
    pattern: Pattern,
    only_folders: bool,
}

/// Why a pattern cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// Nothing is left without its slashes.
    #[error("there is no name in it")]
    Empty,
    /// `**` beside other characters, or more than two stars in a row.
    #[error("** stands for whole folders, so it has to stand alone between slashes")]
    Stars,
    /// `[` without `]`, or nothing between them.
    #[error("[ begins a list of characters that does not end")]
    Bracket,
}

impl PatternFault {
    /// Stable name, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "pattern-empty",
            Self::Stars => "pattern-stars",
            Self::Bracket => "pattern-bracket",
        }
    }
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern {pattern} cannot be read at character {position}: {fault}")]
pub struct PatternError {
    /// As it was given.
    pub pattern: String,
    /// Which character of it is wrong, from 1.
    pub position: usize,
    /// What is wrong there.
    pub fault: PatternFault,
}

impl Patterns {
    /// Reads patterns. Without any in `include` every file is included; `exclude` has the last word.
    ///
    /// # Errors
    /// The first pattern that cannot be read.
    pub fn parse<T: AsRef<str>>(include: &[T], exclude: &[T]) -> Result<Self, PatternError> {
        let read = |texts: &[T]| {
            let patterns = texts.iter().map(|text| OnePattern::parse(text.as_ref()));
            patterns.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            include: read(include)?,
            exclude: read(exclude)?,
        })
    }

    /// The patterns in a text that a person has typed: one in a line, or several with commas. A comma between brackets
    /// belongs to its pattern: `a[,]b` is the name `a,b`.
    #[must_use]
    pub fn split(typed: &str) -> Vec<String> {
        let mut patterns = Vec::new();
        for line in typed.lines() {
            let (mut begin, mut at) = (0, 0);
            while let Some(letter) = line[at..].chars().next() {
                if letter == ',' {
                    patterns.push(&line[begin..at]);
                    begin = at + 1;
                }
                let list = (letter == '[').then(|| list_length(&line[at..]));
                at += list.flatten().unwrap_or(letter.len_utf8());
            }
            patterns.push(&line[begin..]);
        }
        let patterns = patterns.into_iter().map(str::trim);
        let named = patterns.filter(|pattern| !pattern.is_empty());
        named.map(str::to_owned).collect()
    }

    /// Whether a path belongs to the upload.
    #[must_use]
    pub fn take(&self, path: &str) -> bool {
        self.leaves_out(path).is_none()
    }

    /// Why a path does not belong to the upload; `None` if it does.
    pub(crate) fn leaves_out(&self, path: &str) -> Option<WhyNotTaken> {
        let is_among = |patterns: &[OnePattern]| patterns.iter().any(|one| one.matches(path));
        if is_among(&self.exclude) {
            Some(WhyNotTaken::Excluded)
        } else if !self.include.is_empty() && !is_among(&self.include) {
            Some(WhyNotTaken::NotIncluded)
        } else {
            None
        }
    }
}

impl OnePattern {
    fn parse(text: &str) -> Result<Self, PatternError> {
        let error = |position, fault| PatternError {
            pattern: text.to_owned(),
            position,
            fault,
        };
        let names = text.trim_matches('/');
        if names.is_empty() {
            return Err(error(1, PatternFault::Empty));
        }
        let begins_at_root = text.starts_with('/') || names.starts_with("**/");
        let prefix = if begins_at_root { "" } else { "**/" };
        let pattern = Pattern::new(&format!("{prefix}{names}")).map_err(|told| {
            let slashes = text.chars().take_while(|letter| *letter == '/').count();
            let index = (told.pos + slashes).saturating_sub(prefix.len());
            match text.chars().nth(index) {
                Some('[') => error(index + 1, PatternFault::Bracket),
                _ => error(wrong_stars(text) + 1, PatternFault::Stars),
            }
        })?;
        Ok(Self {
            pattern,
            only_folders: text.ends_with('/'),
        })
    }

    /// Whether it matches the path, or a folder that the path lies in.
    fn matches(&self, path: &str) -> bool {
        let is_it = |path: &str| self.pattern.matches_with(path, OPTIONS);
        (!self.only_folders && is_it(path))
            || path.match_indices('/').any(|(end, _)| is_it(&path[..end]))
    }
}

/// How many bytes a list of characters takes that begins here, with its brackets; nothing where it does not end.
fn list_length(from: &str) -> Option<usize> {
    let first = if from.starts_with("[!") { 2 } else { 1 };
    // A bracket that comes first is one of the characters.
    let skipped = first + from[first..].chars().next()?.len_utf8();
    Some(skipped + from[skipped..].find(']')? + 1)
}

/// Where two stars stand that are no name of their own, in characters from 0.
fn wrong_stars(text: &str) -> usize {
    let mut begin = 0;
    for name in text.split('/') {
        if name != "**"
            && let Some((before, _)) = name.split_once("**")
        {
            return begin + before.chars().count();
        }
        begin += name.chars().count() + 1;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        OnePattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn a_pattern_begins_at_any_folder() {
        assert!(matches("*.tmp", "a.tmp"));
        assert!(matches("*.tmp", "shot/deep/er/a.tmp"));
        assert!(!matches("*.tmp", "shot/a.tmp.exr"));
        assert!(matches("tex/*.exr", "shot/tex/a.exr"));
        assert!(!matches("tex/*.exr", "shot/tex/old/a.exr"));
        assert!(!matches("tex/*.exr", "shot/vertex/a.exr"));
        assert!(matches("/shot/*.exr", "shot/a.exr"));
        assert!(!matches("/tex/*.exr", "shot/tex/a.exr"));
    }

    #[test]
    fn wildcards_stay_within_a_name_and_two_stars_go_through_folders() {
        assert!(!matches("/shot*", "a/shot"));
        assert!(matches("/a?c", "abc"));
        assert!(!matches("/a?c", "a/c"));
        assert!(matches("shot/**/*.exr", "shot/a.exr"));
        assert!(matches("shot/**/*.exr", "shot/x/y/a.exr"));
        assert!(matches("**/x/**", "shot/x/y/a.exr"));
        assert!(matches("v[0-9].exr", "s/v7.exr"));
        assert!(!matches("v[!0-9].exr", "s/v7.exr"));
        assert!(matches("[[]a].exr", "s/[a].exr"));
        assert!(matches("*", ".hidden"));
        assert!(matches("?.txt", "ä.txt"));
    }

    #[test]
    fn what_matches_a_folder_matches_all_in_it() {
        assert!(matches("cache", "shot/cache/a/b.bin"));
        assert!(matches("cache", "shot/cache"));
        assert!(matches("cache/", "shot/cache/a"));
        assert!(!matches("cache/", "shot/cache"));
        assert!(!matches("cache", "shot/cached/a"));
    }

    #[test]
    fn a_text_is_split_at_lines_and_commas_but_not_between_brackets() {
        assert_eq!(
            Patterns::split(" *.tmp, cache\r\n\n,a b ,"),
            ["*.tmp", "cache", "a b"]
        );
        assert_eq!(Patterns::split("a[,]b, [!,x].exr"), ["a[,]b", "[!,x].exr"]);
        assert_eq!(Patterns::split("[],]a, ä[[,]"), ["[],]a", "ä[[,]"]);
        assert_eq!(Patterns::split("[a, b\nc], d"), ["[a", "b", "c]", "d"]);
        assert_eq!(Patterns::split("a["), ["a["]);
        assert_eq!(Patterns::split(" \n,"), [""; 0]);
        assert!(matches("a[,]b", "shot/a,b"));
    }

    #[test]
    fn latin_letters_have_no_case() {
        assert!(matches("*.JPG", "a.jpg"));
        assert!(matches("*.jpg", "A.JPG"));
        assert!(matches("[a-c].x", "B.X"));
        assert!(!matches("ä", "Ä"));
    }

    #[test]
    fn exclude_has_the_last_word_and_no_include_means_all() {
        let patterns = |include: &[&str], exclude: &[&str]| {
            let read = Patterns::parse(include, exclude);
            move |path: &str| read.clone().unwrap().leaves_out(path)
        };
        let both = patterns(&["*.exr", "*.blend"], &["old"]);
        assert_eq!(both("s/a.exr"), None);
        assert_eq!(both("s/a.blend"), None);
        assert_eq!(both("s/a.txt"), Some(WhyNotTaken::NotIncluded));
        assert_eq!(both("s/old/a.exr"), Some(WhyNotTaken::Excluded));
        assert_eq!(both("s/old/a.txt"), Some(WhyNotTaken::Excluded));
        assert_eq!(patterns(&[], &[])("s/a"), None);
        assert_eq!(patterns(&[], &["*"])("s/a"), Some(WhyNotTaken::Excluded));
    }

    #[test]
    fn a_pattern_that_cannot_be_read_says_where() {
        let told = |text: &str| {
            let error = Patterns::parse(&[], &[text]).unwrap_err();
            (error.fault.code(), error.position)
        };
        assert_eq!(told(""), ("pattern-empty", 1));
        assert_eq!(told("//"), ("pattern-empty", 1));
        assert_eq!(told("a[b"), ("pattern-bracket", 2));
        assert_eq!(told("/ä/[b"), ("pattern-bracket", 4));
        assert_eq!(told("a**"), ("pattern-stars", 2));
        assert_eq!(told("**/ä***/b"), ("pattern-stars", 5));
        assert_eq!(told("**/[]"), ("pattern-bracket", 4));
        let error = Patterns::parse(&["ok", "[x"], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the pattern [x cannot be read at character 1: [ begins a list of characters that does not end"
        );
    }

    /// A matcher that goes back for each star would take for ever here.
    #[test]
    fn many_stars_end_soon() {
        let pattern = format!("{}b", "*a".repeat(40));
        let path = "a".repeat(4_000);
        let begun = std::time::Instant::now();
        assert!(!matches(&pattern, &path));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
        let folders = format!("{}b", "**/a/".repeat(20));
        let deep = "a/".repeat(200);
        assert!(!matches(&folders, &format!("{deep}a")));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
