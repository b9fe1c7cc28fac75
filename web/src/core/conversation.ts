/**
 * All that is said and known in a session: rooms, members, a timeline for each room that it is in, who is typing,
 * and which room is open. It is told what the connection heard, and says what is to be asked next.
 */

import type { Ask, Command } from './ask';
import { answered, refused } from './answers';
import type { Answer, Heard } from './codec';
import type { Told } from './connection';
import type { Kept } from './kept';
import { failed, said, type Note } from './note';
import type { Message, RoomState } from './protocol.gen';
import * as list from './rooms';
import type { Rooms } from './rooms';
import { Timeline, type Slice } from './timeline';
import { Typists } from './typists';

/** What the page notes of a room besides its log. */
export interface Place {
  timeline: Timeline;
  /** The newest seq that the person has had before their eyes. */
  read: number;
  /** `read` when the room was opened, while something newer was there. */
  readBefore: number | null;
  /** A page of history is on its way. */
  isFilling: boolean;
  /** Why the last page was refused; the page does not ask again by itself. */
  fillTrouble: string | null;
}

/** Entries kept of a room that is not open. */
const KEPT_ASIDE = 500;

export class Conversation {
  rooms: Rooms = new Map();
  nick = '';
  /** The room on the screen. */
  open: number | null = null;
  readonly typists = new Typists();
  /** Where notes go when no room is open. */
  readonly lobby: Place = place(new Timeline({ epoch: 0, first: 0, head: 0 }));
  readonly #places = new Map<number, Place>();
  /** What a session of before knew of its rooms, until the server's list confirms them. */
  #kept: Kept['rooms'] = [];

  /** The line was lost, and is not back yet. */
  #isLost = false;

  /** `wished`: the room to enter when the session is in none; empty as soon as that is answered. */
  constructor(public wished = '') {}

  static resumed({ rooms, open, nick, wished }: Kept): Conversation {
    const conversation = new Conversation(wished);
    conversation.#kept = rooms;
    conversation.open = open;
    conversation.nick = nick;
    for (const { id, name, epoch, seq, read } of rooms) {
      const state: RoomState = { id, name, epoch, first: seq + 1, head: seq };
      conversation.rooms = list.entered(conversation.rooms, state);
      conversation.#places.set(id, { ...place(new Timeline(state)), read });
    }
    return conversation;
  }

