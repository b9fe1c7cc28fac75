//! Programs that are run, where they are run, and what they are told.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The folder of the whole project.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().nth(2).expect("invariant: crates/xtask lies two folders deep").to_owned()
}

/// Where cargo leaves what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        // Relative to where the developer stands, as cargo understands it.
        Some(given) => std::path::absolute(&given).unwrap_or_else(|_| given.into()),
        None => root().join("target"),
    }
}

/// The program as cargo leaves it in a profile's folder.
pub(crate) fn papo(profile_folder: &str) -> PathBuf {
    target().join(profile_folder).join(format!("papo{}", std::env::consts::EXE_SUFFIX))
}

/// A command in a folder of the project.
pub(crate) fn command(folder: impl AsRef<Path>, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root().join(folder)).args(arguments).stdin(Stdio::null());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(".", cargo, arguments);
    command.env("CARGO_TARGET_DIR", target());
    command
}

/// Runs a command to its end, its output shown; failing is an error that names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("{line} cannot be started"))?;
    if !status.success() {
        bail!("{line} failed ({status})");
    }
    Ok(())
}

/// Runs a command and gives what it printed; `None` when it cannot be started or fails.
pub(crate) fn printed(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program is found, as a shell would.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        assert!(run(&mut command(".", "true", &[])).is_ok());
        let error = run(&mut command(".", "sh", &["-c", "exit 3"])).expect_err("it fails");
        assert!(error.to_string().starts_with("sh -c exit 3 failed"), "{error}");
        assert!(run(&mut command(".", "no-such-program-here", &[])).is_err());
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("crates/xtask/src/sh.rs").is_file());
    }
}
