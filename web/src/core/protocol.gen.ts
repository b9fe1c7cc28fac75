// Generated from crates/papo-proto/src/papo1: do not edit.

/**
 * A command. Every one carries a `txn` that the client chooses and gets exactly one ack or reject with it.
 *
 * The `txn` of posts grows within a session: one that was used before is answered again, not posted again.
 */
export type ClientFrame = { "do": "hello",
    /** The client's number of this command. */
    txn: number,
    /** The version of the dialect: 1. */
    version: number,
    /** The wished name of a new session; without one it gets a guest's name. */
    nick?: string,
    /** The token of the session to resume. */
    session?: string,
    /** The token of a login: the session is that account's. */
    login?: string,
    /** The language of the texts in rejects and notices, for example `pt-BR`. */
    lang?: string,
    /** The client's name and version, for the operator's log. */
    client?: string,
    /** What the client understands beyond the minimum: `rooms` to be told of changed rooms. */
    capabilities?: Array<string>,
    /** The rooms that the session is in from now on, and how far it has read each. */
    resume?: Array<RoomCursor>, }
  | { "do": "post",
    /** The client's number of this command; over that of every post before. */
    txn: number,
    /** The room. */
    room: number,
    /** What is said, at most `message_bytes` of it. */
    text: string, }
  | { "do": "join",
    /** The client's number of this command. */
    txn: number,
    /** The room's name, with or without `#`. */
    room: string, }
  | { "do": "leave",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number, }
  | { "do": "create",
    /** The client's number of this command. */
    txn: number,
    /** The room's name, with or without `#`. */
    room: string, }
  | { "do": "rooms",
    /** The client's number of this command. */
    txn: number, }
  | { "do": "who",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number, }
  | { "do": "nick",
    /** The client's number of this command. */
    txn: number,
    /** The name. */
    nick: string, }
  | { "do": "history",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** Only events with a lower seq. */
    before?: number,
    /** Only events with a higher seq. */
    after?: number,
    /** How many at most: 50 without it, never over 200. */
    limit?: number, }
  | { "do": "typing",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number, }
  | { "do": "register",
    /** The client's number of this command. */
    txn: number,
    /** Its name; without one, the session's. */
    nick?: string,
    /** Its password. */
    password: Hidden,
    /** The secret of an invitation. */
    invite?: string, }
  | { "do": "login",
    /** The client's number of this command. */
    txn: number,
    /** The account's name. */
    nick: string,
    /** Its password. */
    password: Hidden, }
  | { "do": "logout",
    /** The client's number of this command. */
    txn: number, }
  | { "do": "password",
    /** The client's number of this command. */
    txn: number,
    /** The one until now. */
    old: Hidden,
    /** The one from now on. */
    new: Hidden, }
  | { "do": "delete_account",
    /** The client's number of this command. */
    txn: number,
    /** Its password. */
    password: Hidden, }
  | { "do": "logins",
    /** The client's number of this command. */
    txn: number, }
  | { "do": "end_login",
    /** The client's number of this command. */
    txn: number,
    /** Which one. */
    login: number, }
  | { "do": "new_token",
    /** The client's number of this command. */
    txn: number,
    /** The bot's name. */
    nick: string,
    /** The names of the rooms that it may be in; all public ones without any. */
    rooms?: Array<string>, }
  | { "do": "tokens",
    /** The client's number of this command. */
    txn: number, }
  | { "do": "revoke_token",
    /** The client's number of this command. */
    txn: number,
    /** The bot's name. */
    nick: string, }
  | { "do": "direct",
    /** The client's number of this command. */
    txn: number,
    /** The person's name. */
    who: string, }
  | { "do": "ignore",
    /** The client's number of this command. */
    txn: number,
    /** The person's name. */
    who: string, }
  | { "do": "unignore",
    /** The client's number of this command. */
    txn: number,
    /** The person's name. */
    who: string, }
  | { "do": "read",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** Up to where. */
    seq: number, }
  | { "do": "topic",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** What. */
    topic: string, }
  | { "do": "invite",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string, }
  | { "do": "kick",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string,
    /** Why; told to the person. */
    why?: string, }
  | { "do": "ban",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string,
    /** For how long; for ever without it. */
    seconds?: number,
    /** Why; told to the person. */
    why?: string, }
  | { "do": "unban",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string, }
  | { "do": "mute",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string,
    /** For how long. */
    seconds: number, }
  | { "do": "unmute",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string, }
  | { "do": "slow",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** How long; 0 for no wait. */
    seconds: number, }
  | { "do": "op",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string, }
  | { "do": "deop",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The person's name. */
    who: string, }
  | { "do": "private",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** Whether. */
    on: boolean, }
  | { "do": "readonly",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** Whether. */
    on: boolean, }
  | { "do": "redact",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The message. */
    seq?: number,
    /** The person. */
    who?: string,
    /** All of the last so many seconds. */
    seconds?: number, }
  | { "do": "close",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number, }
  | { "do": "report",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** The message that it is about. */
    seq?: number,
    /** What is wrong. */
    why: string, }
  | { "do": "audit",
    /** The client's number of this command. */
    txn: number,
    /** The room. */
    room: number,
    /** How many of the newest entries: 50 without it, never over 200. */
    limit?: number, }
  | { "do": "ping",
    /** The client's number of this command. */
    txn: number, }
  | { "do": "bye",
    /** The client's number of this command. */
    txn: number, };

