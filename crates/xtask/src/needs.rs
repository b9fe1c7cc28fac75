//! What has to be installed: found, installed where that is possible, or told exactly.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::sh::{cargo, command, printed, run, which};

/// What Vite builds with: from these on, but not the odd versions between them.
const NODE: &str = "20.19, 22.12 or newer";
/// Names under which the browser is found.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Node and npm, new enough to build the page.
pub(crate) fn node() -> Result<()> {
    let Some(version) = printed(&mut command(".", "node", &["--version"])) else {
        bail!("Node is missing: install Node {NODE} (https://nodejs.org), with npm");
    };
    if !builds_the_page(&version) {
        bail!("Node {version} does not build the page: install Node {NODE} (https://nodejs.org)");
    }
    if printed(&mut command(".", "npm", &["--version"])).is_none() {
        bail!("npm is missing: it comes with Node, or as a package of its own (apt-get install npm)");
    }
    Ok(())
}

/// rustfmt and clippy.
pub(crate) fn rust_components() -> Result<()> {
    let missing: Vec<&str> =
        ["fmt", "clippy"].into_iter().filter(|tool| printed(&mut cargo(&[tool, "--version"])).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if which("rustup").is_none()
        || run(&mut command(".", "rustup", &["component", "add", "rustfmt", "clippy"])).is_err()
    {
        bail!("cargo {} is missing: run `rustup component add rustfmt clippy`", missing.join(" and cargo "));
    }
    Ok(())
}

/// Whether tests can be run by nextest, which runs them in processes of their own.
pub(crate) fn has_nextest() -> bool {
    printed(&mut cargo(&["nextest", "--version"])).is_some()
}

/// The browser for the page's tests. As root it is installed, from Debian's packages.
pub(crate) fn browser() -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        return Ok(given.into());
    }
    if let Some(found) = BROWSERS.into_iter().find_map(which) {
        return Ok(found);
    }
    let is_root = printed(&mut command(".", "id", &["-u"])).is_some_and(|id| id == "0");
    if is_root && which("apt-get").is_some() {
        install("chromium")?;
    }
    match BROWSERS.into_iter().find_map(which) {
        Some(found) => Ok(found),
        None => bail!(
            "Chromium is missing, which the page is tested in: run `sudo apt-get install chromium`, \
             or set CHROMIUM to a browser's path"
        ),
    }
}

/// Installs a Debian package; the list of packages is fetched only when it is missing or too old.
fn install(package: &str) -> Result<()> {
    let apt = |arguments: &[&str]| run(command(".", "apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"));
    let arguments = ["install", "--yes", "--no-install-recommends", package];
    apt(&arguments).or_else(|_| {
        apt(&["update"])?;
        apt(&arguments)
    })
}

fn builds_the_page(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_odd_versions_of_node_are_refused() {
        for (version, builds) in [
            ("v20.20.2", true),
            ("v20.19.0", true),
            ("v20.18.3", false),
            ("v18.20.0", false),
            ("v21.7.0", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.1.0", true),
            ("nonsense", false),
        ] {
            assert_eq!(builds_the_page(version), builds, "{version}");
        }
    }
}
