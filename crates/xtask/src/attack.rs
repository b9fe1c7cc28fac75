//! Attacks by tools that others have written, against a server that is started for it on loopback.
//!
//! `slowhttp` – slow heads, bodies and readers; the server must answer everybody else meanwhile. A tool
//! that is missing is told, not installed. A further one is a line of [`ATTACKS`].

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::sh::{cargo, command, papo, run as sh, which};
use crate::started::{Server, Started};

/// An attack: its name, the tool that it takes, and what is done.
type Attack = (&'static str, &'static str, fn(Settings) -> Result<()>);

/// All that there are.
const ATTACKS: &[Attack] = &[("slowhttp", "slowhttptest", slowhttp)];

/// What slowhttptest does, and how each is asked for.
const MODES: [(&str, &str); 3] =
    [("slow heads", "-H"), ("slow bodies", "-B -s 8192"), ("slow readers", "-X -k 10 -w 10 -y 20 -z 5 -n 1")];
/// Somebody else is answered within this time, however many are slow.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How hard it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settings {
    connections: u32,
    secs: u32,
}

/// Runs the attacks that are named, or all whose tool is there.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (names, settings) = parse(arguments)?;
    sh(&mut cargo(&["build", "--package", "papo"]))?;
    for (name, tool, attack) in ATTACKS.iter().filter(|(name, ..)| names.is_empty() || names.contains(name)) {
        if which(tool).is_none() {
            bail!("{tool} is missing, which {name} is done with: run `sudo apt-get install {tool}`");
        }
        attack(settings)?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(Vec<&str>, Settings)> {
    let mut settings = Settings { connections: 300, secs: 20 };
    let mut names = Vec::new();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
        match word {
            "--connections" | "--secs" => {
                let Some(number) = number() else { bail!("{word} takes a number") };
                *(if word == "--secs" { &mut settings.secs } else { &mut settings.connections }) = number;
            }
            name if ATTACKS.iter().any(|(known, ..)| *known == name) => names.push(name),
            other => {
                let known: Vec<&str> = ATTACKS.iter().map(|(name, ..)| *name).collect();
                bail!("there is no attack {other}; there is: {}", known.join(", "));
            }
        }
    }
    Ok((names, settings))
}

fn slowhttp(settings: Settings) -> Result<()> {
    let server = Started::new(&papo("debug"), Server::Kept, None)?;
    for (what, mode) in MODES {
        let Settings { connections, secs } = settings;
        let line = format!("-c {connections} -r {connections} -l {secs} -i 2 -p 1 -u http://{}/ {mode}", server.web);
        let words: Vec<&str> = line.split(' ').collect();
        let mut tool = command(".", "slowhttptest", &words);
        println!("$ slowhttptest {line}");
        let (ended, looks) = watched(server.web, || tool.stdout(Stdio::piped()).stderr(Stdio::piped()).output())?;
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        ensure!(ended.status.success(), "slowhttptest failed: {said}{}", String::from_utf8_lossy(&ended.stderr));
        let worst = looks.iter().max().copied().unwrap_or_default();
        println!("{what}: {} looks meanwhile, the slowest answer took {} ms", looks.len(), worst.as_millis());
        ensure!(!looks.is_empty() && worst < AT_ONCE, "the server was not there for others during {what}:\n{said}");
    }
    Ok(())
}

/// Does something, and looks meanwhile how long the server takes to answer somebody else. Nobody can do
/// without an answer: one that does not come counts as a whole second or more.
fn watched<T>(server: SocketAddr, act: impl FnOnce() -> std::io::Result<T>) -> Result<(T, Vec<Duration>)> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut looks = Vec::new();
            while !over.load(Ordering::Relaxed) {
                looks.push(answered(server));
                thread::sleep(LOOK_EVERY);
            }
            looks
        });
        let done = act();
        over.store(true, Ordering::Relaxed);
        let Ok(looks) = looking.join() else { bail!("looking at the server failed") };
        Ok((done?, looks))
    })
}

/// How long the server takes to say that it is well.
fn answered(server: SocketAddr) -> Duration {
    let begun = Instant::now();
    let ask = || -> std::io::Result<String> {
        let mut socket = TcpStream::connect_timeout(&server, 2 * AT_ONCE)?;
        socket.set_read_timeout(Some(2 * AT_ONCE))?;
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut said = String::new();
        socket.read_to_string(&mut said)?;
        Ok(said)
    };
    let is_well = ask().is_ok_and(|said| said.starts_with("HTTP/1.1 200"));
    if is_well { begun.elapsed() } else { begun.elapsed().max(AT_ONCE) }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn arguments_are_names_and_numbers() {
        let parsed = |typed: &str| {
            let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
            parse(&words).ok().map(|(names, settings)| (names.join(" "), settings))
        };
        let settings = |connections, secs| Settings { connections, secs };
        assert_eq!(parsed(""), Some((String::new(), settings(300, 20))));
        assert_eq!(parsed("slowhttp --secs 5 --connections 50"), Some(("slowhttp".into(), settings(50, 5))));
        for wrong in ["fasthttp", "--secs", "--secs x", "--connections 0", "--quick"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_server_that_does_not_answer_is_not_there() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        assert!(answered(addr) >= AT_ONCE, "nobody accepts");
        drop(listener);
        assert!(answered(addr) >= AT_ONCE, "nobody listens");
    }
}
