//! A folder like the ones artists submit: more than 300 files, with every kind of name and size
//! that has ever been trouble. The same bytes, names and times every time.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

/// Name of the folder.
pub(crate) const NAME: &str = "shot_010";

/// Time of the first file, in milliseconds since 1970. Browsers know times in whole milliseconds,
/// so these survive the way through one and the official client finds the same.
const FIRST_MTIME_MS: u64 = 1_700_000_000_123;
/// Distance between two files: about 21 minutes, odd in seconds and milliseconds.
const MTIME_STEP_MS: u64 = 1_234_567;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// One file to make.
struct DemoFile {
    /// Path below [`NAME`], joined by `/`.
    path: String,
    size: u64,
    /// Files of one size and seed have equal contents.
    seed: u64,
}

/// Makes the folder inside `parent`, which must exist, and returns its path.
pub(crate) fn make(parent: &Path) -> Result<PathBuf> {
    let root = parent.join(NAME);
    for (index, file) in (0..).zip(files()) {
        let path = root.join(&file.path);
        let written_at =
            SystemTime::UNIX_EPOCH + Duration::from_millis(FIRST_MTIME_MS + index * MTIME_STEP_MS);
        write(&path, &file, written_at)
            .with_context(|| format!("{} can't be made", path.display()))?;
    }
    Ok(root)
}

fn write(path: &Path, file: &DemoFile, written_at: SystemTime) -> Result<()> {
    fs::create_dir_all(path.parent().expect("every file is in the folder"))?;
    // `create_new`: on a file system that takes two of the names for one, this must not pass.
    let mut out = BufWriter::with_capacity(64 * 1024, File::create_new(path)?);
    let mut left = file.size;
    let mut state = file.seed;
    while left > 0 {
        let word = next_random(&mut state).to_le_bytes();
        let taken = word.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        out.write_all(&word[..taken])?;
        left -= taken as u64;
    }
    out.into_inner()?.set_modified(written_at)?;
    Ok(())
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

fn files() -> Vec<DemoFile> {
    let mut files = Vec::new();
    let mut add = |path: String, size, seed| files.push(DemoFile { path, size, seed });

    for version in 1..=12 {
        add(
            format!("scenes/layout/shot_010_layout_v{version:03}.ma"),
            40 * KIB + version * 17,
            version,
        );
    }
    for version in 1..=8 {
        add(
            format!("scenes/lighting/shot_010_lighting_v{version:03}.blend"),
            180 * KIB + version,
            100 + version,
        );
    }
    for frame in 1..=120 {
        add(
            format!("caches/fx/smoke/smoke.{frame:04}.vdb"),
            24 * KIB + frame * 101,
            1_000 + frame,
        );
    }
    for frame in 1..=48 {
        add(
            format!("caches/cloth/cape/v002/cape.{frame:04}.bgeo.sc"),
            3 * KIB + frame,
            2_000 + frame,
        );
    }
    for material in ["brick", "copper", "glass", "oak", "skin", "velvet"] {
        for channel in ["basecolor", "displacement", "normal", "roughness"] {
            for udim in 1001..=1004 {
                let seed = 3_000 + udim + (material.len() * 7 + channel.len()) as u64 * 10_000;
                add(
                    format!("textures/{material}/{material}_{channel}.{udim}.tx"),
                    12 * KIB + udim,
                    seed,
                );
            }
        }
    }
    for number in 1..=24 {
        add(
            format!("references/on set/IMG {number:03}.jpg"),
            9 * KIB + number * 3,
            4_000 + number,
        );
    }
    // The same contents under another name, as a published version of an asset is.
    for version in 1..=8 {
        let path = format!("publish/v{version:03}/lighting.blend");
        add(path, 180 * KIB + version, 100 + version);
    }
    // Larger than any piece in which a file is read or sent.
    add(
        "caches/crowd/crowd_main.abc".to_owned(),
        64 * MIB + 4_321,
        5_000,
    );
    // The border from which the official client sends a file in parts, and one byte less.
    add("caches/crowd/crowd_8mib.abc".to_owned(), 8 * MIB, 5_001);
    add(
        "caches/crowd/crowd_below_8mib.abc".to_owned(),
        8 * MIB - 1,
        5_002,
    );

    for (seed, path) in (6_000..).zip([
        "textures/caf\u{e9}/\u{e9}tain.png",
        "textures/caf\u{e9}/e\u{301}tain.png",
        "textures/cafe\u{301}/\u{e9}tain.png",
        "references/\u{65e5}\u{672c}\u{8a9e}/\u{7d20}\u{6750} 01.exr",
        "references/\u{65e5}\u{672c}\u{8a9e}/\u{30ac}.exr",
        "references/\u{65e5}\u{672c}\u{8a9e}/\u{30ab}\u{3099}.exr",
        // These two sort differently by code point and by UTF-16, which the manifest asks for.
        "notes/\u{1f3ac} dailies.txt",
        "notes/\u{ff21} list.txt",
        "notes/director's \"final\" notes.txt",
        "notes/50% & more #1 + [v2] {ok} $HOME;~.txt",
        "notes/two  spaces.txt",
        "notes/no_extension",
        ".project.json",
        "textures/.cache/index.db",
        // Sort before and after the folder `scenes/`.
        "scenes-old.txt",
        "scenes0.txt",
    ]) {
        add(path.to_owned(), 700 + seed, seed);
    }
    // One byte, and nothing at all, twice.
    add("notes/a".to_owned(), 1, 7_000);
    add("renders/.keep".to_owned(), 0, 0);
    add("logs/render.log".to_owned(), 0, 0);
    files
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn holds_what_the_demo_promises() {
        let files = files();
        assert!(files.len() >= 300, "{}", files.len());
        let paths: HashSet<_> = files.iter().map(|file| &file.path).collect();
        assert_eq!(paths.len(), files.len());
        assert!(files.iter().any(|file| file.size > 64 * MIB));
        assert!(files.iter().any(|file| file.size == 0));
        let contents: HashSet<_> = files.iter().map(|file| (file.size, file.seed)).collect();
        assert!(contents.len() < files.len());
        let total: u64 = files.iter().map(|file| file.size).sum();
        assert!(total < 120 * MIB, "{total}");
    }

    #[test]
    fn is_the_same_every_time_with_times_in_whole_milliseconds() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let small = DemoFile {
            path: "a/b".to_owned(),
            size: 70_001,
            seed: 9,
        };
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(FIRST_MTIME_MS + MTIME_STEP_MS);
        let read = |folder: &Path| {
            let path = folder.join(&small.path);
            write(&path, &small, time).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time);
            fs::read(path).unwrap()
        };
        let bytes = read(one.path());
        assert_eq!(bytes.len(), 70_001);
        assert_eq!(bytes, read(other.path()));
    }
}
