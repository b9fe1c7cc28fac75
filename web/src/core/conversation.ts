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
import { place, type Place } from './place';
import type { Registration, RoomEvent, RoomState } from './protocol.gen';
import * as moderation from './moderation';
import * as list from './rooms';
import type { Rooms } from './rooms';
import { Timeline, type Slice } from './timeline';
import { Typists } from './typists';

/** Who the session is, besides its name. */
export interface Account {
  id: number;
  admin: boolean;
}

export interface Invitation {
  room: RoomState;
  by: string;
}

/** Entries kept of a room that is not open. */
const KEPT_ASIDE = 500;
export class Conversation {
  rooms: Rooms = new Map();
  nick = '';
  account: Account | null = null;
  registration: Registration = 'closed';
  ignored: ReadonlySet<string> = new Set();
  invitations: ReadonlyMap<number, Invitation> = new Map();
  /** The conversation of two in which somebody else spoke last. */
  lastDirect: number | null = null;
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
  /** Said to everybody who comes; told in the first room that is shown. */
  #greeting: { text: string; at: number } | null = null;
  #isGreeted = false;

  /** `wished`: the room to enter when the session is in none; empty as soon as that is answered. */
  constructor(public wished = '') {}

  static resumed({ rooms, open, nick, wished }: Kept): Conversation {
    const conversation = new Conversation(wished);
    conversation.#kept = rooms;
    conversation.open = open;
    conversation.nick = nick;
    conversation.#isGreeted = true;
    for (const { id, name, kind, epoch, seq, read } of rooms) {
      const state: RoomState = { id, name, kind, epoch, first: seq + 1, head: seq, role: 'guest', topic: '' };
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
    return place === undefined ? 0 : place.timeline.unread(place.read);
  }

  note(note: Note, room: number | null, now: number): void {
    this.at(room).timeline.note(note, now);
  }

  /** The person looks at the room again: from here on it is new to them. */
  markUnread(): void {
    const { here } = this;
    here.readBefore = here.timeline.unread(here.read) > 0 ? here.read : null;
  }

  /** Everything up to the newest is before the person's eyes. */
  readAll(): void {
    this.here.read = this.here.timeline.head;
  }

  /** Read markers that the server does not know yet; it keeps those of conversations of two. */
  unmarked(): Ask[] {
    if (this.account === null) return [];
    const asks: Ask[] = [];
    for (const [room, place] of this.#places) {
      if (place.read <= place.marked || this.rooms.get(room)?.kind !== 'direct') continue;
      place.marked = place.read;
      asks.push(page({ do: 'read', room, seq: place.read }));
    }
    return asks;
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
    const shown = room === null ? undefined : this.rooms.get(room);
    if (shown === undefined) return [];
    this.#greet(shown.id);
    return shown.isFresh || shown.kind === 'direct' ? [] : [page({ do: 'who', room: shown.id })];
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
      case 'posted': {
        const { room, text, txn } = told.post;
        // An answer from before: it may have been taken back since, so what the log has there is asked for instead.
        if (told.seq > this.at(room).timeline.head) this.#event({ is: 'message', room, text, txn, seq: told.seq, at: told.at, author: this.nick });
        moderation.slowed(this, room, now);
        return [];
      }
      case 'unposted':
        moderation.barred(this, told, now);
        return [];
      case 'frame':
        return this.#heard(told.frame, now);
      case 'answered':
        return answered(this, told.ask, told.answer, now);
      case 'refused':
        return refused(this, told, now);
    }
  }

