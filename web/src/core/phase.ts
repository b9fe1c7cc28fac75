/** Where a connection can stand, and what it remembers: the state of `connection.ts`. */

import type { Ask, Post } from './ask';
import type { Answer } from './codec';
import type { RoomCursor } from './protocol.gen';

/** Why there is no connection, for the person who must decide what to do now. */
export type Ending =
  | { why: 'never' }
  | { why: 'asked' }
  | { why: 'unreachable' }
  /** Somebody answers at the address, but not in papo/1. */
  | { why: 'dialect' }
  | { why: 'closed'; words: string }
  | { why: 'name'; words: string }
  /** The server wants an account, or the login is over. */
  | { why: 'login'; words: string }
  | { why: 'refused'; words: string };

export type Phase =
  | { at: 'idle'; ending: Ending }
  | { at: 'opening'; until: number }
  /** The first attempt failed: is nobody there, or somebody who does not speak papo/1? */
  | { at: 'probing'; until: number }
  /** `hello` is on its way; `again`: it was refused for now and is said once more then. */
  | { at: 'greeting'; until: number; txn: number; again: boolean }
  | { at: 'online'; since: number; heard: number; pinged: number | null; patience: number }
  | { at: 'waiting'; until: number }
  /** The session goes on elsewhere; only the person brings it back. */
  | { at: 'fenced' };

/**
 * How the session is an account's. `swapping`: its token is being changed for a cookie, and until then no new line is
 * begun. `kept`: the browser has the cookie. `tab`: it has none, so the login ends with this line.
 */
export type Login = { as: 'nobody' } | { as: 'swapping' | 'kept' | 'tab'; id: number | null };

/** A command without an answer yet; `again`: when it is sent once more, because it was refused for now. */
export interface Asked {
  ask: Ask;
  tries: number;
  again: number | null;
}

export interface Connection {
  readonly phase: Phase;
  readonly address: string;
  /** The wished name until `hello` is answered, the session's own from then on. Empty: a guest's. */
  readonly nick: string;
  readonly lang: string;
  /** By which the session is resumed. */
  readonly token: string | null;
  /** The newest txn that was used. */
  readonly lastTxn: number;
  /** The rooms that the session is in, and up to where each has been told. */
  readonly cursors: ReadonlyMap<number, RoomCursor>;
  /** Own messages without a place in their room's log, in the order in which they were said. */
  readonly posts: readonly Post[];
  readonly asked: ReadonlyMap<number, Asked>;
  readonly login: Login;
  /**
   * What is asked as soon as the server listens: to log in, from the first screen. Until it is done nobody enters any
   * room, under a name that is not theirs. `ask`: null when it is done, for it
   * holds a password. `hello`: the answer that a guest would have begun with.
   */
  readonly first: { ask: Ask | null; hello: Extract<Answer, { to: 'hello' }> | null } | null;
  /** Was online since the person connected: a loss is then repaired, not reported. */
  readonly settled: boolean;
  readonly drops: number;
  readonly messageBytes: number;
  /** What the server complained of last, shown when it closes before it was of use. */
  readonly lastWords: string;
}

/** Own messages that may wait, and their characters: what a tab's storage holds at ease. Over it, the composer keeps the text. */
export const WAITING_POSTS = 50;
export const WAITING_CHARS = 1_000_000;
/** Between a frame and the question whether the server is there, and the time that its answer may take. */
export const SILENCE_MS = 20_000;
export const PATIENCE_MS = 20_000;

export const OFFLINE: Connection = {
  phase: { at: 'idle', ending: { why: 'never' } },
  address: '',
  nick: '',
  lang: 'pt-BR',
  token: null,
  lastTxn: 0,
  cursors: new Map(),
  posts: [],
  asked: new Map(),
  login: { as: 'nobody' },
  first: null,
  settled: false,
  drops: 0,
  messageBytes: 64 * 1024,
  lastWords: '',
};

/** When `step` wants a `time` input, if nothing else happens before. */
export function deadline(c: Connection): number | null {
  switch (c.phase.at) {
    case 'idle':
    case 'fenced':
      return null;
    case 'waiting':
      return c.login.as === 'swapping' ? null : c.phase.until;
    case 'online':
      return Math.min(c.phase.pinged === null ? c.phase.heard + SILENCE_MS : c.phase.pinged + c.phase.patience, retryAt(c));
    default:
      return c.phase.until;
  }
}

function retryAt(c: Connection): number {
  let soonest = Infinity;
  // Only the first waiting post counts: those after it keep their order.
  for (const post of c.posts) {
    if (post.state !== 'waiting' || post.sent === 'now') continue;
    soonest = post.notBefore;
    break;
  }
  for (const { again } of c.asked.values()) if (again !== null) soonest = Math.min(soonest, again);
  return soonest;
}

export function canPost(c: Connection): boolean {
  if (c.phase.at === 'idle') return false;
  const waiting = c.posts.filter((post) => post.state === 'waiting');
  return waiting.length < WAITING_POSTS && waiting.reduce((sum, post) => sum + post.text.length, 0) < WAITING_CHARS;
}
