//! Texts of any kind as paths and as targets of symlinks: none panics, and what is taken stays below
//! the asset root. Two texts, one in each line, are put in the order of a manifest.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use rusty_attachments_model::manifest::v2025_12_04_beta::SymlinkTarget;
use rusty_attachments_model::relative_path::manifest_order;
use rusty_attachments_model::{PathFormat, RelativePath};

fuzz_target!(|text: &str| {
    if let Ok(path) = RelativePath::parse(text) {
        assert_eq!(path.as_str(), text);
        assert!(
            Path::new(text)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
        );
        assert_eq!(path.check_below(PathFormat::Posix), Ok(()));
        assert_eq!(
            path.check_below(PathFormat::Windows).is_err(),
            text.contains('\\')
        );
    }
    if SymlinkTarget::parse(text).is_ok() {
        assert!(!leaves_the_root(Path::new(text)));
        assert!(!leaves_the_root(Path::new(&text.replace('\\', "/"))));
    }
    let (a, b) = text.split_once('\n').unwrap_or((text, ""));
    assert_eq!(manifest_order(a, b), a.encode_utf16().cmp(b.encode_utf16()));
});

fn leaves_the_root(target: &Path) -> bool {
    let mut depth = 0;
    target.components().any(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return true,
        }
        depth < 0
    })
}
