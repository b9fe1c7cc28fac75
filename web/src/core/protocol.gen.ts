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
    rooms: Array<RoomState>, }
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
    members: Array<string>, }
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
export type RoomEvent = { "is": "message" } & Message;

/** What somebody said. */
export type Message = {
    /** The room. */
    room: number,
    /** Its number in the room's log: 1, 2, 3 … without gaps. This is the order. */
    seq: number,
    /** When it was taken, in milliseconds since 1970; for people, never an order. */
    at: number,
    /** The author's name as it was then. */
    author: string,
    /** What was said. */
    text: string,
    /** The reader's own number of the post, if it is the session's own. */
    txn?: number, };

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
    head: number, };

/** A room in the list of all rooms. */
export type RoomInfo = {
    /** Its number. */
    id: number,
    /** Its name as first written, without `#`. */
    name: string,
    /** How many people are in it. */
    online: number, };

/** Something about the connection. */
export type About = "slowed_down" | "draining" | "fenced" | "frame_too_big" | "other";

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
  /** the address has made its rooms for now */
  rooms_too_fast: 3000,
  /** something of the session is just being done */
  busy: 3001,
  /** it could not be stored; the text holds an id for the operator */
  internal: 5000,
  /** the disk has no room; nothing new is taken until it has */
  store_full: 5001,
} as const;
