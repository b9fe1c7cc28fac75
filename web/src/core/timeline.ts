/**
 * What the page holds of one room's log, merged by seq in whatever order it comes.
 *
 * It knows which seqs it has and which are missing between the oldest that the server keeps and the newest that it
 * was told of. A missing range is no failure: history not yet read, a gap after a cut line and what was
 * dropped to stay small are all the same, and all are filled by pages of history when they come in sight.
 */

import type { LogEvent, Page } from './codec';
import type { Note } from './note';
import type { RoomEvent, RoomState } from './protocol.gen';
import { bisect, Ranges, type Range } from './ranges';

/** One message, as it is drawn. */
export interface Entry {
  readonly seq: number;
  /** Milliseconds since 1970: shown, never an order. */
  readonly at: number;
  readonly author: string;
  /** Null: it was taken back, and nothing of it is kept here. */
  readonly text: string | null;
  readonly own: boolean;
}

/** Something that is no event of the log, told on this page only; it stands after the event `after`. */
export interface Local {
  readonly id: number;
  readonly after: number;
  readonly at: number;
  readonly note: Note;
}

/** Where a page of history was asked for. */
export interface Slice {
  before?: number;
  after?: number;
}

/** Entries kept of a room; some 10 MiB at most in ordinary use. Those farthest from the reader go, a block at a time. */
export const KEPT_ENTRIES = 5_000;
const DROPPED_AT_ONCE = 250;
const KEPT_LOCALS = 200;

export class Timeline {
  readonly epoch: number;
  #entries: Entry[] = [];
  #locals: Local[] = [];
  #known = new Ranges();
  /** What was taken back, also of what is not here yet: an older answer may still bring its text. */
  #redacted = new Ranges();
  /** Places in the log where nothing is said to anybody: they are not unread. */
  #quiet = new Ranges();
  #first: number;
  #head: number;
  #ids = 0;

  /** The reader's account: what it says elsewhere is their own too. */
  account: number | null = null;
  /** Names of people whom the reader does not want to hear. */
  ignored: ReadonlySet<string> = new Set();

  /** `head`: up to where the room has been told; what lies below is missing as yet. */
  constructor(room: Pick<RoomState, 'epoch' | 'first' | 'head'>, head = room.head) {
    this.epoch = room.epoch;
    this.#head = head;
    this.#first = room.first === 0 ? room.head + 1 : room.first;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get locals(): readonly Local[] {
    return this.#locals;
  }

  /** The newest seq that was told. */
  get head(): number {
    return this.#head;
  }

  /** The oldest seq that the server still keeps. */
  get first(): number {
    return this.#first;
  }

  get missing(): Range[] {
    return this.#known.holes(this.#first, this.#head);
  }

  /** False for one that was there already. */
  add(event: RoomEvent): boolean {
    this.#head = Math.max(this.#head, event.seq);
    if (this.#known.has(event.seq)) {
      // The same place once more, without its text: it was taken back meanwhile.
      if (event.is === 'redacted') this.#redact(event.seq);
      return false;
    }
    this.#known.add(event.seq, event.seq);
    this.#put(event);
    return true;
  }