  /** In a room from now on: its log goes on from its head, or from where the page was told already. */
  enter(room: RoomState): void {
    this.rooms = list.entered(this.rooms, room);
    this.invitations = without(this.invitations, room.id);
    if (this.#places.get(room.id)?.timeline.epoch !== room.epoch) this.#put(room.id, new Timeline(room), room.read);
  }

  /** Not entered, and not wanted. */
  decline(room: number): void {
    this.invitations = without(this.invitations, room);
  }

  /** The session is this account from now on, or none. */
  becomes(account: Account | null): void {
    this.account = account;
    if (account !== null) this.rooms = list.loggedIn(this.rooms);
    for (const { timeline } of this.#places.values()) timeline.account = account?.id ?? null;
  }

  ignore(names: Iterable<string>): void {
    this.ignored = new Set(names);
    for (const { timeline } of this.#places.values()) timeline.ignored = this.ignored;
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
    this.registration = hello.registration;
    this.account = typeof hello.account === 'number' ? { id: hello.account, admin: hello.admin === true } : null;
    this.ignored = new Set(hello.ignored);
    if (!this.#isGreeted && hello.greeting !== '') this.#greeting = { text: hello.greeting, at: now };
    this.#isGreeted = true;
    this.rooms = list.welcomed(this.rooms, hello.rooms);
    for (const id of this.#places.keys()) if (this.rooms.get(id)?.joined !== true) this.#places.delete(id);
    for (const room of hello.rooms) this.#resume(room);
    for (const place of this.#places.values()) place.fillTrouble = null;
    this.becomes(this.account);
    this.ignore(this.ignored);
    this.#kept = [];
    if (this.open !== null && !this.#places.has(this.open)) this.open = null;
    if (this.#isLost) this.note({ is: 'link', event: 'back' }, this.open, now);
    // The old name was taken while the session was away.
    if (nickBefore !== '' && nickBefore !== this.nick) this.note(said({ key: 'nickIs', values: { nick: this.nick } }), this.open, now);
    // A conversation of two opens by itself only when somebody wants it.
    const asks = [page({ do: 'rooms' }), ...this.show(this.open ?? list.ordered(this.rooms).joined[0]?.id ?? null)];
    if (list.ordered(this.rooms).joined.length === 0 && this.wished !== '') asks.push({ command: { do: 'join', room: this.wished }, by: 'page', room: null });
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
      this.#put(room.id, timeline, Math.max(kept.read, room.read ?? 0));
    } else if (known === undefined) this.#put(room.id, new Timeline(room), room.read);
    else if (known.timeline.epoch === room.epoch) known.timeline.kept(room.first, room.head);
    const place = this.#places.get(room.id);
    if (place === undefined) return;
    // Read elsewhere meanwhile, and what was read here while there was no line.
    place.read = Math.max(place.read, Math.min(room.read ?? 0, place.timeline.head));
    place.marked = room.read ?? 0;
  }

  #put(room: number, timeline: Timeline, read?: number): void {
    timeline.account = this.account?.id ?? null;
    timeline.ignored = this.ignored;
    this.#places.set(room, place(timeline, read));
  }

  #heard(frame: Extract<Told, { is: 'frame' }>['frame'], now: number): Ask[] {
    switch (frame.is) {
      case 'message':
      case 'redacted':
      case 'redaction':
        this.#event(frame);
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
      case 'direct':
        // Somebody begins to speak: without a marker of the reader's own, all of it is new.
        this.enter({ read: Math.max(0, frame.room.first - 1), ...frame.room });
        return [];
      case 'read':
        this.#readElsewhere(frame.room, frame.seq);
        return [];
      case 'invited':
        this.invitations = new Map(this.invitations).set(frame.room.id, frame);
        return [];
      case 'removed':
        return moderation.removed(this, frame, now);
      case 'reported':
        moderation.reported(this, frame, now);
        return [];
      case 'named':
        this.rename(frame.nick);
        this.note(said({ key: 'nameReclaimed', values: { nick: frame.nick } }), this.open, now);
        return [];
      case 'changed':
        moderation.changed(this, frame, now);
        return [];
      case 'rooms':
        this.rooms = list.changed(this.rooms, frame.changed, frame.gone);
        return frame.stale === true ? [page({ do: 'rooms' })] : [];
      case 'notice':
        if (frame.about === 'announcement') this.note({ is: 'announced', text: frame.text }, this.open, now);
        else if (frame.about !== 'fenced') this.note(said({ raw: frame.text }), this.open, now);
        return [];
      default:
        this.#presence(frame, now);
        return [];
    }
  }

  /** By another session of the account: it is new here no more. */
  #readElsewhere(room: number, seq: number): void {
    const place = this.#places.get(room);
    if (place === undefined) return;
    place.marked = Math.max(place.marked, seq);
    place.read = Math.max(place.read, Math.min(seq, place.timeline.head));
  }

  #event(event: RoomEvent): void {
    const { room, seq } = event;
    const place = this.#places.get(room);
    if (place === undefined) return;
    const wasRead = place.read === seq - 1;
    place.timeline.add(event);
    if (event.is === 'message') {
      this.typists.stop(room, event.author);
      const isOwn = place.timeline.entry(seq)?.own === true;
      if (!isOwn && this.rooms.get(room)?.kind === 'direct') this.lastDirect = room;
      // What one says oneself is read, if all before it was.
      if (isOwn && wasRead) place.read = seq;
    } else if (wasRead) place.read = seq;
    if (room !== this.open) place.timeline.trim(undefined, KEPT_ASIDE);
  }

  #greet(room: number): void {
    if (this.#greeting === null) return;
    this.note({ is: 'announced', text: this.#greeting.text }, room, this.#greeting.at);
    this.#greeting = null;
  }

  /** The session has another name. */
  rename(nick: string): void {
    this.rooms = list.renamedSelf(this.rooms, this.nick, nick);
    this.nick = nick;
  }

  #reset(room: RoomState, now: number): Ask[] {
    this.#put(room.id, new Timeline(room), room.read);
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

function without<T>(map: ReadonlyMap<number, T>, key: number): ReadonlyMap<number, T> {
  return map.has(key) ? new Map([...map].filter(([other]) => other !== key)) : map;
}

/** What the page asks for by itself: its answer needs no words. */
function page(command: Command): Ask {
  return { command, by: 'page', room: null };
}
