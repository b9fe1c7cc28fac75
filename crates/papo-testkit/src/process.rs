//! The real program as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::PATIENCE;

/// A `papo` command that runs; ended when dropped.
pub struct Papo {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Where framed TCP is answered (of `serve`).
    pub tcp: Option<SocketAddr>,
    /// Where browsers are answered (of `serve`).
    pub web: Option<SocketAddr>,
    _data: tempfile::TempDir,
}

impl Papo {
    /// Starts `papo serve` in Portuguese on free ports with further arguments, and waits until it listens.
    pub fn serve(program: &Path, args: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let child = Command::new(program)
            .args(["serve", "--lang", "pt-BR", "--store", "memory", "--port", "0", "--web-port", "0"])
            .arg("--data")
            .arg(data.path())
            .args(args)
            .stdout(Stdio::piped())
            .spawn();
        let mut papo = Self::of(child.expect("the program starts"), data);
        let listening = papo.line();
        let address = listening.strip_prefix("[ESCUTANDO] Servidor em ").expect("the line that tells the address");
        papo.tcp = Some(address.parse().expect("an address"));
        if !args.windows(2).any(|pair| pair == ["--web-port", "off"]) {
            let page = papo.line();
            let url = page.split("http://").nth(1).expect("the line that tells the page").trim_end_matches('/');
            papo.web = Some(url.parse().expect("an address"));
        }
        papo
    }

    /// Starts any command of the program.
    pub fn run(program: &Path, args: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let child = Command::new(program).args(args).stdout(Stdio::piped()).spawn();
        Self::of(child.expect("the program starts"), data)
    }

    fn of(mut child: Child, data: tempfile::TempDir) -> Self {
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, output, tcp: None, web: None, _data: data }
    }

    /// Where framed TCP is answered.
    pub fn tcp(&self) -> SocketAddr {
        self.tcp.expect("a server")
    }

    /// Where browsers are answered.
    pub fn web(&self) -> SocketAddr {
        self.web.expect("a server with a web port")
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of its output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }

    /// All the rest of its output.
    pub fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        rest
    }

    /// Asks it to stop, like Ctrl+C.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Asks it to stop, like a service manager.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends it without a chance to say anything.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id() as i32).expect("a process");
        kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end; returns how it ended and how long that took.
    pub fn wait(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < PATIENCE, "the program does not end");
            std::thread::yield_now();
        }
    }
}

impl Drop for Papo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
