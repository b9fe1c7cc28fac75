//! `papo admin`: what whoever runs a server asks of it while it runs, by the socket in its data folder.

mod secret;

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_server::admin::{Answered, Asked, Request, SOCKET};

use crate::texts::{complain, say};
use crate::{EXIT_USAGE, data};

/// The exit code when the server did not do it.
const EXIT_REFUSED: u8 = 1;

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    let (name, matches) = match matches.subcommand() {
        Some(("user", user)) => user.subcommand().expect("invariant: a command is required"),
        Some(other) => other,
        None => unreachable!("invariant: a command is required"),
    };
    let request = match request(name, matches, lang) {
        Ok(request) => request,
        Err(error) => {
            complain(&say(lang, "error-system", &[("causa", error.to_string().into())]));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let folder = data::folder(matches);
    match ask(&folder.join(SOCKET), &Asked { lang: lang.tag().to_owned(), request }) {
        Ok(answered) => tell(&answered, lang),
        Err(error) => {
            let args = [("pasta", folder.display().to_string().into()), ("causa", error.to_string().into())];
            complain(&say(lang, "admin-no-server", &args));
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn request(name: &str, matches: &ArgMatches, lang: Lang) -> io::Result<Request> {
    let text = |id: &str| matches.try_get_one::<String>(id).ok().flatten().cloned().unwrap_or_default();
    let number = |id: &str| matches.get_one::<u32>(id).copied().unwrap_or(1);
    let password = || secret::new_password(lang);
    let user = text("name");
    Ok(match name {
        "list" => Request::Users,
        "add" => Request::AddUser { name: user, password: password()? },
        "reset" => Request::ResetUser { name: user, password: password()? },
        "disable" | "enable" => Request::DisableUser { name: user, on: name == "disable" },
        "promote" | "demote" => Request::PromoteUser { name: user, on: name == "promote" },
        "invite" => Request::Invite {
            uses: number("uses"),
            seconds: u64::from(number("hours")) * 3600,
            for_admin: matches.get_flag("admin"),
        },
        "lockdown" => Request::Lockdown { on: text("on") == "on" },
        _ => Request::Say { text: text("text") },
    })
}

fn ask(socket: &Path, asked: &Asked) -> io::Result<Answered> {
    let mut stream = UnixStream::connect(socket)?;
    let mut line = serde_json::to_vec(asked)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

#[expect(clippy::print_stdout, reason = "the answer is for the person who asked")]
fn tell(answered: &Answered, lang: Lang) -> ExitCode {
    if !answered.ok {
        complain(&answered.text);
        return ExitCode::from(EXIT_REFUSED);
    }
    println!("{}", answered.text);
    if let Some(token) = &answered.token {
        println!("{}", say(lang, "admin-invite-how", &[("token", token.as_str().into())]));
    }
    ExitCode::SUCCESS
}
