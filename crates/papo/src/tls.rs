//! The options of TLS, of a server, the bridge and the client: what goes together, and what they come to.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use papo_proto::Lang;
use papo_server::{CertificateFrom, PlainFor, TlsConfig};
use papo_tls::{Fingerprint, Trust};
use papo_tui::Vouching;

use crate::settings::{FromFile, KEYS};
use crate::texts::say;

/// The options of a server's side.
pub(crate) fn options(lang: Lang, from_file: &FromFile) -> impl Iterator<Item = Arg> {
    KEYS.iter().filter(|key| key.is_of_tls()).map(move |key| key.arg(lang, from_file))
}

/// What the options say, `None` when there is to be no TLS.
///
/// # Errors
/// What does not go together, as a sentence.
pub(crate) fn config(matches: &ArgMatches, lang: Lang) -> Result<Option<TlsConfig>, String> {
    let file = |name: &str| matches.get_one::<PathBuf>(name).filter(|file| !file.as_os_str().is_empty()).cloned();
    let has = |way: &str| matches.get_many::<String>("tls").into_iter().flatten().any(|given| given == way);
    let missing = |arg: &'static str| Err(say(lang, "error-missing", &[("arg", arg.into())]));
    let files = match (file("tls-cert"), file("tls-key")) {
        (Some(cert), Some(key)) => Some(CertificateFrom::Files { cert, key }),
        (Some(_), None) => return missing("--tls-key"),
        (None, Some(_)) => return missing("--tls-cert"),
        (None, None) => None,
    };
    let certificate = match (files, has("self-signed")) {
        (Some(_), true) if is_typed(matches, "tls") && is_typed(matches, "tls-cert") => {
            let args = [("arg", "--tls self-signed".into()), ("outro", "--tls-cert".into())];
            return Err(say(lang, "error-conflict", &args));
        }
        // One is typed, the other comes from the surroundings: what is typed counts.
        (Some(_), true) if is_typed(matches, "tls") => CertificateFrom::SelfSigned,
        (Some(files), _) => files,
        (None, true) => CertificateFrom::SelfSigned,
        (None, false) if has("required") => return Err(say(lang, "error-tls-required", &[])),
        (None, false) => return Ok(None),
    };
    let plain_for = if has("required") { PlainFor::ThisMachine } else { PlainFor::All };
    Ok(Some(TlsConfig { certificate, plain_for }))
}

/// Whose certificate `papo chat` takes; `None` without TLS. Naming whom to trust asks for TLS.
pub(crate) fn vouching(matches: &ArgMatches) -> Option<Vouching> {
    let fingerprint = matches.get_one::<Fingerprint>("tls-fingerprint").copied().map(Vouching::Fingerprint);
    let authority = matches.get_one::<PathBuf>("tls-ca").cloned().map(Vouching::Authority);
    fingerprint.or(authority).or_else(|| matches.get_flag("tls").then_some(Vouching::Met))
}

/// Whose certificate the bridge takes of the chat server; `None` without TLS.
pub(crate) fn chat_trust(matches: &ArgMatches) -> Option<Trust> {
    let fingerprint = matches.get_one::<Fingerprint>("chat-tls-fingerprint").copied().map(Trust::Pinned);
    let authority = matches.get_one::<PathBuf>("chat-tls-ca").cloned().map(Trust::Authority);
    fingerprint.or(authority).or_else(|| matches.get_flag("chat-tls").then_some(Trust::System))
}

fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    fn read(line: &str) -> Result<Option<TlsConfig>, String> {
        let words = std::iter::once("x").chain(line.split_whitespace());
        let matches = Command::new("x")
            .args(options(Lang::En, &FromFile::default()))
            .try_get_matches_from(words)
            .expect("known options");
        config(&matches, Lang::En)
    }

    #[test]
    fn a_certificate_is_made_or_read_and_plain_text_may_be_refused() {
        let files = || CertificateFrom::Files { cert: "c".into(), key: "k".into() };
        let (made, required) = (CertificateFrom::SelfSigned, PlainFor::ThisMachine);
        for (line, expected) in [
            ("", None),
            ("--tls self-signed", Some((made.clone(), PlainFor::All))),
            ("--tls self-signed,required", Some((made.clone(), required))),
            ("--tls required --tls self-signed", Some((made, required))),
            ("--tls-cert c --tls-key k", Some((files(), PlainFor::All))),
            ("--tls required --tls-cert c --tls-key k", Some((files(), required))),
        ] {
            let expected = expected.map(|(certificate, plain_for)| TlsConfig { certificate, plain_for });
            assert_eq!(read(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_said_in_one_sentence() {
        for (line, named) in [
            ("--tls required", "self-signed"),
            ("--tls-cert c", "--tls-key"),
            ("--tls-key k", "--tls-cert"),
            ("--tls self-signed --tls-cert c --tls-key k", "--tls-cert"),
        ] {
            let sentence = read(line).expect_err(line);
            assert!(sentence.contains(named) && sentence.lines().count() == 1, "{sentence}");
        }
    }
}
