//! `cargo xtask package`: what the stores take, the same bytes from the same source.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use ignore::WalkBuilder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::build::{self, Mode};
use crate::paths::{node_bin, root, target};
use crate::run::{heading, minutes, run};

/// Most bytes of a browser's zip; `docs/packages.md` tells why it is not 400,000.
const MOST_BYTES: u64 = 660_000;
/// The deflate of zopfli, 15 rounds: some percent smaller than zlib's, for half a minute of work.
const SMALLEST: i64 = 24;
/// The deflate of zlib at its best. Nobody downloads the sources to use the extension.
const QUICK: i64 = 9;

/// A zip file, and the folder that it is made of.
struct Archive {
    name: &'static str,
    folder: PathBuf,
}

impl Archive {
    fn path(&self) -> PathBuf {
        packages().join(self.name)
    }
}

/// What is made: for each browser a zip, and the sources, which Mozilla's reviewers build themselves.
fn archives() -> [Archive; 3] {
    let built = target().join("extension");
    [
        Archive {
            name: "attachments-chrome.zip",
            folder: built.join("chrome"),
        },
        Archive {
            name: "attachments-firefox.zip",
            folder: built.join("firefox"),
        },
        Archive {
            name: "attachments-sources.zip",
            folder: root().to_owned(),
        },
    ]
}

fn packages() -> PathBuf {
    target().join("package")
}

/// Builds the extension and packs it into target/package/.
pub(crate) fn package() -> Result<()> {
    build::extension(Mode::Release)?;
    heading("Pack the extension");
    fs::create_dir_all(packages())?;
    let [chrome, firefox, sources] = &archives();
    for (archive, level, packed) in [
        (chrome, SMALLEST, None),
        // Most of it is the same, and the module alone takes a quarter of a minute.
        (firefox, SMALLEST, Some(chrome)),
        (sources, QUICK, None),
    ] {
        let bytes = pack(archive, level, packed)
            .with_context(|| format!("{} can't be packed", archive.name))?;
        println!("{bytes:>9} bytes  {}", archive.path().display());
    }
    Ok(())
}

/// Fails unless the packages are what the stores take, and the same again from the sources in them.
pub(crate) fn check() -> Result<()> {
    package()?;
    lint()?;
    let [chrome, firefox, sources] = archives();
    for browser in [&chrome, &firefox] {
        let bytes = fs::metadata(browser.path())?.len();
        if bytes > MOST_BYTES {
            bail!(
                "{} has {bytes} bytes: more than {MOST_BYTES}.",
                browser.name
            );
        }
    }
    heading("Build the packages again, from the sources zip alone");
    let again = target().join("from-sources");
    unpack(&sources.path(), &again)?;
    let mut cargo = Command::new("cargo");
    build::in_workspace(&mut cargo)
        .current_dir(&again)
        .env_remove("CARGO_TARGET_DIR")
        .args(["xtask", "package"]);
    run(&mut cargo, minutes(25))?;
    for archive in [chrome, firefox, sources] {
        let rebuilt = again.join("target/package").join(archive.name);
        if fs::read(archive.path())? != fs::read(&rebuilt)? {
            bail!(
                "{} differs from {}: the build depends on more than its source.",
                archive.path().display(),
                rebuilt.display()
            );
        }
    }
    Ok(())
}

/// Mozilla's linter: no errors and no warnings.
fn lint() -> Result<()> {
    heading("Lint the packages");
    let mut web_ext = Command::new(node_bin("web-ext"));
    web_ext
        .args(["lint", "--warnings-as-errors", "--no-config-discovery"])
        .arg("--source-dir")
        .arg(target().join("extension/firefox"));
    run(&mut web_ext, minutes(5))
}

/// Packs a folder without what git ignores, in the order of names, with one date for all. What `packed` holds under the
/// same name with the same bytes comes from there, compressed as it is. Gives the bytes of the zip.
fn pack(archive: &Archive, level: i64, packed: Option<&Archive>) -> Result<u64> {
    let folder = archive.folder.as_path();
    let mut packed = match packed {
        Some(packed) => Some(ZipArchive::new(File::open(packed.path())?)?),
        None => None,
    };
    let mut files = Vec::new();
    // A folder in target/ is ignored itself; what is packed of it lies in no git repository of its own.
    let is_source = folder == root();
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .git_ignore(is_source)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.path().strip_prefix(folder)?.to_owned());
        }
    }
    files.sort();
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        // The first moment that the format knows.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let deflated = stored
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level));
    let mut zip = ZipWriter::new(File::create(archive.path())?);
    for file in files {
        let name = file.to_str().context("a name is not Unicode")?;
        let content = fs::read(folder.join(&file))?;
        if let Some(packed) = &mut packed
            && holds(packed, name, &content)?
        {
            zip.raw_copy_file(packed.by_name(name)?)?;
            continue;
        }
        // It is compressed already; trying all the same would take a minute.
        let is_picture = file
            .extension()
            .is_some_and(|extension| extension == "webp");
        zip.start_file(name, if is_picture { stored } else { deflated })?;
        zip.write_all(&content)?;
    }
    let file = zip.finish()?;
    Ok(file.metadata()?.len())
}

/// Whether there is a file of this name with these bytes.
fn holds(zip: &mut ZipArchive<File>, name: &str, content: &[u8]) -> Result<bool> {
    let Some(index) = zip.index_for_name(name) else {
        return Ok(false);
    };
    let mut bytes = Vec::new();
    zip.by_index(index)?.read_to_end(&mut bytes)?;
    Ok(bytes == content)
}

/// Unpacks over what is left of the time before, so that not everything has to be compiled again.
fn unpack(zip: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(to).into_iter().flatten() {
        let path = entry?.path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("target" | "node_modules") => {}
            _ if path.is_dir() => fs::remove_dir_all(&path)?,
            _ => fs::remove_file(&path)?,
        }
    }
    ZipArchive::new(File::open(zip)?)?.extract(to)?;
    Ok(())
}
