//! All limits in one place, with their units in their names.
//!
//! What an operator may change is a field of [`Limits`]; the rest are constants. `docs/limits.md`
//! describes each for people, and a test keeps that page and this file together.

use std::time::Duration;

/// Largest frame that is understood at all; a longer one ends the connection.
pub const FRAME_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Largest message that is taken, unless configured. A longer frame is skipped, not buffered.
pub const MESSAGE_MAX_BYTES: usize = 64 * 1024;
/// A nickname is cut after this many characters.
pub const NICKNAME_MAX_CHARS: usize = 32;
/// A room's name is cut after this many characters.
pub const ROOM_NAME_MAX_CHARS: usize = 48;
/// How much of an unknown command's word is named in the answer.
pub const ECHO_MAX_CHARS: usize = 32;
/// A client's name of itself is cut after this many characters.
pub const CLIENT_MAX_CHARS: usize = 64;
/// Bytes that are looked at to tell what a client speaks.
pub const SNIFF_BYTES: usize = 16;
/// Longest header of a proxy that is trusted (PROXY protocol); a longer one ends the connection.
pub const PROXY_HEADER_MAX_BYTES: usize = 2048;
/// Payload of a WebSocket control frame (RFC 6455, 5.5).
pub const WS_CONTROL_MAX_BYTES: usize = 125;

/// A password has at least so many characters.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// And at most so many bytes: hashing takes time by the length.
pub const PASSWORD_MAX_BYTES: usize = 1024;
/// Accounts that exist, deleted ones included: their names stay taken.
pub const ACCOUNTS_MAX: usize = 200_000;
/// Accounts that one address may make in an hour: two classes and those who try twice.
pub const ACCOUNTS_PER_ADDRESS_AND_HOUR: u32 = 100;
/// Places where one account is logged in; the one that was used least recently ends for a further one.
pub const LOGINS_PER_ACCOUNT: usize = 32;
/// A login that is not used for this long ends.
pub const LOGIN_LIFE: Duration = Duration::from_hours(90 * 24);
/// A login's time of use is kept to this precision.
pub const LOGIN_SEEN_EVERY: Duration = Duration::from_mins(10);
/// Bots of one account.
pub const BOTS_PER_ACCOUNT: usize = 16;
/// Bots that one address may make in an hour: each takes a name for ever, also when it is ended.
pub const BOTS_PER_ADDRESS_AND_HOUR: u32 = 20;
/// Rooms that a bot may be bound to.
pub const ROOMS_PER_BOT: usize = 32;
/// Invitations to the server that are open.
pub const INVITES_MAX: usize = 1024;
/// Wrong passwords for one name from one address before the next try has to wait.
pub const LOGIN_FREE_FAILURES: u32 = 3;
/// The longest that a further try has to wait; it doubles from one second.
pub const LOGIN_WAIT_MAX: Duration = Duration::from_mins(5);
/// Wrong passwords are forgotten after this time.
pub const LOGIN_FAILURES_KEPT: Duration = Duration::from_mins(30);
/// Wrong passwords from one address, for whatever names, before it has to wait: several classes share an address.
pub const LOGIN_FAILURES_PER_ADDRESS: u32 = 100;
/// After that it may try again so often.
pub const LOGIN_FAILURES_PER_ADDRESS_EVERY: Duration = Duration::from_secs(2);
/// Names and addresses whose wrong passwords are remembered; those that failed least are forgotten first.
pub const LOGIN_FAILURES_MAX: usize = 16 * 1024;
/// Passwords that wait to be hashed, each address in its turn; beyond it people are asked to try again, first those of
/// the address that has most of them.
pub const PASSWORDS_WAITING: usize = 64;
/// Conversations of two that exist.
pub const DIRECTS_MAX: usize = 10 * ROOMS_MAX;
/// Conversations of two that a person is sent by itself when it comes; others are sent when
/// something is said in them.
pub const DIRECT_ROOMS_SENT: usize = 64;
/// Messages of a conversation that a text client is shown when its reader comes back.
pub const UNREAD_SHOWN: u64 = 20;
/// Conversations of two that one person may begin in an hour.
pub const DIRECT_ROOMS_PER_HOUR: u32 = 60;
/// People whom one person is not shown.
pub const IGNORED_MAX: usize = 256;
/// People with a role in one room, invited ones included.
pub const GRANTS_PER_ROOM: usize = 4096;
/// Restrictions in one room.
pub const RESTRICTIONS_PER_ROOM: usize = 4096;
/// Restrictions that a session keeps when it becomes somebody else.
pub const RESTRICTIONS_CARRIED: usize = 64;
/// The longest wait between two messages in a slow room, in seconds.
pub const SLOW_MAX_SECONDS: u32 = 3600;
/// People whose last message is remembered in a slow room; then the older half is forgotten.
pub const SLOW_REMEMBERED: usize = 4096;
/// Events that are looked through for those of somebody, the newest first: no commit may take long, and logs
/// have no index by person, which every message would pay for.
pub const SEARCH_MAX_EVENTS: usize = 20_000;
/// Bytes of text over which no more of them are looked through.
pub const SEARCH_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Messages that are taken back at once.
pub const REDACT_MAX_EVENTS: usize = 1000;
/// A room's topic is cut after this many characters.
pub const TOPIC_MAX_CHARS: usize = 250;
/// A reason is cut after this many characters.
pub const REASON_MAX_CHARS: usize = 250;
/// People whom one address may invite into rooms in an hour: three classes.
pub const ROOM_INVITES_PER_ADDRESS_AND_HOUR: u32 = 120;
/// Reports that one address may make in an hour; an account may make one more.
pub const REPORTS_PER_ADDRESS_AND_HOUR: u32 = 20;
/// Entries of the audit log that are shown at once.
pub const AUDIT_PAGE_MAX: usize = 200;
/// Entries of the audit log that are kept, of all rooms together; over it those rooms lose their oldest that have most.
pub const AUDIT_KEPT: usize = 100_000;
/// Entries of one room that are kept, reports not counted.
pub const AUDIT_KEPT_PER_ROOM: usize = 1_000;
/// Reports of one room that are kept: nobody pushes out by them what moderators did.
pub const REPORTS_KEPT_PER_ROOM: usize = 250;
/// In a lockdown accounts must be this old to post.
pub const LOCKDOWN_AGE: Duration = Duration::from_hours(24);
/// The link for the first administrator is good for this long.
pub const FIRST_ADMIN_LINK: Duration = Duration::from_hours(1);

