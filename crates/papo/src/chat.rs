//! `papo chat`.
use clap::ArgMatches;
use papo_proto::Lang;
use std::process::ExitCode;
pub(crate) fn run(_m: &ArgMatches, _lang: Lang) -> ExitCode {
    ExitCode::FAILURE
}
