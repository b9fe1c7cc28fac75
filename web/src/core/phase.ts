/** Where a connection can stand, and what it remembers: the state of `connection.ts`. */

import type { Posting } from './frame';
import type { Naming } from './naming';
import type { Wish } from './wish';

/** Why there is no connection, for the person who must decide what to do now. */
export type Ending =
  | { why: 'never' }
  | { why: 'asked' }
  | { why: 'unreachable' }
  | { why: 'closed'; words: string }
  | { why: 'name'; words: string };

export type Phase =
  | { at: 'idle'; ending: Ending }
  | { at: 'opening'; until: number }
  /** Open, but the server speaks first: its welcome must not be taken for the answer to `/nick`. */
  | { at: 'greeting'; until: number }
  | { at: 'naming'; naming: Naming }
  | { at: 'online'; since: number }
  | { at: 'waiting'; until: number };

export interface Connection {
  readonly phase: Phase;
  readonly address: string;
  readonly wish: Wish;
  /** The wish before the newest command, until something else is sent: an error takes the command back. */
  readonly fallback: Wish | null;
  /** Was online since the user connected: a loss is then repaired, not reported. */
  readonly settled: boolean;
  /** The name that a lost connection had: the server may still hold it, so it is worth waiting for. */
  readonly lostName: string | null;
  readonly drops: number;
  /** Typed while not online; sent under the right name or not at all. */
  readonly pending: readonly Pending[];
  /** What this socket's server complained of last, shown when it closes before it was of use. */
  readonly lastWords: string;
}

export interface Pending {
  id: number;
  posting: Posting;
}

/** Postings kept while not online; over it the composer keeps the text (`canPost`). */
export const PENDING_POSTINGS = 50;

export const OFFLINE: Connection = {
  phase: { at: 'idle', ending: { why: 'never' } },
  address: '',
  wish: { nick: '', room: '' },
  fallback: null,
  settled: false,
  lostName: null,
  drops: 0,
  pending: [],
  lastWords: '',
};

/** When `step` wants a `time` input, if nothing else happens before. */
export function deadline(c: Connection): number | null {
  switch (c.phase.at) {
    case 'idle':
    case 'online':
      return null;
    case 'naming':
      return c.phase.naming.until;
    default:
      return c.phase.until;
  }
}

export function canPost(c: Connection): boolean {
  return c.phase.at === 'online' || (c.phase.at !== 'idle' && c.pending.length < PENDING_POSTINGS);
}
