//! Attacks by tools that others have written, against a server that is started for it on loopback.
//!
//! * `slowhttp` – slow heads, bodies and readers; the server must answer everybody else meanwhile;
//! * `testssl` – what is known of weak TLS; nothing above low may be found but what is the certificate's.
//!
//! A tool that is missing is told, not installed. A further one is a line of [`ATTACKS`].

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::sh::{cargo, command, papo, run as sh, target, which};
use crate::started::{Server, Started};

/// An attack: its name, the tool that it takes, and what is done.
type Attack = (&'static str, &'static str, fn(Settings) -> Result<()>);

/// All that there are.
const ATTACKS: &[Attack] = &[("slowhttp", "slowhttptest", slowhttp), ("testssl", "testssl", testssl)];

/// What slowhttptest does, and how each is asked for.
const MODES: [(&str, &str); 3] =
    [("slow heads", "-H"), ("slow bodies", "-B -s 8192"), ("slow readers", "-X -k 10 -w 10 -y 20 -z 5 -n 1")];
/// What testssl must have looked at, near its beginning and its end, for its report to count.
const LOOKED_AT: [&str; 5] = ["TLS1", "TLS1_3", "cipherlist_NULL", "heartbleed", "BEAST"];
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

fn testssl(_: Settings) -> Result<()> {
    let server = Started::new(&papo("debug"), Server::Secure, None)?;
    let report = target().join(format!("testssl-{}.json", std::process::id()));
    let (file, addr) = (report.to_string_lossy().into_owned(), server.addr.to_string());
    // A connection that fails is part of the test; nobody is there to be asked.
    let words = ["--quiet", "--color", "0", "--warnings", "batch", "--jsonfile", &*file, &*addr];
    println!("$ testssl {}", words.join(" "));
    // Its code counts what it found, the harmless too: the report tells which.
    let ended = command(".", "testssl", &words).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
    let read = fs::read_to_string(&report).map_err(Into::into).and_then(|report| findings(&report));
    let _ = fs::remove_file(&report);
    let found = read.with_context(|| format!("testssl left no report: {}", String::from_utf8_lossy(&ended.stdout)))?;
    println!("{} findings", found.len());
    let [missing, grave] = judged(&found);
    ensure!(missing.is_empty(), "testssl did not come to: {}", missing.join(", "));
    ensure!(grave.is_empty(), "testssl found:\n{}", grave.join("\n"));
    Ok(())
}

/// What testssl says of one thing.
#[derive(Debug)]
struct Finding {
    id: String,
    severity: String,
    text: String,
}

fn findings(report: &str) -> Result<Vec<Finding>> {
    let entries: Vec<serde_json::Value> = serde_json::from_str(report)?;
    let finding = |entry: &serde_json::Value| {
        let field = |name: &str| entry[name].as_str().map(str::to_owned);
        Some(Finding { id: field("id")?, severity: field("severity")?, text: field("finding")? })
    };
    Ok(entries.iter().filter_map(finding).collect())
}

/// What was not looked at, and what is worse than low. The certificate is the operator's, here one that was
/// made for the test.
fn judged(found: &[Finding]) -> [Vec<String>; 2] {
    let is_there = |id: &&str| found.iter().any(|finding| finding.id == **id);
    let missing = LOOKED_AT.iter().filter(|id| !is_there(id)).map(|id| (*id).to_owned()).collect();
    let is_grave = |finding: &&Finding| {
        !["OK", "INFO", "LOW", "WARN", "DEBUG"].contains(&&*finding.severity) && !finding.id.starts_with("cert_")
    };
    let told = |Finding { id, severity, text }: &Finding| format!("{severity} {id}: {text}");
    [missing, found.iter().filter(is_grave).map(told).collect()]
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
    fn what_is_grave_and_what_was_not_looked_at_is_found() {
        let entry = |id: &str, severity: &str| format!(r#"{{"id":"{id}","severity":"{severity}","finding":"x"}}"#);
        let judge = |more: &[String]| {
            let all: Vec<String> = LOOKED_AT.iter().map(|id| entry(id, "OK")).chain(more.iter().cloned()).collect();
            judged(&findings(&format!("[{}]", all.join(","))).expect("a report"))
        };
        assert_eq!(judge(&[entry("HSTS", "LOW"), entry("cert_revocation", "HIGH")]), [vec![], Vec::<String>::new()]);
        assert_eq!(judge(&[entry("RC4", "HIGH")])[1], ["HIGH RC4: x"]);
        assert_eq!(judge(&[entry("scanProblem", "FATAL")])[1].len(), 1);
        assert_eq!(judged(&[])[0], LOOKED_AT);
        assert!(findings("nothing").is_err());
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