/// Rooms that exist at the same time.
pub const ROOMS_MAX: usize = 10_000;
/// Rooms that one address may make in an hour.
pub const ROOMS_PER_ADDRESS_AND_HOUR: u32 = 20;
/// An empty room in which nothing was said goes after this time.
pub const EMPTY_ROOM_KEPT: Duration = Duration::from_hours(24);
/// Joins or leaves in one room and second that are told one by one; the rest are merged.
pub const PRESENCE_PER_SECOND: u32 = 20;

/// Frames that a connection may send at once before its rate counts.
pub const FLOOD_BURST_FRAMES: u32 = 20;
/// Frames a second after that; over the rate a connection is read later.
pub const FLOOD_FRAMES_PER_SECOND: u32 = 5;

/// Encoded events of all rooms that are kept in memory, in every encoding together.
pub const BACKLOG_MAX_BYTES: usize = 64 * 1024 * 1024;
/// A run of frames is closed at this size, so that a slow reader pins little and a write stays small.
pub const SEGMENT_TARGET_BYTES: usize = 64 * 1024;
/// Events that the memory store keeps, all rooms together.
pub const MEMORY_STORE_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Lines that a text client which fell behind the backlog still gets from the store.
pub const CATCH_UP_MAX_LINES: usize = 500;
/// Events that are read from the store at a time.
pub const STORE_PAGE_EVENTS: usize = 50;

/// Messages that `/history` shows without a number.
pub const HISTORY_DEFAULT_LINES: usize = 20;
/// Messages that one `/history` shows at most; they are read and sent at the reader's pace.
pub const HISTORY_MAX_LINES: usize = 50_000;
/// Events of a page of history in papo/1 that names no number.
pub const HISTORY_PAGE_DEFAULT: usize = 50;
/// Events of a page of history in papo/1 at most.
pub const HISTORY_PAGE_MAX: usize = 200;
/// Bytes of text after which a page from the store ends, however few events it has.
pub const STORE_PAGE_BYTES: usize = 256 * 1024;
/// Events that a session which resumes is sent for each room; of more it is told the gap.
pub const RESUME_MAX_EVENTS: u64 = 500;
/// Rooms that one session of papo/1 may be in.
pub const ROOMS_PER_SESSION: usize = 256;
/// Sessions of papo/1 that one address may begin at once; going on with one is free. It is twice as many as it has
/// connections: after a restart of the server a whole school may come without its sessions.
pub const SESSIONS_PER_ADDRESS: u32 = 512;
/// After that one more each such time.
pub const SESSIONS_PER_ADDRESS_EVERY: Duration = Duration::from_secs(10);
/// Sessions that a store on disk keeps; over it those go that would end first.
pub const SESSIONS_MAX: usize = 256 * 1024;
/// Sessions that the memory store keeps, likewise.
pub const MEMORY_STORE_SESSIONS_MAX: usize = 16 * 1024;
/// Sessions whose connection is lost and that are held open for it; over it the oldest end.
pub const SESSIONS_HELD: usize = 16 * 1024;
/// Looks into the store that wait for a reader thread, all connections together.
pub const STORE_JOBS_WAITING: usize = 32 * 1024;

