//! Where the program's log goes: standard error, or a file that is rotated by size.

use std::io;
use std::path::Path;

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, reload};

/// What the log is asked for.
pub(crate) struct Logging<'a> {
    pub(crate) level: LevelFilter,
    pub(crate) json: bool,
    pub(crate) file: Option<&'a Path>,
    pub(crate) max_bytes: usize,
    pub(crate) backups: usize,
}

/// Lines that wait for a slow disk or terminal; further ones are dropped, serving goes on.
const LINES: usize = 4096;

/// Changes how much goes to the log.
pub(crate) struct SetLevel(reload::Handle<LevelFilter, Registry>);

impl SetLevel {
    /// From now on so much.
    pub(crate) fn set(&self, level: LevelFilter) {
        // The log is there as long as the process.
        let _ = self.0.reload(level);
    }
}

/// Starts the log. It is written while the guard lives.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn start(logging: &Logging<'_>) -> io::Result<(WorkerGuard, SetLevel)> {
    let (writer, guard) = match logging.file {
        None => writer(io::stderr()),
        Some(file) => {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::OpenOptions::new().create(true).append(true).open(file)?;
            let limit = ContentLimit::BytesSurpassed(logging.max_bytes);
            writer(FileRotate::new(file, AppendCount::new(logging.backups), limit, Compression::None, None))
        }
    };
    let (level, handle) = reload::Layer::new(logging.level);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_target(false);
    let log = tracing_subscriber::registry().with(level);
    if logging.json {
        log.with(lines.json()).init();
    } else {
        log.with(lines.with_ansi(false)).init();
    }
    Ok((guard, SetLevel(handle)))
}

fn writer(to: impl io::Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default().lossy(true).buffered_lines_limit(LINES).finish(to)
}
