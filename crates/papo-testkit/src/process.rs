//! The real program as a process of its own.

use std::io::Read as _;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::PATIENCE;

/// A `papo` command that runs; ended when dropped.
pub struct Papo {
    child: Child,
    /// Readable when it has ended.
    end: OwnedFd,
    output: Option<ChildStdout>,
    /// What has been read of the output and not yet returned.
    unread: Vec<u8>,
    /// Where framed TCP is answered (of `serve`).
    pub tcp: Option<SocketAddr>,
    /// Where browsers are answered (of `serve`).
    pub web: Option<SocketAddr>,
    data: Option<tempfile::TempDir>,
}

impl Papo {
    /// Starts `papo serve` with these arguments and waits until it listens. What they leave open is
    /// Portuguese, free ports and a data folder of its own.
    pub fn serve(program: &Path, args: &[&str]) -> Self {
        Self::serve_with(program, args, |_| {})
    }

    /// [`Papo::serve`], after a change of the command.
    pub fn serve_with(program: &Path, args: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(program);
        command.arg("serve").args(args);
        for [option, value] in [["--lang", "pt-BR"], ["--store", "memory"], ["--port", "0"], ["--web-port", "0"]] {
            if !args.contains(&option) {
                command.args([option, value]);
            }
        }
        let data = tempfile::tempdir().expect("a folder");
        if !args.contains(&"--data") {
            command.arg("--data").arg(data.path());
        }
        change(&mut command);
        let mut papo = Self::listening(&mut command);
        papo.data = Some(data);
        papo
    }

    /// Starts a `papo serve` command as it is and waits until it listens.
    pub fn listening(command: &mut Command) -> Self {
        let mut papo = Self::start(command);
        let begins = ["[ESCUTANDO] Servidor em ", "[LISTENING] Server at "];
        let tcp = papo.find_line(|line| begins.iter().find_map(|begin| line.strip_prefix(begin)));
        papo.tcp = Some(tcp.parse().expect("an address"));
        if has_web_port(command) {
            let url = papo.find_line(|line| line.split("http://").nth(1));
            papo.web = Some(url.trim_end_matches('/').parse().expect("an address"));
        }
        papo
    }

    /// The part that is wanted of the first line that has it: a client that waited for the server may
    /// be told of before its address is.
    fn find_line(&mut self, wanted: impl Fn(&str) -> Option<&str>) -> String {
        let mut passed = Vec::new();
        loop {
            let line = self.line();
            if let Some(found) = wanted(&line) {
                return found.to_owned();
            }
            assert!(!line.is_empty(), "the server ended after {passed:?}");
            passed.push(line);
        }
    }

    /// Starts any command of the program.
    pub fn run(program: &Path, args: &[&str]) -> Self {
        Self::start(Command::new(program).args(args))
    }

    /// Starts a command as it is.
    pub fn start(command: &mut Command) -> Self {
        Self::watching(command.stdout(Stdio::piped()).spawn().expect("the program starts"))
    }

    pub(crate) fn watching(mut child: Child) -> Self {
        let output = child.stdout.take();
        let end = pidfd_open(pid(&child), PidfdFlags::empty()).expect("a process");
        Self { child, end, output, unread: Vec::new(), tcp: None, web: None, data: None }
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

    /// The next line of its output, but not what it says of a folder that is new; empty when it has ended.
    pub fn line(&mut self) -> String {
        loop {
            let line = self.any_line();
            if !is_of_new_folder(&line) {
                return line;
            }
        }
    }

    /// The next line of its output, whatever it says.
    pub fn any_line(&mut self) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return String::from_utf8(line).expect("text").trim_end().to_owned();
            }
            if !self.read_output(until) {
                return String::from_utf8(std::mem::take(&mut self.unread)).expect("text");
            }
        }
    }

    /// All the rest of its output, but not what it says of a folder that is new.
    pub fn rest(&mut self) -> String {
        let until = Instant::now() + PATIENCE;
        while self.read_output(until) {}
        let rest = String::from_utf8(std::mem::take(&mut self.unread)).expect("text");
        rest.split_inclusive('\n').filter(|line| !is_of_new_folder(line)).collect()
    }

    /// Reads some more of the output; false at its end.
    fn read_output(&mut self, until: Instant) -> bool {
        let Some(output) = &mut self.output else { return false };
        assert!(is_readable(output, until), "the program says nothing after {:?}", text(&self.unread));
        let mut buffer = [0; 4096];
        let read = output.read(&mut buffer).expect("a pipe");
        self.unread.extend_from_slice(&buffer[..read]);
        read > 0
    }

    /// Nobody reads its output from now on: what it writes is an error to it.
    pub fn close_output(&mut self) {
        self.output = None;
    }

    /// Asks it to stop, like Ctrl+C.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Asks it to stop, like a service manager.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks it to read its configuration again.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Ends it without a chance to say anything.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        kill_process(pid(&self.child), signal).expect("it runs");
    }

    /// Waits for its end; returns how it ended and how long that took.
    pub fn wait(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        assert!(is_readable(&self.end, began + PATIENCE), "the program does not end");
        (self.child.wait().expect("a child"), began.elapsed())
    }
}

/// Every server of a test has a folder without an administrator, and says so.
fn is_of_new_folder(line: &str) -> bool {
    line.starts_with("[ADMINISTRAÇÃO] ") || line.starts_with("[ADMINISTRATION] ")
}

/// Whether a line about the page follows: a server without a web port does not say so.
fn has_web_port(command: &Command) -> bool {
    let args: Vec<_> = command.get_args().collect();
    let by_flag = args.windows(2).find(|pair| pair[0] == "--web-port").map(|pair| pair[1]);
    let by_env = command.get_envs().find(|(name, _)| *name == "PAPO_WEB_PORT").and_then(|(_, value)| value);
    by_flag.or(by_env).is_none_or(|port| port != "off")
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed()).expect("a process")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until something is there to read, or the end.
fn is_readable(fd: &impl AsFd, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: i64::from(left.subsec_nanos()) };
    poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&left)).is_ok_and(|ready| ready > 0)
}

impl Drop for Papo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
