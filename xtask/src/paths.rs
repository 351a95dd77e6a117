//! Where things are in the checkout.

use std::path::{Path, PathBuf};

/// Top folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the repository's top folder")
}

/// Where everything made at run time goes; git ignores it.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// The built extension, as Chromium loads it.
pub(crate) fn chrome_extension() -> PathBuf {
    target().join("extension/chrome")
}

/// A program that `npm ci` installed.
pub(crate) fn node_bin(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// A program in the project's Python environment.
pub(crate) fn venv_bin(name: &str) -> PathBuf {
    target().join("venv/bin").join(name)
}
