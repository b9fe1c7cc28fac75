/** The rooms that a session is in, and up to where each has been told: what `hello` resumes from. */

import type { Answer, Heard } from './codec';
import type { Connection } from './phase';
import type { RoomCursor, RoomState } from './protocol.gen';

type Cursors = ReadonlyMap<number, RoomCursor>;
type Cause = Exclude<Heard, { is: 'ack' | 'reject' }> | Answer | { is: 'placed'; room: number; seq: number };

/**
 * The list in the answer is the rule. A known cursor stays as it is, whatever the server's log is by now: what
 * was missed, a gap or a reset follows and moves it.
 */
export function welcomed(cursors: Cursors, rooms: readonly RoomState[]): Cursors {
  return new Map(rooms.map((room) => [room.id, cursors.get(room.id) ?? atHead(room)]));
}

/** What a frame or an answer does to the cursors; the same connection when it does nothing. */
export function follow(c: Connection, cause: Cause): Connection {
  const cursors = after(c.cursors, cause);
  return cursors === c.cursors ? c : { ...c, cursors };
}

function after(cursors: Cursors, cause: Cause): Cursors {
  if ('to' in cause && !('is' in cause)) return afterAnswer(cursors, cause);
  const frame = cause as Exclude<Cause, Answer>;
  switch (frame.is) {
    case 'message':
    case 'redacted':
    case 'redaction':
    case 'placed':
      return moved(cursors, frame.room, frame.seq);
    case 'gap':
      return moved(cursors, frame.room, frame.to);
    case 'reset':
      return new Map(cursors).set(frame.room.id, atHead(frame.room));
    case 'direct':
      return entered(cursors, frame.room);
    case 'gone':
    case 'removed':
      return dropped(cursors, frame.room);
    default:
      return cursors;
  }
}

function afterAnswer(cursors: Cursors, answer: Answer): Cursors {
  if (answer.to === 'leave') return dropped(cursors, answer.room);
  return answer.to === 'join' || answer.to === 'direct' ? entered(cursors, answer.room) : cursors;
}

/** Entering a room that the session is in already tells its head, which may be ahead of what was told. */
function entered(cursors: Cursors, room: RoomState): Cursors {
  return cursors.get(room.id)?.epoch === room.epoch ? cursors : new Map(cursors).set(room.id, atHead(room));
}

function atHead(room: RoomState): RoomCursor {
  return { room: room.id, epoch: room.epoch, seq: room.head };
}

function moved(cursors: Cursors, room: number, seq: number): Cursors {
  const known = cursors.get(room);
  return known === undefined || seq <= known.seq ? cursors : new Map(cursors).set(room, { ...known, seq });
}

function dropped(cursors: Cursors, room: number): Cursors {
  if (!cursors.has(room)) return cursors;
  const rest = new Map(cursors);
  rest.delete(room);
  return rest;
}