/// Unsent bytes over which a connection is not read from until it drains.
pub const UNSENT_MAX_BYTES: usize = 256 * 1024;
/// What others cause for a connection (invitations, reports) while it does not take all that is its own; over it the
/// connection ends, and its client comes back.
pub const UNTAKEN_MAX_BYTES: usize = 256 * 1024;
/// What is encrypted for one connection at a time: a slow reader has at most so much in ciphertext.
pub const TLS_SEALED_MAX_BYTES: usize = 64 * 1024;
/// What is kept of a TLS record or a handshake that is not whole.
pub const TLS_UNFINISHED_MAX_BYTES: usize = 32 * 1024;
/// Steps of TLS handshakes that a shard does before everybody else has their turn.
pub const TLS_HANDSHAKES_PER_TURN: usize = 8;
/// What a shard reads from one connection before the next one has its turn.
pub const READ_TURN_BYTES: usize = 64 * 1024;
/// Effects that may wait for a commit before sessions are read later.
pub const OUTBOX_MAX_ENTRIES: usize = 16 * 1024;
/// Bytes of messages that may wait for a commit before sessions are read later.
pub const OUTBOX_MAX_BYTES: usize = 32 * 1024 * 1024;
/// A frame of papo/1 may be so many times as long as a message: JSON escapes some characters.
pub const PAPO1_FRAME_FACTOR: usize = 4;

/// A session whose connection is lost stays in its rooms, under its name, for this long.
pub const SESSION_HELD: Duration = Duration::from_secs(30);
/// A session can be resumed for this long after it was last opened.
pub const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);
/// Between two times that a room is told of the same person typing.
pub const TYPING_EVERY: Duration = Duration::from_secs(3);
/// Changes of the list of rooms are gathered for this long before they are told.
pub const ROOM_CHANGES_EVERY: Duration = Duration::from_secs(1);
/// After a commit failed the writer waits this long before it tries the next.
pub const COMMIT_RETRY: Duration = Duration::from_millis(250);
/// A silent client on the TCP port is a text client after this time.
pub const SILENT_IS_TEXT: Duration = Duration::from_millis(200);
/// The rest of a begun frame must come within this time.
pub const HALF_FRAME: Duration = Duration::from_secs(30);
/// A client that says nothing useful on HTTP is closed after this time.
pub const HTTP_IDLE: Duration = Duration::from_secs(10);
/// The body of an HTTP request must be here within this time.
pub const HTTP_BODY_WITHIN: Duration = Duration::from_secs(10);
/// A TLS handshake takes at most this long.
pub const TLS_HANDSHAKE: Duration = Duration::from_secs(10);
/// Between two looks at whether the files of the certificate have changed.
pub const TLS_RELOAD_EVERY: Duration = Duration::from_secs(5);
/// A connection with something to take that takes no byte is closed after this time.
pub const WRITE_STALL: Duration = Duration::from_mins(1);
/// Between two pings to a WebSocket.
pub const WS_PING_EVERY: Duration = Duration::from_secs(20);
/// A WebSocket that does not answer a ping within this time is closed.
pub const WS_PONG_WITHIN: Duration = Duration::from_secs(20);
/// Silence on a TCP connection before the kernel asks whether its peer is there.
pub const KEEPALIVE_IDLE: Duration = Duration::from_secs(20);
/// Between two such questions.
pub const KEEPALIVE_EVERY: Duration = Duration::from_secs(10);
/// Unanswered questions after which the peer is gone.
pub const KEEPALIVE_TRIES: u32 = 3;
/// Sent bytes that nobody acknowledges end a connection after this time (`TCP_USER_TIMEOUT`). It
/// also takes the place of the number of tries: a silent peer is given up at the first question
/// after it.
pub const UNACKNOWLEDGED: Duration = Duration::from_secs(45);
/// A closed connection is still read from for this long, or a reset may eat the reason.
pub const LINGER: Duration = Duration::from_secs(1);
/// A drain takes at most this long before what is left is closed.
pub const DRAIN: Duration = Duration::from_secs(4);

