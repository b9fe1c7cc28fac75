/** What a person, or the page by itself, wants of the server. */

import type { ClientFrame } from './protocol.gen';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A command without its txn: the connection numbers it. */
export type Command = Without<Exclude<ClientFrame, { do: 'hello' | 'post' | 'bye' }>, 'txn'>;

export interface Ask {
  command: Command;
  /**
   * `typed` commands are answered in the conversation, those of a `form` beside its fields; what the page asked for
   * itself is silent.
   */
  by: 'typed' | 'hand' | 'form' | 'page';
  /** Where the answer is told; null where no room is open. */
  room: number | null;
}

/** An own message that has no place in its room's log yet. */
export interface Post {
  readonly txn: number;
  readonly room: number;
  readonly text: string;
  /** By the local clock: shown until the server's time is known. */
  readonly at: number;
  /**
   * `waiting`: is sent, and sent again, until it is answered. `failed`: refused, for the reason given. `unknown`: the
   * session that it was sent in has ended, so nobody can tell whether it was taken.
   */
  readonly state: 'waiting' | 'failed' | 'unknown';
  /** Whether it ever left: never, over an earlier connection, over this one. */
  readonly sent: 'never' | 'before' | 'now';
  readonly notBefore: number;
  /** In the server's words: why it failed, or why it waits. */
  readonly reason: string;
}
