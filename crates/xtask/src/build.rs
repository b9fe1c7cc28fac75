//! The web page, and the program with the page in it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::needs;
use crate::sh::{cargo, command, papo, root, run};

/// A copy of the lock file that `web/node_modules` was installed from.
const STAMP: &str = "web/node_modules/.installed-lock.json";

/// Builds both. Gives the program's path.
pub(crate) fn all() -> Result<PathBuf> {
    page()?;
    run(&mut cargo(&["build", "--release", "--package", "papo"]))?;
    let program = papo("release");
    println!("\nThe program, with the page in it: {}", program.display());
    Ok(program)
}

/// Builds the page into `web/dist`.
pub(crate) fn page() -> Result<()> {
    install_page_tools()?;
    run(&mut command("web", "npm", &["run", "build"]))
}

/// Installs what the page is built with, unless that is there already from the same lock file.
pub(crate) fn install_page_tools() -> Result<()> {
    needs::node()?;
    let lock = fs::read(root().join("web/package-lock.json")).context("web/package-lock.json cannot be read")?;
    let stamp = root().join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(&mut command("web", "npm", &["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))
}
