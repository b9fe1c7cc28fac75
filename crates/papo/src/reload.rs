//! SIGHUP: the configuration is read again, what can change while the server runs changes, and the rest is
//! told. A file with a mistake changes nothing.

use std::ffi::OsString;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_server::{Announcer, Server};

use crate::logging::SetLevel;
use crate::serve::{config, level};
use crate::settings::{Change, Settings, Values};
use crate::texts::say;

/// What a reload needs to know.
pub(crate) struct Reload<'a> {
    pub(crate) args: &'a [OsString],
    /// What the arguments alone say.
    pub(crate) given: &'a ArgMatches,
    /// What holds now.
    pub(crate) values: Values,
    pub(crate) level: SetLevel,
    pub(crate) announcer: Announcer,
}

impl Reload<'_> {
    /// Reads the configuration again and tells what came of it.
    pub(crate) fn run(&mut self, server: &Server) {
        let lang = self.announcer.lang();
        let newer = match Settings::load(self.args, self.given, lang) {
            Ok(newer) => newer,
            Err(error) => {
                let sentence = error.sentence(lang);
                return self.announcer.say(say(lang, "reload-failed", &[("erro", sentence.into())]));
            }
        };
        let change = self.values.take_over(&newer.values());
        server.reload(&config(&newer));
        self.level.set(level(&newer));
        if let Err(error) = server.reload_tls() {
            self.announcer.say(say(lang, "reload-failed", &[("erro", error.sentence(lang).into())]));
        }
        for line in told(&change, lang) {
            self.announcer.say(line);
        }
    }
}

/// What is said of a change.
fn told(change: &Change, lang: Lang) -> Vec<String> {
    let line = |id, keys: &[&str]| (!keys.is_empty()).then(|| say(lang, id, &[("chaves", keys.join(", ").into())]));
    let lines = [line("reload-now", &change.now), line("reload-restart", &change.restart)];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    if lines.is_empty() { vec![say(lang, "reload-nothing", &[])] } else { lines }
}
