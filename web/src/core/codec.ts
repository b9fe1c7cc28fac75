/**
 * papo/1 on the wire: one WebSocket text message is one frame of JSON.
 *
 * What the server sends is looked at here once; behind this file a frame has the shape of its type. What this
 * page does not know is passed over, and so is what is broken: a frame is never half believed.
 */

import type {
  About,
  Answer as WireAnswer,
  AuditEntry,
  ClientFrame,
  LoggedIn,
  Login,
  Message,
  Ranked,
  Redacted,
  Redaction,
  Retry,
  RoomChange,
  RoomEvent,
  RoomInfo,
  RoomState,
  ServerFrame,
} from './protocol.gen';

/** The WebSocket subprotocol, and the version that `hello` names. */
export const SUBPROTOCOL = 'papo.v1';
export const VERSION = 1;

/** An event of a room's log; of a kind that this page does not know, only its place counts. */
export type LogEvent = RoomEvent | { is: 'unknown'; seq: number };

export type Page = { to: 'history'; room: number; first: number; head: number; events: LogEvent[] };
export type Answer = Exclude<WireAnswer, { to: 'history' }> | Page;
export type Heard = Exclude<ServerFrame, { is: 'ack' }> | { is: 'ack'; txn: number; answer: Answer };

export function encode(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

/** Null for what is to be passed over. */
export function decode(raw: string): Heard | null {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return null;
  }
  return isObject(value) ? frame(value) : null;
}

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const maybe = (check: Check): Check => (value) => value === undefined || check(value);
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const roomState = shape({
  id: number,
  epoch: number,
  name: text,
  first: number,
  head: number,
  kind: text,
  role: text,
  topic: text,
  readonly: maybe(flag),
  slow: maybe(number),
  read: maybe(number),
} satisfies Every<RoomState>);
const roomInfo = shape({ id: number, name: text, online: number, private: maybe(flag) } satisfies Every<RoomInfo>);
const people = shape({ room: number, who: listOf(text) });
const loggedIn = shape({ account: number, nick: text, admin: flag, login: text, ends: number } satisfies Every<LoggedIn>);
const login = shape({ id: number, label: text, made: number, seen: number, this: flag } satisfies Every<Login>);
const ranked = shape({ who: text, role: text } satisfies Every<Ranked>);
const auditEntry = shape({ at: number, actor: text, act: text, target: text, note: text } satisfies Every<AuditEntry>);

const EVENTS: Record<RoomEvent['is'], Check> = {
  message: shape({ room: number, seq: number, at: number, account: maybe(number), author: text, text, txn: maybe(number) } satisfies Every<Message>),
  redacted: shape({ room: number, seq: number, at: number, author: text } satisfies Every<Redacted>),
  redaction: shape({ room: number, seq: number, at: number, author: text, seqs: listOf(number) } satisfies Every<Redaction>),
};

const CHANGES: Record<RoomChange['of'], Check> = {
  topic: shape({ topic: text }),
  private: shape({ on: flag }),
  readonly: shape({ on: flag }),
  slow: shape({ seconds: number }),
  role: shape({ who: text, role: text }),
  muted: shape({ who: text, seconds: number }),
  removed: shape({ who: text, banned: flag }),
};
const change: Check = (value) => isObject(value) && oneOf(CHANGES, value['of']) && CHANGES[value['of'] as RoomChange['of']](value);

