/**
 * What the screen holds of a conversation: its scrollback, bounded, numbered by the page itself.
 *
 * The text dialect carries no seq, so the order is that of arrival. Ids grow by one, which makes the place of an
 * entry a subtraction, and lets a window be named by ids that stay true when the oldest entries go.
 */

import type { Tag } from './frame';

export type Delivery = 'sent' | 'pending' | 'failed';

export type Content =
  | { kind: 'message'; room: string; author: string; text: string; own: false }
  | { kind: 'message'; room: string; author: string; text: string; own: true; delivery: Delivery }
  | { kind: 'command'; text: string; delivery: Delivery }
  | { kind: 'notice'; tag: Tag; text: string }
  | { kind: 'link'; event: 'lost' | 'back' };

export interface Entry {
  readonly id: number;
  /** Milliseconds, by the local clock at arrival: shown, never an order. */
  readonly at: number;
  readonly content: Content;
  /** Shows its author: it does not go on from the entry before. */
  readonly opens: boolean;
  /** First of its local day. */
  readonly opensDay: boolean;
}

/** Entries kept: some 10 MiB of them at most in ordinary use. The oldest go, a block at a time. */
export const KEPT_ENTRIES = 5_000;
const DROPPED_AT_ONCE = 250;
/** A pause after which the author is named again. */
const SAME_BREATH_MS = 5 * 60_000;

export class Timeline {
  #entries: Entry[] = [];
  #first = 0;

  /** `dayOf` names the local day of a time; the clock's zone is not this module's business. */
  constructor(
    private readonly dayOf: (at: number) => string,
    private readonly kept = KEPT_ENTRIES,
  ) {}

  /** The id of the oldest entry kept, and the id that the next one will get. */
  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#first + this.#entries.length;
  }

  append(content: Content, at: number): Entry {
    const before = this.#entries.at(-1);
    const opensDay = before === undefined || this.dayOf(before.at) !== this.dayOf(at);
    const entry: Entry = { id: this.end, at, content, opensDay, opens: opensDay || !continues(before, content, at) };
    this.#entries.push(entry);
    if (this.#entries.length > this.kept) {
      const excess = Math.min(this.#entries.length - 1, Math.max(DROPPED_AT_ONCE, this.#entries.length - this.kept));
      this.#entries.splice(0, excess);
      this.#first += excess;
    }
    return entry;
  }

  /** What became of an own entry. Ignored when it is gone already. */
  settle(id: number, delivery: Delivery): void {
    const entry = this.#entries[id - this.#first];
    if (entry === undefined || !('delivery' in entry.content)) return;
    this.#entries[id - this.#first] = { ...entry, content: { ...entry.content, delivery } };
  }

  /** Entries with `from <= id < to`, as far as they are kept. */
  slice(from: number, to: number): Entry[] {
    return this.#entries.slice(Math.max(0, from - this.#first), Math.max(0, to - this.#first));
  }
}

function continues(before: Entry | undefined, content: Content, at: number): boolean {
  if (before === undefined || before.content.kind !== content.kind) return false;
  if (before.content.kind !== 'message' || content.kind !== 'message') return true;
  return (
    before.content.own === content.own &&
    before.content.author === content.author &&
    before.content.room === content.room &&
    at - before.at < SAME_BREATH_MS
  );
}
