//! What the server says to the person who runs it, on standard output. A reader that does not read
//! never stalls the server: lines wait in a bounded queue, and what does not fit is counted.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use papo_proto::Lang;
use papo_proto::limits::OUTPUT_LINES;

use crate::texts::TEXTS;

/// Lines that come within this time of each other are written together.
const GATHER: Duration = Duration::from_millis(10);

/// What is said.
#[derive(Debug)]
enum Line {
    Text(String),
    Connected(SocketAddr),
    Disconnected(SocketAddr),
    /// So many lines stood here and had no place.
    Omitted(u64),
    /// Everything before is written when this is answered.
    Flush(SyncSender<()>),
}

/// Says lines; a copy says them to the same output.
#[derive(Clone, Debug)]
pub struct Announcer {
    lines: SyncSender<Line>,
    omitted: Arc<AtomicU64>,
    lang: Lang,
}

impl Announcer {
    /// Begins to write to `output` on a thread of its own, which ends with the last announcer.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn start(output: impl Write + Send + 'static, lang: Lang) -> std::io::Result<Self> {
        let (lines, queue) = sync_channel(OUTPUT_LINES);
        let announcer = Self { lines, omitted: Arc::default(), lang };
        std::thread::Builder::new().name("papo-output".into()).spawn(move || write_lines(output, &queue, lang))?;
        Ok(announcer)
    }

    /// Says a finished line.
    pub fn say(&self, text: String) {
        self.put(Line::Text(text));
    }

    /// Somebody connected.
    pub fn connected(&self, peer: SocketAddr) {
        self.put(Line::Connected(peer));
    }

    /// Somebody is gone.
    pub fn disconnected(&self, peer: SocketAddr) {
        self.put(Line::Disconnected(peer));
    }

    /// The language of the output.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Waits until all is written, but not for long.
    pub fn flush(&self) {
        let (done, waits) = sync_channel(1);
        if self.lines.try_send(Line::Flush(done)).is_ok() {
            let _ = waits.recv_timeout(Duration::from_millis(200));
        }
    }

    fn put(&self, line: Line) {
        let missing = self.omitted.swap(0, Ordering::Relaxed);
        if missing > 0 && self.lines.try_send(Line::Omitted(missing)).is_err() {
            self.omitted.fetch_add(missing + 1, Ordering::Relaxed);
        } else if self.lines.try_send(line).is_err() {
            self.omitted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write_lines(mut output: impl Write, queue: &Receiver<Line>, lang: Lang) {
    let mut text = String::new();
    while let Ok(first) = queue.recv() {
        let mut done = add(first, &mut text, lang);
        if done.is_none() {
            // A thousand connections in a second are a few writes and wake-ups, not a thousand.
            std::thread::sleep(GATHER);
        }
        while let Ok(line) = queue.try_recv() {
            done = add(line, &mut text, lang).or(done);
        }
        // Who closed the output does not want to read it; serving goes on.
        if output.write_all(text.as_bytes()).and_then(|()| output.flush()).is_err() {
            tracing::debug!("nobody reads the output");
        }
        text.clear();
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

/// Adds a line to the text, or returns whom to tell when the text is written.
fn add(line: Line, text: &mut String, lang: Lang) -> Option<SyncSender<()>> {
    match line {
        Line::Text(line) => text.push_str(&line),
        Line::Connected(peer) => text.push_str(&TEXTS.say(lang, "connected", &[("de", shown(peer).into())])),
        Line::Disconnected(peer) => text.push_str(&TEXTS.say(lang, "disconnected", &[("de", shown(peer).into())])),
        Line::Omitted(total) => text.push_str(&TEXTS.say(lang, "omitted", &[("total", total.into())])),
        Line::Flush(done) => return Some(done),
    }
    text.push('\n');
    None
}

/// An address as the document's transcript shows it.
fn shown(peer: SocketAddr) -> String {
    format!("('{}', {})", peer.ip().to_canonical(), peer.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Condvar, Mutex};

    /// Whether it is open, and what was written.
    type State = Mutex<(bool, Vec<u8>)>;

    /// An output that takes nothing until it is opened.
    #[derive(Clone, Default)]
    struct Gate(Arc<(State, Condvar)>);

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut state = self.0.0.lock().expect("not poisoned");
            while !state.0 {
                state = self.0.1.wait(state).expect("not poisoned");
            }
            state.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_does_not_read_stalls_nobody_and_is_told_what_it_missed() {
        let gate = Gate::default();
        let announcer = Announcer::start(gate.clone(), Lang::PtBr).expect("a thread");
        for n in 0..OUTPUT_LINES + 100 {
            announcer.say(n.to_string());
        }
        gate.0.0.lock().expect("not poisoned").0 = true;
        gate.0.1.notify_all();
        let text = loop {
            announcer.say("fim".into());
            announcer.flush();
            let text = String::from_utf8(gate.0.0.lock().expect("not poisoned").1.clone()).expect("text");
            if text.contains("fim") {
                break text;
            }
        };
        assert!(text.starts_with("0\n"));
        assert!(text.contains("linhas omitidas"), "{text}");
    }

    #[test]
    fn a_connection_is_told_as_in_the_document() {
        let gate = Gate::default();
        gate.0.0.lock().expect("not poisoned").0 = true;
        let announcer = Announcer::start(gate.clone(), Lang::PtBr).expect("a thread");
        announcer.connected("127.0.0.1:54321".parse().expect("an address"));
        announcer.flush();
        let text = String::from_utf8(gate.0.0.lock().expect("not poisoned").1.clone()).expect("text");
        assert_eq!(text, "[NOVA CONEXÃO] ('127.0.0.1', 54321) conectado.\n");
    }
}
