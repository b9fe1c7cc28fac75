//! Builds, then becomes the server.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::Result;

use crate::build;

/// Runs `papo serve` in place of this process, so that Ctrl+C and signals reach it and nobody else.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let program = build::all()?;
    let error = Command::new(&program).arg("serve").args(arguments).exec();
    Err(anyhow::Error::new(error).context(format!("{} cannot be started", program.display())))
}