  /** The place of a room that the session is in; the lobby for null and all others. */
  at(room: number | null): Place {
    return (room === null ? undefined : this.#places.get(room)) ?? this.lobby;
  }

  isIn(room: number): boolean {
    return this.#places.has(room);
  }

  get here(): Place {
    return this.at(this.open);
  }

  unread(room: number): number {
    const place = this.#places.get(room);
    return place === undefined ? 0 : Math.max(0, place.timeline.head - place.read);
  }

  note(note: Note, room: number | null, now: number): void {
    this.at(room).timeline.note(note, now);
  }

  /** The person looks at the room again: from here on it is new to them. */
  markUnread(): void {
    const { here } = this;
    here.readBefore = here.read < here.timeline.head ? here.read : null;
  }

  /** Everything up to the newest is before the person's eyes. */
  readAll(): void {
    this.here.read = this.here.timeline.head;
  }

  /** Shows a room that the session is in. What must be asked for it comes back. */
  show(room: number | null): Ask[] {
    if (room !== null && !this.#places.has(room)) return [];
    if (room !== this.open) {
      this.here.timeline.trim(undefined, KEPT_ASIDE);
      this.here.readBefore = null;
      this.open = room;
      this.markUnread();
    }
    if (room === null) return [];
    return this.rooms.get(room)?.isFresh === true ? [] : [page({ do: 'who', room })];
  }

  /** Asks for a part of a room's log, unless one is on its way. */
  fill(room: number, slice: Slice, limit: number, by: Ask['by'] = 'page'): Ask[] {
    const place = this.#places.get(room);
    if (place === undefined || place.isFilling) return [];
    place.isFilling = true;
    place.fillTrouble = null;
    return [{ command: { do: 'history', room, ...slice, limit }, by, room }];
  }

  told(told: Told, now: number): Ask[] {
    switch (told.is) {
      case 'welcomed':
        return this.#welcomed(told.hello, now);
      case 'lost':
        this.#isLost = true;
        this.typists.clear();
        this.note({ is: 'link', event: 'lost' }, this.open, now);
        return [];
      case 'posted':
        this.#message({ ...told.post, seq: told.seq, at: told.at, author: this.nick });
        return [];
      case 'frame':
        return this.#heard(told.frame, now);
      case 'answered':
        return answered(this, told.ask, told.answer, now);
      case 'refused':
        return refused(this, told.ask, told.words, now);
    }
  }

  /** In a room from now on: its log goes on from its head, or from where the page was told already. */
  enter(room: RoomState): void {
    this.rooms = list.entered(this.rooms, room);
    if (this.#places.get(room.id)?.timeline.epoch !== room.epoch) this.#places.set(room.id, place(new Timeline(room)));
  }

  /** Out of a room, or the room is no more. */
  leave(room: number, isGone: boolean): Ask[] {
    this.rooms = isGone ? list.gone(this.rooms, room) : list.left(this.rooms, room);
    this.#places.delete(room);
    this.typists.leave(room);
    return this.open === room ? this.show(list.ordered(this.rooms).joined[0]?.id ?? null) : [];
  }

  name(room: number): string {
    return this.rooms.get(room)?.name ?? '';
  }

  #welcomed(hello: Extract<Answer, { to: 'hello' }>, now: number): Ask[] {
    const nickBefore = this.nick;
    this.nick = hello.nick;
    this.rooms = list.welcomed(this.rooms, hello.rooms);
    for (const id of this.#places.keys()) if (this.rooms.get(id)?.joined !== true) this.#places.delete(id);
    for (const room of hello.rooms) this.#resume(room);
    for (const place of this.#places.values()) place.fillTrouble = null;
    this.#kept = [];
    if (this.open !== null && !this.#places.has(this.open)) this.open = null;
    if (this.#isLost) this.note({ is: 'link', event: 'back' }, this.open, now);
    // The old name was taken while the session was away.
    if (nickBefore !== '' && nickBefore !== this.nick) this.note(said({ key: 'nickIs', values: { nick: this.nick } }), this.open, now);
    const asks = [page({ do: 'rooms' }), ...this.show(this.open ?? list.ordered(this.rooms).joined[0]?.id ?? null)];
    if (this.open === null && this.wished !== '') asks.push({ command: { do: 'join', room: this.wished }, by: 'page', room: null });
    this.#isLost = false;
    return asks;
  }

  /** A room of the session after a new line: the page goes on where it was, even if it was opened anew since. */
  #resume(room: RoomState): void {
    const kept = this.#kept.find(({ id, epoch }) => id === room.id && epoch === room.epoch);
    const known = this.#places.get(room.id);
    if (kept !== undefined) {
      const timeline = new Timeline(room, kept.seq);
      for (const { note, at } of known?.timeline.locals ?? []) timeline.note(note, at);
      this.#places.set(room.id, { ...place(timeline), read: kept.read });
    } else if (known === undefined) this.#places.set(room.id, place(new Timeline(room)));
    else if (known.timeline.epoch === room.epoch) known.timeline.kept(room.first, room.head);
  }

  #heard(frame: Extract<Told, { is: 'frame' }>['frame'], now: number): Ask[] {
    switch (frame.is) {
      case 'message':
        this.#message(frame);
        return [];
      case 'gap':
        this.#places.get(frame.room)?.timeline.gap(frame.to);
        return [];
      case 'stale':
        this.rooms = list.stale(this.rooms, frame.room);
        return frame.room === this.open ? this.show(frame.room) : [];
      case 'reset':
        return this.#reset(frame.room, now);
      case 'gone':
        return this.#gone(frame.room, now);
      case 'rooms':
        this.rooms = list.changed(this.rooms, frame.changed, frame.gone);
        return frame.stale === true ? [page({ do: 'rooms' })] : [];
      case 'notice':
        if (frame.about !== 'fenced') this.note(said({ raw: frame.text }), this.open, now);
        return [];
      default:
        this.#presence(frame, now);
        return [];
    }
  }

  #message(message: Message): void {
    const place = this.#places.get(message.room);
    if (place === undefined) return;
    this.typists.stop(message.room, message.author);
    // What one says oneself is read, if all before it was.
    if (message.txn !== undefined && place.read === message.seq - 1) place.read = message.seq;
    place.timeline.add(message);
    if (message.room !== this.open) place.timeline.trim(undefined, KEPT_ASIDE);
  }

  #reset(room: RoomState, now: number): Ask[] {
    this.#places.set(room.id, place(new Timeline(room)));
    this.rooms = list.entered(this.rooms, room);
    this.note(said({ key: 'roomBeganAnew', values: { room: room.name } }), room.id, now);
    return room.id === this.open ? this.show(room.id) : [];
  }

  #gone(room: number, now: number): Ask[] {
    const name = this.name(room);
    const asks = this.leave(room, true);
    this.note(failed({ key: 'roomGone', values: { room: name } }), this.open, now);
    return asks;
  }

  #presence(frame: Extract<Heard, { is: 'entered' | 'left' | 'lost' | 'renamed' | 'typing' }>, now: number): void {
    const { room } = frame;
    if (!this.#places.has(room)) return;
    if (frame.is === 'typing') return this.typists.start(room, frame.who, now);
    if (frame.is === 'renamed') {
      this.rooms = list.renamed(this.rooms, room, frame.from, frame.to);
      this.typists.stop(room, frame.from);
      return this.note(frame, room, now);
    }
    this.rooms = frame.is === 'entered' ? list.came(this.rooms, room, frame.who) : list.went(this.rooms, room, frame.who);
    for (const name of frame.who) this.typists.stop(room, name);
    this.note({ is: 'presence', what: frame.is, who: frame.who }, room, now);
  }
}

function place(timeline: Timeline): Place {
  return { timeline, read: timeline.head, readBefore: null, isFilling: false, fillTrouble: null };
}

/** What the page asks for by itself: its answer needs no words. */
function page(command: Command): Ask {
  return { command, by: 'page', room: null };
}
