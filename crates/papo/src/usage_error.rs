//! Wrong arguments: what is wrong, in the user's language, and what to do.

use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use papo_proto::Lang;

use crate::EXIT_USAGE;
use crate::texts::{complain, say};

/// Shows help where it was asked for, otherwise the mistake; returns the exit code.
pub(crate) fn show(error: &Error, lang: Lang) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        kind => complain(&sentence(kind, error, lang)),
    }
    ExitCode::from(EXIT_USAGE)
}

fn sentence(kind: ErrorKind, error: &Error, lang: Lang) -> String {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    match kind {
        ErrorKind::UnknownArgument => say(lang, "error-unknown-argument", &[("arg", arg.into())]),
        ErrorKind::InvalidSubcommand => {
            say(lang, "error-unknown-command", &[("comando", context(ContextKind::InvalidSubcommand).into())])
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let (commands, program) = (context(ContextKind::ValidSubcommand), context(ContextKind::InvalidSubcommand));
            say(lang, "error-no-command", &[("comandos", commands.into()), ("programa", program.into())])
        }
        ErrorKind::InvalidValue if value.is_empty() => say(lang, "error-no-value", &[("arg", arg.into())]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            say(lang, "error-value", &[("arg", arg.into()), ("valor", value.into())])
        }
        ErrorKind::TooManyValues => say(lang, "error-any-value", &[("arg", arg.into())]),
        ErrorKind::ArgumentConflict => match context(ContextKind::PriorArg) {
            other if other == arg => say(lang, "error-twice", &[("arg", arg.into())]),
            other => say(lang, "error-conflict", &[("arg", arg.into()), ("outro", other.into())]),
        },
        ErrorKind::MissingRequiredArgument => say(lang, "error-missing", &[("arg", arg.into())]),
        ErrorKind::InvalidUtf8 => say(lang, "error-no-text", &[]),
        // Whatever else there may be, in the words of the library: the mistake, without its advice.
        _ => error.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(many) => many.join(", "),
        other => other.to_string(),
    }
}