/** How far a client has read a room. */
export type RoomCursor = {
    /** The room. */
    room: number,
    /** Which log of the room; another one is answered with a reset. */
    epoch: number,
    /** The highest seq up to which the client has everything; 0 for nothing. */
    seq: number, };

/** A frame from the server. What a client does not know (another `is`) it passes over. */
export type ServerFrame = { "is": "ack",
    /** The client's number of the command. */
    txn: number,
    /** What came of it. */
    answer: Answer, }
  | { "is": "reject",
    /** The client's number of the command; missing when the frame had none that could be read. */
    txn?: number,
    /** Why, for programs. */
    code: number,
    /** Why, for people, in the session's language. */
    text: string,
    /** Whether and when to send it again. */
    retry: Retry,
    /** With `later`: not before so many milliseconds have passed. */
    after_ms?: number, }
  | { "is": "message" } & Message
  | { "is": "redacted" } & Redacted
  | { "is": "redaction" } & Redaction
  | { "is": "entered",
    /** The room. */
    room: number,
    /** Who. */
    who: Array<string>, }
  | { "is": "left",
    /** The room. */
    room: number,
    /** Who. */
    who: Array<string>, }
  | { "is": "lost",
    /** The room. */
    room: number,
    /** Who. */
    who: Array<string>, }
  | { "is": "renamed",
    /** The room. */
    room: number,
    /** The name before. */
    from: string,
    /** The name now. */
    to: string, }
  | { "is": "typing",
    /** The room. */
    room: number,
    /** Who. */
    who: string, }
  | { "is": "changed",
    /** The room. */
    room: number,
    /** By whom. */
    by: string,
    /** What. */
    change: RoomChange, }
  | { "is": "direct",
    /** Its room. */
    room: RoomState, }
  | { "is": "read",
    /** The room. */
    room: number,
    /** Up to where. */
    seq: number, }
  | { "is": "invited",
    /** The room. */
    room: RoomState,
    /** By whom. */
    by: string, }
  | { "is": "removed",
    /** The room. */
    room: number,
    /** By whom. */
    by: string,
    /** Why; may be empty. */
    why: string,
    /** It may not come back for now. */
    banned: boolean,
    /** The room has ended. */
    closed: boolean, }
  | { "is": "reported",
    /** The room. */
    room: number,
    /** Who. */
    by: string,
    /** The message that it is about. */
    seq?: number,
    /** What is wrong. */
    why: string, }
  | { "is": "named",
    /** The name. */
    nick: string, }
  | { "is": "gap",
    /** The room. */
    room: number,
    /** The first seq that is missing. */
    from: number,
    /** The last seq that is missing. */
    to: number, }
  | { "is": "stale",
    /** The room. */
    room: number, }
  | { "is": "reset",
    /** The room as it is now. */
    room: RoomState, }
  | { "is": "gone",
    /** The room. */
    room: number, }
  | { "is": "rooms",
    /** New and changed rooms. */
    changed: Array<RoomInfo>,
    /** Rooms that are gone. */
    gone: Array<number>,
    /** Changes were left out: ask for the whole list again. */
    stale?: boolean, }
  | { "is": "notice",
    /** What. */
    about: About,
    /** The same for people. */
    text: string, };

