//! `papo store check` and `papo store backup`: the data folder, also while a server serves from it.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_store::sqlite::{BackupError, CheckReport, Finding, backup, check};

use crate::texts::{complain, say};
use crate::{EXIT_USAGE, data};

/// The exit code of a check that found something.
const EXIT_FOUND: u8 = 1;

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    match matches.subcommand() {
        Some(("check", matches)) => run_check(matches, lang),
        Some(("backup", matches)) => run_backup(matches, lang),
        _ => unreachable!("invariant: a command is required"),
    }
}

fn run_check(matches: &ArgMatches, lang: Lang) -> ExitCode {
    let progress = Progress::default();
    let report = check(&data::folder(matches), &mut |step, steps| {
        progress.show(&say(lang, "check-step", &[("passo", step.into()), ("passos", steps.into())]));
    });
    progress.end();
    match report {
        Ok(report) => tell(&report, lang),
        Err(error) => {
            complain(&data::sentence(&error, lang));
            ExitCode::from(EXIT_USAGE)
        }
    }
}

#[expect(clippy::print_stdout, reason = "the answer is for the person who asked")]
fn tell(report: &CheckReport, lang: Lang) -> ExitCode {
    let counts = [
        ("salas", report.rooms.into()),
        ("mensagens", report.events.into()),
        ("contas", report.accounts.into()),
        ("sessoes", report.sessions.into()),
        ("mib", (report.bytes / (1024 * 1024)).into()),
        ("esquema", report.schema.into()),
    ];
    println!("{}", say(lang, "check-counts", &counts));
    for finding in &report.findings {
        println!("- {}", found(finding, lang));
    }
    if report.findings.is_empty() {
        println!("{}", say(lang, "check-well", &[]));
        return ExitCode::SUCCESS;
    }
    println!("{}", say(lang, "check-found", &[("total", report.findings.len().into())]));
    ExitCode::from(EXIT_FOUND)
}

fn found(finding: &Finding, lang: Lang) -> String {
    match finding {
        Finding::Damaged(what) => say(lang, "found-damaged", &[("causa", what.as_str().into())]),
        Finding::Gap { room, first, head, events } => {
            let args = [
                ("sala", room.0.into()),
                ("primeira", first.0.into()),
                ("ultima", head.0.into()),
                ("ha", (*events).into()),
            ];
            say(lang, "found-gap", &args)
        }
        Finding::Orphans { room, events } => {
            say(lang, "found-orphans", &[("sala", room.0.into()), ("ha", (*events).into())])
        }
        Finding::Leftovers { room, table, rows } => {
            let args = [("sala", room.0.into()), ("tabela", (*table).into()), ("ha", (*rows).into())];
            say(lang, "found-leftovers", &args)
        }
        Finding::NotTakenBack { room, redaction, messages } => {
            let args = [("sala", room.0.into()), ("evento", redaction.0.into()), ("ha", (*messages).into())];
            say(lang, "found-not-taken-back", &args)
        }
        Finding::AccountNumber(account) => say(lang, "found-account-number", &[("conta", account.0.into())]),
        Finding::LoginNumber(login) => say(lang, "found-login-number", &[("acesso", login.0.into())]),
        Finding::RoomNumber(room) => say(lang, "found-room-number", &[("sala", room.0.into())]),
    }
}

#[expect(clippy::print_stdout, reason = "the answer is for the person who asked")]
fn run_backup(matches: &ArgMatches, lang: Lang) -> ExitCode {
    let target = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let progress = Progress::default();
    let done = backup(&data::folder(matches), &target, &mut |pages, total| {
        let percent = (pages * 100).checked_div(total).unwrap_or(100);
        progress.show(&say(lang, "backup-progress", &[("porcento", percent.into())]));
    });
    progress.end();
    let file = target.display().to_string();
    match done {
        Ok(()) => {
            println!("{}", say(lang, "backup-done", &[("arquivo", file.into())]));
            return ExitCode::SUCCESS;
        }
        Err(BackupError::Exists(_)) => complain(&say(lang, "backup-exists", &[("arquivo", file.into())])),
        Err(BackupError::Source(error)) => complain(&data::sentence(&error, lang)),
        Err(BackupError::Target(error)) => {
            let args = [("arquivo", file.into()), ("causa", data::sentence(&error, lang).into())];
            complain(&say(lang, "backup-target", &args));
        }
    }
    ExitCode::from(EXIT_USAGE)
}

/// A line that is written over, for a person at a terminal.
#[derive(Default)]
struct Progress {
    shown: std::cell::Cell<bool>,
}

impl Progress {
    fn show(&self, line: &str) {
        let mut out = std::io::stderr();
        if out.is_terminal() {
            self.shown.set(true);
            let _ = write!(out, "\r{line}\u{1b}[K").and_then(|()| out.flush());
        }
    }

    fn end(&self) {
        if self.shown.get() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
