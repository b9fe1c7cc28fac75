/** What becomes of a conversation by what people do by their roles, and by the rules of a room. */

import type { Ask } from './ask';
import type { Heard } from './codec';
import type { Told } from './connection';
import type { Conversation } from './conversation';
import type { TextKey, Words } from './language';
import { failed } from './note';
import { CODES } from './protocol.gen';
import { isAtLeast } from './rights';
import * as list from './rooms';

/** Somebody who is refused by a rule whose end the page does not know may try again after so long. */
const BARRED_MS = 15_000;

/** In a slow room everybody but its moderators waits after each message. */
export function slowed(talk: Conversation, room: number, now: number): void {
  const { slow = 0, role = 'guest' } = talk.rooms.get(room) ?? {};
  if (slow > 0 && !isAtLeast(role, 'moderator')) talk.at(room).pause = { why: 'slow', until: now + slow * 1_000, words: '' };
}

export function barred(talk: Conversation, { post: { room }, code, words }: Extract<Told, { is: 'unposted' }>, now: number): void {
  if (code === CODES.muted || code === CODES.lockdown) talk.at(room).pause = { why: 'barred', until: now + BARRED_MS, words };
  else if (code === CODES.read_only) talk.rooms = list.altered(talk.rooms, room, { of: 'readonly', on: true }, talk.nick);
}

export function removed(talk: Conversation, { room, by, why, banned, closed }: Extract<Heard, { is: 'removed' }>, now: number): Ask[] {
  if (!talk.isIn(room)) return [];
  const values = { room: talk.name(room), by };
  const asks = talk.leave(room, closed || talk.rooms.get(room)?.kind !== 'public');
  const text = (key: TextKey): Words => ({ key, values });
  const reason: Words[] = why === '' ? [] : [{ key: 'reasonGiven', values: { why } }];
  talk.note(failed(text(closed ? 'roomClosed' : banned ? 'youWereBanned' : 'youWereRemoved'), ...reason), talk.open, now);
  return asks;
}

export function reported(talk: Conversation, { room, by, seq, why }: Extract<Heard, { is: 'reported' }>, now: number): void {
  const author = seq === undefined ? undefined : talk.at(room).timeline.entry(seq)?.author;
  const about = seq === undefined || author === undefined ? null : { seq, author };
  talk.note({ is: 'reported', by, why, about }, talk.isIn(room) ? room : talk.open, now);
}

export function changed(talk: Conversation, { room, by, change }: Extract<Heard, { is: 'changed' }>, now: number): void {
  if (!talk.isIn(room)) return;
  talk.rooms = list.altered(talk.rooms, room, change, talk.nick);
  if (change.of === 'muted' && change.who === talk.nick) {
    talk.at(room).pause = change.seconds === 0 ? null : { why: 'muted', until: now + change.seconds * 1_000, words: '' };
  }
  if (change.of === 'slow' && change.seconds === 0 && talk.at(room).pause?.why === 'slow') talk.at(room).pause = null;
  talk.note({ is: 'changed', by, change }, room, now);
}