/** What came of a command. */
export type Answer = { "to": "hello",
    /** The version of the dialect. */
    version: number,
    /** The server's name and version. */
    server: string,
    /** The token by which the session is resumed; a secret. */
    session: string,
    /** Until when it can be resumed, in milliseconds since 1970. */
    ends: number,
    /** The session's name. */
    nick: string,
    /** The server's time, in milliseconds since 1970. */
    now: number,
    /** What the server understands beyond the minimum. */
    capabilities: Array<string>,
    /** How long a message may be, in bytes of UTF-8. */
    message_bytes: number,
    /** The session had been open before and goes on; otherwise it is new. */
    resumed: boolean,
    /** The rooms that the session is in. */
    rooms: Array<RoomState>,
    /** The account, if the session has one. */
    account?: number | null,
    /** The account may do everything. */
    admin?: boolean,
    /** Who can make an account. */
    registration: Registration,
    /** What whoever runs the server tells everybody who comes; may be empty. */
    greeting: string,
    /** Whom the session is not shown. */
    ignored?: Array<string>, }
  | { "to": "login" } & LoggedIn
  | { "to": "register" } & LoggedIn
  | { "to": "logout",
    /** Its name. */
    nick: string, }
  | { "to": "logins",
    /** Those that were used last come first. */
    logins: Array<Login>, }
  | { "to": "new_token",
    /** Its name. */
    nick: string,
    /** Its token; told once. */
    token: string, }
  | { "to": "tokens",
    /** Their names. */
    nicks: Array<string>, }
  | { "to": "direct",
    /** Its room. */
    room: RoomState, }
  | { "to": "redact",
    /** How many. */
    count: number, }
  | { "to": "audit",
    /** The room. */
    room: number,
    /** Oldest first. */
    entries: Array<AuditEntry>, }
  | { "to": "done" }
  | { "to": "post",
    /** The room. */
    room: number,
    /** Its number in the room's log. */
    seq: number,
    /** When it was taken, in milliseconds since 1970. */
    at: number, }
  | { "to": "join",
    /** The room. */
    room: RoomState,
    /** The name was too long and has been cut. */
    cut: boolean, }
  | { "to": "leave",
    /** The room. */
    room: number, }
  | { "to": "create",
    /** The room. */
    room: RoomState,
    /** It existed before. */
    existed: boolean,
    /** The name was too long and has been cut. */
    cut: boolean, }
  | { "to": "rooms",
    /** The rooms. */
    rooms: Array<RoomInfo>, }
  | { "to": "who",
    /** The room. */
    room: number,
    /** Their names. */
    members: Array<string>,
    /** Who has a role from moderator on, there or not; an administrator only while there. */
    roles?: Array<Ranked>, }
  | { "to": "nick",
    /** The name. */
    nick: string,
    /** It was too long and has been cut. */
    cut: boolean, }
  | { "to": "history",
    /** The room. */
    room: number,
    /** The oldest seq that is kept; what is below is gone. 0 when nothing is kept. */
    first: number,
    /** The newest seq. */
    head: number,
    /** Events in the order of seq, none left out between them. */
    events: Array<RoomEvent>, }
  | { "to": "typing" }
  | { "to": "ping",
    /** The server's time, in milliseconds since 1970. */
    now: number, }
  | { "to": "bye" };

