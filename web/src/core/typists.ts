/** Who is typing where. Nobody says when they stop: it is forgotten after a while. */

/** The server tells of the same person at most every 3 s. */
export const TYPING_SHOWN_MS = 5_000;
const NAMED = 3;

export class Typists {
  readonly #rooms = new Map<number, Map<string, number>>();

  start(room: number, who: string, now: number): void {
    const people = this.#rooms.get(room) ?? new Map<string, number>();
    people.delete(who);
    this.#rooms.set(room, people.set(who, now + TYPING_SHOWN_MS));
  }

  stop(room: number, who: string): void {
    this.#rooms.get(room)?.delete(who);
  }

  /** Nobody is heard any more. */
  clear(): void {
    this.#rooms.clear();
  }

  leave(room: number): void {
    this.#rooms.delete(room);
  }

  /** Those who type now, and when this answer becomes another one. */
  of(room: number, now: number): { who: string[]; more: boolean; until: number | null } {
    const people = [...(this.#rooms.get(room) ?? [])].filter(([, until]) => until > now);
    const who = people.slice(0, NAMED).map(([name]) => name);
    const until = people.length === 0 ? null : Math.min(...people.map(([, until]) => until));
    return { who, more: people.length > NAMED, until };
  }
}
