//! `papo bridge`.

use std::process::ExitCode;

use clap::ArgMatches;
use papo_proto::Lang;

pub(crate) fn run(_matches: &ArgMatches, _lang: Lang) -> ExitCode {
    ExitCode::FAILURE
}