/** An event of a room's log. */
export type RoomEvent = { "is": "message" } & Message
  | { "is": "redacted" } & Redacted
  | { "is": "redaction" } & Redaction;

/** What somebody said. */
export type Message = {
    /** The room. */
    room: number,
    /** Its number in the room's log: 1, 2, 3 … without gaps. This is the order. */
    seq: number,
    /** When it was taken, in milliseconds since 1970; for people, never an order. */
    at: number,
    /** The author's account, if there is one. */
    account?: number,
    /** The author's name as it was then. */
    author: string,
    /** What was said. */
    text: string,
    /** The reader's own number of the post, if it is the session's own. */
    txn?: number, };

/** Where a message was that is taken back. */
export type Redacted = {
    /** The room. */
    room: number,
    /** Its number in the room's log. */
    seq: number,
    /** When it was taken, in milliseconds since 1970. */
    at: number,
    /** Who said it. */
    author: string, };

/** Messages that were taken back. */
export type Redaction = {
    /** The room. */
    room: number,
    /** Its number in the room's log. */
    seq: number,
    /** When it was done, in milliseconds since 1970. */
    at: number,
    /** Who did it. */
    author: string,
    /** The messages. */
    seqs: Array<number>, };

/** A room as somebody in it sees it. */
export type RoomState = {
    /** Its number, never used again. */
    id: number,
    /** Which log its seqs count in. */
    epoch: number,
    /** Its name as first written, without `#`. */
    name: string,
    /** The oldest seq that is kept; 0 when nothing is. */
    first: number,
    /** The newest seq; 0 before the first event. */
    head: number,
    /** Who may be in it. */
    kind: Kind,
    /** What the reader is in it. */
    role: Role,
    /** What it is about; may be empty. */
    topic: string,
    /** Only moderators may post. */
    readonly?: boolean,
    /** Seconds that everybody waits between two messages. */
    slow?: number,
    /** Up to where the reader's account has read it, if it has an account. */
    read?: number, };

/** Who may be in a room. */
export type Kind = "public" | "private" | "direct";

/** What the reader is in a room, from least to most. */
export type Role = "guest" | "member" | "moderator" | "owner" | "admin";

/** Who has a role in a room. */
export type Ranked = {
    /** Who. */
    who: string,
    /** What they are in it. */
    role: Role, };

/** What was changed in a room. */
export type RoomChange = { "of": "topic",
    /** What. */
    topic: string, }
  | { "of": "private",
    /** Whether. */
    on: boolean, }
  | { "of": "readonly",
    /** Whether. */
    on: boolean, }
  | { "of": "slow",
    /** How long; 0 for no wait. */
    seconds: number, }
  | { "of": "role",
    /** Who. */
    who: string,
    /** What. */
    role: Role, }
  | { "of": "muted",
    /** Who. */
    who: string,
    /** For how long; 0 when they may speak again. */
    seconds: number, }
  | { "of": "removed",
    /** Who. */
    who: string,
    /** They may not come back for now. */
    banned: boolean, };

/** An account that a session is now. */
export type LoggedIn = {
    /** The account. */
    account: number,
    /** Its name. */
    nick: string,
    /** It may do everything. */
    admin: boolean,
    /** The login's token, for hello; a secret. A browser changes it for a cookie at once. */
    login: string,
    /** Until when it is good unless it is used, in milliseconds since 1970. */
    ends: number, };

/** One of an account's logins. */
export type Login = {
    /** By which it is ended. */
    id: number,
    /** The client and where it is. */
    label: string,
    /** When it was made, in milliseconds since 1970. */
    made: number,
    /** When it was used last, to a few minutes. */
    seen: number,
    /** It is the session's own. */
    this: boolean, };

/** What a moderator did. */
export type AuditEntry = {
    /** When, in milliseconds since 1970. */
    at: number,
    /** Who. */
    actor: string,
    /** What: the word of the command. */
    act: string,
    /** To whom or what. */
    target: string,
    /** Why, or what else there is to say. */
    note: string, };

