//! Looks into the store, on threads of their own: a shard never waits for a disk.
//!
//! Bound: a connection has one look under way for being behind and one for a command, so the queue
//! is no longer than twice the connections; over [`STORE_JOBS_WAITING`] a look is answered as if the
//! store could not be read.

use std::sync::Arc;
use std::time::SystemTime;

use papo_hub::{AuditQuery, Query};
use papo_proto::limits::{STORE_JOBS_WAITING, STORE_PAGE_BYTES, STORE_PAGE_EVENTS};
use papo_proto::papo1::Hello;
use papo_proto::papo1::encode;
use papo_proto::words::{Slice, TokenHash};
use papo_proto::{Dialect, Encoding, Person, Reject, Reply, Seq, SessionId, Txn, text};
use papo_store::{Page, Reader, Span, Store, StoreError, StoredSession};

use crate::conn::Behind;
use crate::engine::{Engine, report};
use crate::jobs::Jobs;

/// Threads that read, each by a reader of its own.
pub(crate) const READERS: usize = 2;

/// Whose look it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct For {
    pub(crate) shard: u16,
    pub(crate) slot: u32,
    /// Tells it from other tenants of the slot.
    pub(crate) key: u32,
}

/// What is looked for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// What a reader that is behind has missed, so many events of it at most.
    Missed(Behind, usize),
    /// A page of history for a session that reads papo/1.
    Page(Box<Query>, Encoding, SessionId),
    /// The next part of a text client's history.
    Lines(Box<Lines>),
    /// What moderators did in a room.
    Audit(Box<AuditQuery>, Encoding),
    /// The session that a hello names.
    Session(TokenHash, Option<Txn>, Box<Hello>),
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Answer {
    Missed(Behind, Result<Page, StoreError>),
    /// Finished frames, and what is to be read when they are sent.
    Frames(Vec<u8>, Option<Box<Lines>>),
    Session(Result<Option<StoredSession>, StoreError>, Option<Txn>, Box<Hello>),
}

/// An answer for a connection.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) whose: For,
    pub(crate) answer: Answer,
}

/// A text client's history, as far as it is read.
#[derive(Debug)]
pub(crate) struct Lines {
    query: Query,
    encoding: Encoding,
    /// Everything up to here has been shown.
    after: Seq,
    begun: bool,
    /// Whom the reader is not shown.
    ignored: Option<Arc<[Person]>>,
}

impl Lines {
    /// The newest events of a room, oldest first.
    pub(crate) fn new(query: Query, encoding: Encoding, ignored: Option<Arc<[Person]>>) -> Self {
        let after = match query.slice {
            Slice::After(after) => after,
            Slice::Before(before) => {
                let last = query.head.0.min(before.0.saturating_sub(1));
                Seq(last.saturating_sub(query.limit as u64))
            }
        };
        Self { query, encoding, after, begun: false, ignored }
    }
}

/// The looks that wait.
#[derive(Debug)]
pub(crate) struct Lookups {
    jobs: Jobs<(For, Ask)>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { jobs: Jobs::new(STORE_JOBS_WAITING) }
    }
}

impl Lookups {
    /// Asks; the answer comes by the shard's inbox.
    pub(crate) fn ask(&self, engine: &Engine, whose: For, ask: Ask) {
        let Err((_, ask)) = self.jobs.put((whose, ask)) else { return };
        let busy = || StoreError::Unavailable("too many looks into the store wait".into());
        let answer = match ask {
            Ask::Missed(behind, _) => Answer::Missed(behind, Err(busy())),
            Ask::Page(query, encoding, _) => Answer::Frames(refusal(encoding, query.txn, Reject::Busy), None),
            Ask::Lines(lines) => Answer::Frames(refusal(lines.encoding, None, Reject::Busy), None),
            Ask::Audit(query, encoding) => Answer::Frames(refusal(encoding, query.txn, Reject::Busy), None),
            Ask::Session(_, txn, hello) => Answer::Session(Err(busy()), txn, hello),
        };
        engine.inboxes()[usize::from(whose.shard)].found(Found { whose, answer });
    }

    /// Answers until [`Lookups::end`]. A store that gives no reader is asked again for each look.
    pub(crate) fn answer(&self, engine: &Engine) {
        let mut reader = None;
        while let Some((whose, ask)) = self.jobs.next() {
            let answer = look(engine.store(), &mut reader, ask);
            engine.inboxes()[usize::from(whose.shard)].found(Found { whose, answer });
        }
    }

    /// The threads end after what they have begun.
    pub(crate) fn end(&self) {
        self.jobs.end();
    }
}

type Held = Option<Box<dyn Reader>>;