/// Connections from one address (one /64 of IPv6); loopback is exempt.
pub const CONNECTIONS_PER_ADDRESS: usize = 256;
/// File descriptors kept free for the store, HTTP and the log.
pub const RESERVED_DESCRIPTORS: usize = 64;
/// Addresses whose rates are remembered; the least interesting are forgotten first.
pub const ADDRESSES_REMEMBERED: usize = 16 * 1024;
/// HTTP connections at the same time, before an upgrade.
pub const HTTP_CONNECTIONS: usize = 1024;
/// The body of an HTTP request, beside the message in it, whose letters JSON may write in six bytes each.
pub const HTTP_BODY_MAX_BYTES: usize = 1024;
/// Who asks without a connection of its own waits so long for the disk.
pub const OUTSIDE_WAITS: Duration = Duration::from_secs(10);
/// An HTTP client that takes its answer more slowly than so many bytes in `HTTP_IDLE` is closed.
pub const HTTP_TAKEN_MIN_BYTES: usize = 16 * 1024;
/// Lines that wait for a slow reader of the server's output; later ones are counted and dropped.
pub const OUTPUT_LINES: usize = 4096;

const _: () = {
    assert!(
        SESSIONS_PER_ADDRESS as u64 + SESSION_LIFE.as_secs() / SESSIONS_PER_ADDRESS_EVERY.as_secs()
            <= SESSIONS_MAX as u64,
        "one address alone pushes no session out of the store"
    );
    assert!(SESSIONS_PER_ADDRESS as usize >= 2 * CONNECTIONS_PER_ADDRESS, "whoever has a place can begin a session");
    assert!(BOTS_PER_ACCOUNT <= BOTS_PER_ADDRESS_AND_HOUR as usize, "all bots of an account can be made at once");
    assert!(MESSAGE_MAX_BYTES <= FRAME_MAX_BYTES, "a message travels in a frame");
    assert!(FRAME_MAX_BYTES < 1 << 24, "the first byte of a length is 0: sniffing relies on it");
    assert!(UNTAKEN_MAX_BYTES < u32::MAX as usize, "a plan counts them in 32 bits");
    assert!(SEGMENT_TARGET_BYTES <= UNSENT_MAX_BYTES, "one segment never pauses a reader's input");
    assert!(TLS_UNFINISHED_MAX_BYTES > 16 * 1024 + 2048 + 5, "the longest record of TLS 1.2 fits");
    assert!(TLS_UNFINISHED_MAX_BYTES < READ_TURN_BYTES, "what is kept leaves room to read its rest");
    assert!(
        KEEPALIVE_IDLE.as_secs() + KEEPALIVE_EVERY.as_secs() * KEEPALIVE_TRIES as u64 <= 60,
        "a vanished client frees its name within a minute"
    );
    assert!(
        UNACKNOWLEDGED.as_secs() + KEEPALIVE_EVERY.as_secs() < 60,
        "so does one that is given up by TCP_USER_TIMEOUT, at the question after it"
    );
    assert!(DRAIN.as_secs() + LINGER.as_secs() <= 5, "a drain ends within five seconds");
    assert!(HISTORY_PAGE_DEFAULT <= HISTORY_PAGE_MAX && HISTORY_DEFAULT_LINES <= HISTORY_MAX_LINES);
    assert!(STORE_PAGE_EVENTS <= CATCH_UP_MAX_LINES, "catching up takes whole pages");
};

/// The limits that an operator may change.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest message, in bytes; see [`MESSAGE_MAX_BYTES`].
    pub message_bytes: usize,
    /// Whether rates are limited at all (`--flood off`): frames a second, and what an address may do in an hour.
    pub flood: bool,
    /// Backlog of all rooms together, in bytes; see [`BACKLOG_MAX_BYTES`].
    pub backlog_bytes: usize,
    /// Connections from one address; see [`CONNECTIONS_PER_ADDRESS`].
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_MAX_BYTES,
            flood: true,
            backlog_bytes: BACKLOG_MAX_BYTES,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
        }
    }
}