/** Who can make an account. */
export type Registration = "open" | "invite" | "closed";

/** A password on the wire; it is not shown where frames are. */
export type Hidden = string;

/** A room in the list of all rooms. */
export type RoomInfo = {
    /** Its number. */
    id: number,
    /** Its name as first written, without `#`. */
    name: string,
    /** How many people are in it. */
    online: number,
    /** Only who is invited may be in it. */
    private?: boolean, };

/** Something about the connection. */
export type About = "slowed_down" | "draining" | "fenced" | "frame_too_big" | "announcement" | "login_ended" | "other";

/** What a client does about a reject. */
export type Retry = "never" | "changed" | "later";

/** The numbers of rejects. */
export const CODES = {
  /** the frame is no command of papo/1 */
  malformed: 1000,
  /** another command came before hello */
  hello_first: 1001,
  /** the connection has said hello before */
  hello_twice: 1002,
  /** the version is not spoken here */
  version: 1003,
  /** the txn is not between 1 and 2^53 − 1 */
  txn: 1004,
  /** nobody can take this name */
  nickname: 2000,
  /** the name, or one that looks like it, is in use */
  nickname_taken: 2001,
  /** no room can have this name */
  room_name: 2002,
  /** there is nothing in the message */
  empty_message: 2003,
  /** the message is over the limit */
  message_too_long: 2004,
  /** there is no such room */
  unknown_room: 2005,
  /** the session is not in the room */
  not_a_member: 2006,
  /** the token is for no session, or for one that has ended: say hello without it */
  unknown_session: 2007,
  /** the session is in too many rooms to enter another */
  too_many_joined: 2008,
  /** so many rooms exist that no further one is made */
  too_many_rooms: 2009,
  /** an argument that people typed is wrong */
  bad_argument: 2010,
  /** plain text is not spoken here: connect by TLS */
  tls_required: 2011,
  /** the server is for accounts: log in first */
  login_first: 2020,
  /** the session has no account */
  not_logged_in: 2021,
  /** the session has an account already */
  logged_in: 2022,
  /** the name or the password is wrong */
  wrong_password: 2023,
  /** the password is too short or too long */
  password_length: 2024,
  /** a password must not go over a line that can be listened to */
  unencrypted: 2025,
  /** nobody can register */
  registration_closed: 2026,
  /** an invitation is needed, or the one that was given is not good */
  invitation: 2027,
  /** an account's name stays as it is */
  name_of_account: 2028,
  /** there is no such login or bot */
  unknown_token: 2029,
  /** there is nobody of this name */
  nobody: 2030,
  /** it cannot be done to oneself */
  oneself: 2031,
  /** the person is a guest and not there; nothing is kept for guests */
  guest_away: 2032,
  /** only somebody with a higher role may do it */
  role: 2033,
  /** the person's role is as high as one's own */
  role_of: 2034,
  /** only moderators may post in the room */
  read_only: 2035,
  /** one is banned from the room */
  banned: 2036,
  /** one may say nothing in the room for a while */
  muted: 2037,
  /** only accounts older than a day may post */
  lockdown: 2038,
  /** it cannot be done in this kind of room */
  wrong_room: 2039,
  /** there is no such message, or it may not be taken back */
  no_message: 2040,
  /** there are too many of these */
  too_many: 2041,
  /** a bot may not do this */
  not_for_bots: 2042,
  /** a public room has this name */
  room_taken: 2043,
  /** the person is not in the room */
  not_in_room: 2044,
  /** the address has made its rooms for now */
  rooms_too_fast: 3000,
  /** something of the session is just being done */
  busy: 3001,
  /** too many wrong passwords */
  login_too_fast: 3002,
  /** the room is slow: the next message has to wait */
  slow: 3003,
  /** the address has done this too often for now */
  too_fast: 3004,
  /** it could not be stored; the text holds an id for the operator */
  internal: 5000,
  /** the disk has no room; nothing new is taken until it has */
  store_full: 5001,
} as const;
