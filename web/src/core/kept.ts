/**
 * What a tab keeps of its session, so that a reload goes on with it: the token, the count of its txns, how far each
 * room was told and read, and what has not been answered. Bounded by the rooms of a session and by `canPost`.
 */

import type { Post } from './ask';
import type { Conversation } from './conversation';
import { OFFLINE, type Connection } from './phase';
import type { Kind } from './protocol.gen';

export interface Kept {
  address: string;
  nick: string;
  token: string;
  lastTxn: number;
  open: number | null;
  /** The room to enter when the session is in none. */
  wished: string;
  rooms: { id: number; name: string; kind: Kind; epoch: number; seq: number; read: number }[];
  /** The browser has a login's cookie. */
  login: boolean;
  posts: Post[];
}

/** Another shape than this is of another version of the page, and nothing to build on. */
const FORMAT = 2;

/** Null when there is no session to go on with. */
export function write(c: Connection, talk: Conversation): string | null {
  if (c.token === null || !c.settled) return null;
  const rooms = [...c.cursors.values()].map(({ room, epoch, seq }) => ({
    id: room,
    name: talk.name(room),
    kind: talk.rooms.get(room)?.kind ?? ('public' as const),
    epoch,
    seq,
    read: Math.min(seq, talk.at(room).read),
  }));
  const kept: Kept = {
    address: c.address,
    nick: c.nick,
    token: c.token,
    lastTxn: c.lastTxn,
    open: talk.open,
    wished: talk.wished,
    rooms,
    login: c.login.as !== 'nobody',
    posts: [...c.posts],
  };
  return JSON.stringify({ format: FORMAT, ...kept });
}

export function read(stored: string | null): Kept | null {
  if (stored === null) return null;
  try {
    const value = JSON.parse(stored) as Kept & { format: number };
    const isWhole = value.format === FORMAT && typeof value.token === 'string' && Array.isArray(value.rooms) && Array.isArray(value.posts);
    return isWhole ? value : null;
  } catch {
    return null;
  }
}

/** The connection of a session that goes on. */
export function connectionOf({ address, nick, token, lastTxn, rooms, posts, login }: Kept): Connection {
  const cursors = new Map(rooms.map(({ id, epoch, seq }) => [id, { room: id, epoch, seq }]));
  return { ...OFFLINE, address, nick, token, lastTxn, cursors, posts, login: login ? { as: 'kept', id: null } : { as: 'nobody' } };
}