fn look(store: &Arc<dyn Store>, held: &mut Held, ask: Ask) -> Answer {
    match ask {
        Ask::Missed(behind, limit) => {
            let room = behind.log.room();
            let page =
                read(store, held, |reader| reader.page(room, Span::After(behind.cursor.seq), limit, STORE_PAGE_BYTES));
            Answer::Missed(behind, page)
        }
        Ask::Page(query, encoding, reader) => Answer::Frames(page(store, held, &query, encoding, reader), None),
        Ask::Lines(lines) => {
            let (frame, rest) = next_lines(store, held, *lines);
            Answer::Frames(frame, rest.map(Box::new))
        }
        Ask::Audit(query, encoding) => Answer::Frames(audit(store, held, &query, encoding), None),
        Ask::Session(token, txn, hello) => {
            let found = read(store, held, |reader| reader.session(&token, now_ms()));
            Answer::Session(found, txn, hello)
        }
    }
}

/// Reads by the thread's reader; one that failed is not used again.
fn read<R>(
    store: &Arc<dyn Store>,
    held: &mut Held,
    read: impl FnOnce(&mut dyn Reader) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    let mut reader = match held.take() {
        Some(reader) => reader,
        None => store.reader()?,
    };
    let result = read(&mut *reader);
    *held = result.is_ok().then_some(reader);
    result
}

fn page(store: &Arc<dyn Store>, held: &mut Held, query: &Query, encoding: Encoding, me: SessionId) -> Vec<u8> {
    let span = match query.slice {
        Slice::After(after) => Span::After(after),
        Slice::Before(before) => Span::Before(before),
    };
    match read(store, held, |reader| reader.page(query.room, span, query.limit, STORE_PAGE_BYTES)) {
        Ok(Page { first, head, events }) => {
            let mut bytes = Vec::new();
            encoding.json(&encode::history(query.txn, query.room, first, head, events, me), &mut bytes);
            bytes
        }
        Err(error) => refusal(encoding, query.txn, Reject::Internal { id: report(&error) }),
    }
}

/// The frame that tells what moderators did.
fn audit(store: &Arc<dyn Store>, held: &mut Held, query: &AuditQuery, encoding: Encoding) -> Vec<u8> {
    let entries = match read(store, held, |reader| reader.audit(Some(query.room), query.limit)) {
        Ok(entries) => entries,
        Err(error) => return refusal(encoding, query.txn, Reject::Internal { id: report(&error) }),
    };
    let mut bytes = Vec::new();
    match encoding.dialect {
        Dialect::Text => encoding.line(&text::audit(encoding.lang, &query.name, &entries, shown_time), &mut bytes),
        Dialect::Papo1 => encoding.json(&encode::audit(query.txn, query.room, entries), &mut bytes),
    }
    bytes
}

/// A frame with the next lines, and what is left to be read after them.
fn next_lines(store: &Arc<dyn Store>, held: &mut Held, mut lines: Lines) -> (Vec<u8>, Option<Lines>) {
    let Lines { query, encoding, after, begun, ignored } = &mut lines;
    let limit = STORE_PAGE_EVENTS.min((query.head.0 - after.0.min(query.head.0)) as usize);
    let span = Span::After(*after);
    let page = match read(store, held, |reader| reader.page(query.room, span, limit, STORE_PAGE_BYTES)) {
        Ok(page) => page,
        Err(error) => return (refusal(*encoding, query.txn, Reject::Internal { id: report(&error) }), None),
    };
    let shown: Vec<_> = page.events.into_iter().take_while(|event| event.seq <= query.head).collect();
    let mut frame = if std::mem::replace(begun, true) {
        text::history_goes_on(encoding.lang, &query.name, query.with.as_deref())
    } else {
        let total = shown.first().map_or(0, |first| query.head.0 + 1 - first.seq.0);
        text::history_begins(encoding.lang, &query.name, query.with.as_deref(), total)
    };
    let last = shown.last().map(|event| event.seq);
    let is_shown = |person| ignored.as_ref().is_none_or(|ignored| ignored.binary_search(&person).is_err());
    for event in shown.into_iter().filter(|event| is_shown(event.person)) {
        if let Some(said) = event.body.text() {
            frame.push('\n');
            text::history_line(&shown_time(event.at_ms), &event.author, said, &mut frame);
        }
    }
    let mut bytes = Vec::new();
    encoding.line(&frame, &mut bytes);
    match last {
        Some(last) if last < query.head => {
            *after = last;
            (bytes, Some(lines))
        }
        _ => (bytes, None),
    }
}

/// The server's local time; with the date when it is not today.
fn shown_time(at_ms: u64) -> String {
    let zone = jiff::tz::TimeZone::system();
    let at = i64::try_from(at_ms).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let Some(at) = at else { return "??:??".to_owned() };
    let at = at.to_zoned_datetime(zone.clone());
    let today = jiff::Timestamp::now().to_zoned_datetime(zone).date();
    at.strftime(if at.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

fn refusal(encoding: Encoding, txn: Option<Txn>, reject: Reject) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoding.reply(txn, &Reply::Rejected(reject), &mut bytes);
    bytes
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}