const ANSWERS: Record<WireAnswer['to'], Check> = {
  hello: shape({
    version: number,
    server: text,
    session: text,
    ends: number,
    nick: text,
    now: number,
    capabilities: listOf(text),
    message_bytes: number,
    resumed: flag,
    rooms: listOf(roomState),
    account: (value) => value === null || maybe(number)(value),
    admin: maybe(flag),
    registration: text,
    greeting: text,
    ignored: maybe(listOf(text)),
  }),
  login: loggedIn,
  register: loggedIn,
  logout: shape({ nick: text }),
  logins: shape({ logins: listOf(login) }),
  new_token: shape({ nick: text, token: text }),
  tokens: shape({ nicks: listOf(text) }),
  direct: shape({ room: roomState }),
  redact: shape({ count: number }),
  audit: shape({ room: number, entries: listOf(auditEntry) }),
  done: () => true,
  post: shape({ room: number, seq: number, at: number }),
  join: shape({ room: roomState, cut: flag }),
  leave: shape({ room: number }),
  create: shape({ room: roomState, existed: flag, cut: flag }),
  rooms: shape({ rooms: listOf(roomInfo) }),
  who: shape({ room: number, members: listOf(text), roles: maybe(listOf(ranked)) }),
  nick: shape({ nick: text, cut: flag }),
  history: shape({ room: number, first: number, head: number, events: listOf(shape({ is: text, seq: number })) }),
  typing: () => true,
  ping: shape({ now: number }),
  bye: () => true,
};

const FRAMES: Record<Exclude<ServerFrame['is'], 'ack'>, Check> = {
  reject: shape({ txn: maybe(number), code: number, text, retry: text, after_ms: maybe(number) }),
  ...EVENTS,
  entered: people,
  left: people,
  lost: people,
  renamed: shape({ room: number, from: text, to: text }),
  typing: shape({ room: number, who: text }),
  changed: shape({ room: number, by: text, change }),
  direct: shape({ room: roomState }),
  read: shape({ room: number, seq: number }),
  invited: shape({ room: roomState, by: text }),
  removed: shape({ room: number, by: text, why: text, banned: flag, closed: flag }),
  reported: shape({ room: number, by: text, seq: maybe(number), why: text }),
  named: shape({ nick: text }),
  gap: shape({ room: number, from: number, to: number }),
  stale: shape({ room: number }),
  reset: shape({ room: roomState }),
  gone: shape({ room: number }),
  rooms: shape({ changed: listOf(roomInfo), gone: listOf(number), stale: maybe(flag) }),
  notice: shape({ about: text, text }),
};

const ABOUT: readonly About[] = ['slowed_down', 'draining', 'fenced', 'frame_too_big', 'announcement', 'login_ended', 'other'];
const RETRY: readonly Retry[] = ['never', 'changed', 'later'];

function frame(value: Fields): Heard | null {
  const is = value['is'];
  if (is === 'ack') return ack(value);
  if (!oneOf(FRAMES, is) || !FRAMES[is as keyof typeof FRAMES](value)) return null;
  const known = value as ServerFrame;
  if (known.is === 'notice' && !ABOUT.includes(known.about)) return { ...known, about: 'other' };
  // A rule that is not known must at least not send the same again for ever.
  if (known.is === 'reject' && !RETRY.includes(known.retry)) return { ...known, retry: 'changed' };
  return known as Heard;
}

function ack(value: Fields): Heard | null {
  const { txn, answer } = value;
  if (!number(txn) || !isObject(answer)) return null;
  const to = answer['to'];
  if (!oneOf(ANSWERS, to) || !ANSWERS[to as keyof typeof ANSWERS](answer)) return null;
  const known = answer as WireAnswer;
  const page = known.to === 'history' ? { ...known, events: (known.events as Fields[]).map(logEvent) } : known;
  return { is: 'ack', txn: txn as number, answer: page };
}

function logEvent(value: Fields): LogEvent {
  const is = value['is'];
  const known = oneOf(EVENTS, is) && EVENTS[is as RoomEvent['is']](value);
  return known ? (value as LogEvent) : { is: 'unknown', seq: value['seq'] as number };
}

function oneOf(table: object, name: unknown): boolean {
  return typeof name === 'string' && Object.hasOwn(table, name);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A check for every field of a type, so that a new field of the protocol is not forgotten here. */
type Every<T> = Record<keyof T, Check>;