  /** Messages above a seq that somebody could want to read. */
  unread(read: number): number {
    return Math.max(0, this.#head - read - this.#quiet.countFrom(read + 1));
  }

  /** The message with this seq, if it is here. */
  entry(seq: number): Entry | undefined {
    const entry = this.#entries[bisect(this.#entries, (entry) => entry.seq >= seq)];
    return entry?.seq === seq ? entry : undefined;
  }

  /** Events that are not sent by themselves. */
  gap(to: number): void {
    this.#head = Math.max(this.#head, to);
  }

  /** The server keeps nothing below `first`; 0: it keeps nothing of all that was. */
  kept(first: number, head: number): void {
    this.#first = Math.max(this.#first, first === 0 ? head + 1 : first);
  }

  /** Takes in a page; its events follow one another without a hole, and so does the place it was asked for. */
  page(asked: Slice, { first, head, events }: Page): void {
    this.kept(first, head);
    for (const event of events) {
      if (!this.#known.has(event.seq)) this.#put(event);
      else if (event.is === 'redacted') this.#redact(event.seq);
    }
    const oldest = events[0]?.seq;
    const newest = events.at(-1)?.seq;
    const end = asked.before === undefined ? newest : Math.min(asked.before - 1, this.#head);
    const start = asked.after === undefined ? oldest : asked.after + 1;
    if (oldest !== undefined && newest !== undefined) {
      this.#head = Math.max(this.#head, newest);
      this.#known.add(Math.min(oldest, start ?? oldest), Math.max(newest, end ?? newest));
    } else if (asked.after !== undefined) {
      // Nothing above: what was told of is not there any more, and asking again would not help.
      this.#known.add(asked.after + 1, this.#head);
    } else if (asked.before !== undefined) {
      this.#first = Math.max(this.#first, Math.min(asked.before, this.#head + 1));
    }
  }

  note(note: Note, at: number): void {
    const last = this.#locals.at(-1);
    const merged = last !== undefined && last.after === this.#head ? together(last.note, note) : null;
    if (merged !== null && last !== undefined) this.#locals[this.#locals.length - 1] = { ...last, note: merged };
    else this.#locals.push({ id: this.#ids++, after: this.#head, at, note });
    if (this.#locals.length > KEPT_LOCALS) this.#locals.shift();
  }

  /** Drops what is farthest from the reader, who is at `seq`. */
  trim(seq = this.#head, most = KEPT_ENTRIES): void {
    const excess = this.#entries.length - most;
    if (excess <= 0) return;
    const dropped = Math.min(this.#entries.length - 1, Math.max(excess, DROPPED_AT_ONCE));
    const above = this.#entries.length - bisect(this.#entries, (entry) => entry.seq > seq);
    if (above > this.#entries.length / 2) {
      const [oldestGone] = this.#entries.splice(this.#entries.length - dropped, dropped);
      if (oldestGone !== undefined) this.#known.remove(oldestGone.seq, Infinity);
    } else {
      this.#entries.splice(0, dropped);
      const oldest = this.#entries[0];
      if (oldest !== undefined) this.#known.remove(0, oldest.seq - 1);
    }
  }

  #put(event: LogEvent): void {
    if (event.is === 'redaction') for (const seq of event.seqs) this.#redact(seq);
    if (event.is === 'redaction' || event.is === 'unknown') return this.#quiet.add(event.seq, event.seq);
    const { seq, at, author } = event;
    if (event.is === 'redacted') this.#redact(seq);
    const text = event.is === 'redacted' || this.#redacted.has(seq) ? null : event.text;
    const own = event.is === 'message' && (event.txn !== undefined || (event.account !== undefined && event.account === this.account));
    if (this.ignored.has(author)) this.#quiet.add(seq, seq);
    const entry: Entry = { seq, at, author, text, own };
    const last = this.#entries.at(-1);
    if (last === undefined || last.seq < seq) this.#entries.push(entry);
    else this.#entries.splice(bisect(this.#entries, (other) => other.seq > seq), 0, entry);
  }

  #redact(seq: number): void {
    this.#redacted.add(seq, seq);
    this.#quiet.add(seq, seq);
    const at = bisect(this.#entries, (entry) => entry.seq >= seq);
    const entry = this.#entries[at];
    if (entry?.seq === seq && entry.text !== null) this.#entries[at] = { ...entry, text: null };
  }
}

/** Two notes in one, where nobody needs two; null where both must stand. */
function together(one: Note, other: Note): Note | null {
  if (one.is !== 'presence' || other.is !== 'presence' || one.what !== other.what) return null;
  return { ...one, who: [...one.who.filter((name) => !other.who.includes(name)), ...other.who] };
}
