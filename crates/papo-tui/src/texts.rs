//! The client's own texts, from the Fluent files in `locales/`.

use std::sync::LazyLock;

use papo_client::{ConnectError, End, Lost, Why};
use papo_proto::lang::{Args, Catalog, Lang};

use crate::live::Ending;
use crate::secure;

static TEXTS: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::new(include_str!("../locales/pt-BR/tui.ftl"), include_str!("../locales/en/tui.ftl")));

pub(crate) fn say(lang: Lang, id: &str, args: Args<'_>) -> String {
    TEXTS.say(lang, id, args)
}

/// Why there is no connection, and what to do.
pub(crate) fn unreachable(lang: Lang, address: &str, error: &ConnectError) -> String {
    let server = ("servidor", address.into());
    match error {
        ConnectError::UnknownHost { host, .. } => say(lang, "unknown-host", &[("host", host.as_str().into())]),
        ConnectError::Refused { .. } => say(lang, "refused", &[server]),
        ConnectError::NoAnswer { waited } => {
            say(lang, "no-answer", &[server, ("segundos", waited.as_secs().to_string().into())])
        }
        ConnectError::Foreign => say(lang, "lost-foreign", &[server]),
        ConnectError::Secure(failure) => secure::failed(lang, address, failure),
        ConnectError::Network { source, .. } => say(lang, "network", &[server, ("causa", source.to_string().into())]),
    }
}

/// Why the connection ended, and what to do.
pub(crate) fn lost(lang: Lang, server: &str, lost: &Lost) -> String {
    let server = ("servidor", server.into());
    match lost {
        Lost::Closed => say(lang, "lost-closed", &[server]),
        Lost::Broken(cause) => say(lang, "lost-broken", &[server, ("causa", cause.to_string().into())]),
        Lost::Foreign(_) => say(lang, "lost-foreign", &[server]),
    }
}

/// Why a conversation by papo/1 ended badly, and what to do.
pub(crate) fn ended(lang: Lang, address: &str, ending: &Ending) -> String {
    let server = ("servidor", address.into());
    match ending {
        Ending::Refused(count) => say(lang, "refused-messages", &[("total", (*count).into())]),
        Ending::Unsent(count) => say(lang, "unsent", &[server, ("total", (*count).into())]),
        Ending::Lost(Why::Broken(cause)) => say(lang, "lost-broken", &[server, ("causa", (&**cause).into())]),
        Ending::Lost(Why::Foreign | Why::Silent) => say(lang, "lost-no-papo1", &[server]),
        Ending::Over(End::Fenced) => say(lang, "ended-fenced", &[server]),
        Ending::Over(End::LoginEnded) => say(lang, "ended-login", &[server]),
        Ending::Over(End::Distrusted(distrust)) => secure::distrusted(lang, address, distrust),
        Ending::Over(End::Refused(reject)) => say(lang, "ended-refused", &[server, ("causa", (&*reject.text).into())]),
        _ => say(lang, "lost-closed", &[server]),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use papo_client::{Distrust, Fingerprint, TlsFailure};
    use papo_proto::FrameError;
    use papo_proto::lang::outline;

    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(outline(include_str!("../locales/pt-BR/tui.ftl")), outline(include_str!("../locales/en/tui.ftl")));
    }

    #[test]
    fn every_failure_is_one_line_that_says_what_to_do() {
        let address = "127.0.0.1:1".parse().expect("an address");
        for lang in Lang::ALL {
            for error in [
                ConnectError::UnknownHost { host: "x".into(), source: None },
                ConnectError::Refused { address },
                ConnectError::NoAnswer { waited: Duration::from_secs(10) },
                ConnectError::Network { address, source: io::ErrorKind::HostUnreachable.into() },
            ] {
                let line = unreachable(lang, "casa:1", &error);
                assert!(line.lines().count() == 1 && line.contains("--host"), "{line}");
            }
            let [known, found] = ["11", "22"].map(|byte| byte.repeat(32).parse::<Fingerprint>().expect("64 digits"));
            for failure in [
                TlsFailure::NotTls,
                TlsFailure::Distrust(Distrust::Changed { known, found }),
                TlsFailure::Distrust(Distrust::Unverified { found, why: "x".into() }),
                TlsFailure::Refused("x".into()),
            ] {
                let line = unreachable(lang, "casa:1", &ConnectError::Secure(failure));
                assert!(line.lines().count() == 1 && line.contains("casa:1") && line.contains("--tls"), "{line}");
            }
            let broken = Lost::Broken(io::ErrorKind::ConnectionReset.into());
            for end in [Lost::Closed, broken, Lost::Foreign(FrameError::TooBig { bytes: 1 << 30 })] {
                let line = lost(lang, "casa:1", &end);
                assert!(line.lines().count() == 1 && line.contains("casa:1"), "{line}");
            }
            for end in [
                Ending::Unsent(2),
                Ending::Lost(Why::Closed(None)),
                Ending::Lost(Why::Broken("x".into())),
                Ending::Lost(Why::Foreign),
                Ending::Over(End::Fenced),
                Ending::Over(End::LoginEnded),
                Ending::Over(End::Distrusted(Distrust::Changed { known, found })),
            ] {
                let line = ended(lang, "casa:1", &end);
                assert!(line.lines().count() == 1 && line.contains("casa:1"), "{line}");
            }
            assert_ne!(ended(lang, "casa:1", &Ending::Refused(1)), ended(lang, "casa:1", &Ending::Refused(2)));
        }
    }
}
