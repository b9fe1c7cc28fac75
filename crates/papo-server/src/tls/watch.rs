//! Reads the certificate again when its files change.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::Tls;

/// What tells one state of two files from another: when each was changed, its size, and which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp([(i64, i64, u64, u64); 2]);

impl Stamp {
    /// The state of two files; `None` while one of them is not there.
    pub(crate) fn of(cert: &Path, key: &Path) -> Option<Self> {
        let one = |file: &Path| {
            let found = std::fs::metadata(file).ok()?;
            Some((found.mtime(), found.mtime_nsec(), found.size(), found.ino()))
        };
        Some(Self([one(cert)?, one(key)?]))
    }
}

/// The thread that looks. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Looks at the files again and again.
    pub(crate) fn start(tls: Arc<Tls>, every: Duration) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = Builder::new().name("papo-tls".into()).spawn(move || {
            // A state that cannot be read is told once: it may be half of a change.
            let mut told = None;
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let Some(stamp) = tls.changed() else { continue };
                match tls.reload() {
                    Ok(fingerprint) => tracing::info!(%fingerprint, "the certificate was read again"),
                    Err(error) if told != Some(stamp) => {
                        tracing::warn!(%error, "the certificate has changed and cannot be read; the old one stays");
                        told = Some(stamp);
                    }
                    Err(_) => {}
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
