//! The built extension in headless Chromium behind the strict gateway: real faults, real endings of browser parts.

use anyhow::Result;

use crate::build::{self, Mode};
use crate::run::minutes;
use crate::vitest::Vitest;
use crate::{gateway, seaweed, setup};

/// Runs tests/faults-e2e/.
pub(crate) fn check() -> Result<()> {
    setup::chromium()?;
    build::extension(Mode::Release)?;
    gateway::build()?;
    seaweed::with_server(|store| Vitest::new("faults").store(store)?.run(minutes(20)))
}
