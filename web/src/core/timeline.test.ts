import { describe, expect, it } from 'vitest';
import type { Page } from './codec';
import { said } from './note';
import type { Message, RoomEvent } from './protocol.gen';
import { Ranges } from './ranges';
import { seeded } from './seeded';
import { Timeline, type Slice } from './timeline';

const ROOM = 7;
const message = (seq: number, more: Partial<Message> = {}): RoomEvent => ({
  ...{ is: 'message', room: ROOM, seq, at: seq, author: 'bob', text: `n${seq}` },
  ...more,
});
const redacted = (seq: number): RoomEvent => ({ is: 'redacted', room: ROOM, seq, at: seq, author: 'bob' });
const redaction = (seq: number, ...seqs: number[]): RoomEvent => ({ is: 'redaction', room: ROOM, seq, at: seq, author: 'ana', seqs });
const texts = (t: Timeline) => t.entries.map(({ seq, text }) => `${seq} ${text ?? '-'}`).join(', ');

/** A server's log, of which pages are read as the protocol has it. */
class Log {
  constructor(
    public head: number,
    public first = 1,
  ) {}

  page({ before, after }: Slice, limit: number): Page {
    const all = Array.from({ length: this.head - this.first + 1 }, (_, i) => i + this.first);
    const below = all.filter((seq) => seq < (before ?? Infinity) && seq > (after ?? 0));
    const seqs = after === undefined ? below.slice(-limit) : below.slice(0, limit);
    const events = seqs.map((seq) => message(seq));
    return { to: 'history', room: ROOM, first: this.first, head: this.head, events };
  }
}

const joined = (head: number, first = head === 0 ? 0 : 1) => new Timeline({ epoch: 1, first, head });
const seqs = (t: Timeline) => t.entries.map(({ seq }) => seq);
const missing = (t: Timeline) => t.missing.map(({ from, to }) => `${from}-${to}`);

describe('a timeline', () => {
  it('goes on from where the room was entered; all before is missing as yet', () => {
    const t = joined(120);
    expect(missing(t)).toEqual(['1-120']);
    t.add(message(121));
    t.add(message(122));
    expect([seqs(t), missing(t)]).toEqual([[121, 122], ['1-120']]);
    t.page({ before: 121 }, new Log(122).page({ before: 121 }, 50));
    expect([seqs(t).length, missing(t)]).toEqual([52, ['1-70']]);
  });

  it('misses nothing in a new room', () => {
    const t = joined(0);
    expect(missing(t)).toEqual([]);
    t.add(message(1));
    expect(missing(t)).toEqual([]);
  });

  it('shows each message once, in the order of seq, whatever the order it comes in', () => {
    const t = joined(0);
    for (const seq of [1, 3, 2, 3, 5, 1, 4]) t.add(message(seq));
    expect([seqs(t), missing(t)]).toEqual([[1, 2, 3, 4, 5], []]);
    expect(t.add(message(3, { text: 'other' }))).toBe(false);
  });

  it('knows what a gap left out, and fills it from either side', () => {
    const log = new Log(700);
    const t = joined(99, 100);
    t.gap(700);
    t.add(message(701));
    expect(missing(t)).toEqual(['100-700']);
    t.page({ before: 701 }, log.page({ before: 701 }, 200));
    t.page({ after: 99 }, { ...log.page({ after: 99 }, 200) });
    expect(missing(t)).toEqual(['300-500']);
    t.page({ before: 501 }, log.page({ before: 501 }, 200));
    t.page({ before: 301 }, log.page({ before: 301 }, 200));
    expect(missing(t)).toEqual([]);
  });

  it('takes a hole that nobody told of for a gap', () => {
    const t = joined(10, 11);
    t.add(message(14));
    expect(missing(t)).toEqual(['11-13']);
  });

  it('does not miss what the server does not keep any more', () => {
    const t = joined(100, 1);
    t.page({ before: 101 }, new Log(100, 80).page({ before: 101 }, 50));
    expect([seqs(t).length, missing(t), t.first]).toEqual([21, [], 80]);
    t.kept(0, 100);
    t.add(message(101));
    expect([missing(t), t.first]).toEqual([[], 101]);
  });

  it('does not ask again for what is said not to be there', () => {
    const t = joined(100);
    t.page({ before: 101 }, { to: 'history', room: ROOM, first: 1, head: 100, events: [] });
    expect(missing(t)).toEqual([]);
    const u = joined(9, 10);
    u.gap(20);
    u.page({ after: 9 }, { to: 'history', room: ROOM, first: 1, head: 9, events: [] });
    expect(missing(u)).toEqual([]);
  });

  it('counts an event that it cannot show as told', () => {
    const t = joined(3);
    const events: Page['events'] = [message(1), { is: 'unknown', seq: 2 }, message(3)];
    t.page({ before: 4 }, { to: 'history', room: ROOM, first: 1, head: 3, events });
    expect([seqs(t), missing(t)]).toEqual([[1, 3], []]);
  });

  it('knows its own messages by their txn, not by the name', () => {
    const t = joined(0);
    t.add(message(1, { txn: 5 }));
    t.add(message(2));
    expect(t.entries.map(({ own }) => own)).toEqual([true, false]);
  });
});

describe('its bound', () => {
  it('drops what is farthest from the reader, and can read it again', () => {
    const t = joined(0);
    for (let seq = 1; seq <= 1_000; seq++) t.add(message(seq));
    t.trim(1_000, 900);
    expect([seqs(t)[0], seqs(t).at(-1), missing(t)]).toEqual([251, 1_000, ['1-250']]);
    t.page({ before: 251 }, new Log(1_000).page({ before: 251 }, 200));
    t.page({ before: 51 }, new Log(1_000).page({ before: 51 }, 200));
    t.trim(10, 900);
    expect([seqs(t)[0], seqs(t).at(-1), missing(t)]).toEqual([1, 750, ['751-1000']]);
    t.add(message(1_001));
    expect(missing(t)).toEqual(['751-1000']);
  });

  it('holds for notes too', () => {
    const t = joined(0);
    for (let i = 0; i < 500; i++) t.note(said({ raw: `${i}` }), i);
    expect(t.locals.length).toBe(200);
    t.note({ is: 'presence', what: 'entered', who: ['ana'] }, 0);
    t.note({ is: 'presence', what: 'entered', who: ['bia'] }, 0);
    expect(t.locals.at(-1)?.note).toEqual({ is: 'presence', what: 'entered', who: ['ana', 'bia'] });
    expect(t.locals.length).toBe(200);
  });
});

describe('what is taken back', () => {
  it('leaves its place and nothing of its text; the taking back stands nowhere', () => {
    const t = joined(0);
    for (let seq = 1; seq <= 3; seq++) t.add(message(seq));
    const [, before] = t.entries;
    t.add(redaction(4, 2, 3));
    expect([texts(t), missing(t), t.head]).toEqual(['1 n1, 2 -, 3 -', [], 4]);
    // Another object: its row is drawn anew.
    expect(t.entries[1]).not.toBe(before);
    t.add(message(5));
    expect([texts(t), missing(t)]).toEqual(['1 n1, 2 -, 3 -, 5 n5', []]);
  });

  it('holds against an older answer that still has the text', () => {
    const t = joined(3);
    const page: Page = { to: 'history', room: ROOM, first: 1, head: 3, events: [message(1), message(2), message(3)] as Page['events'] };
    t.add(redaction(4, 2));
    t.page({ before: 4 }, page);
    expect(texts(t)).toBe('1 n1, 2 -, 3 n3');
  });

  it('is told by resumed ranges and pages too', () => {
    const t = joined(0);
    t.add(message(1));
    t.add(redacted(2));
    t.page({ before: 3 }, { to: 'history', room: ROOM, first: 1, head: 4, events: [redacted(1), redacted(2), message(3), redaction(4, 1, 2)] });
    expect(texts(t)).toBe('1 -, 2 -, 3 n3');
    t.page({ after: 4 }, { to: 'history', room: ROOM, first: 1, head: 6, events: [message(5), redaction(6, 3)] });
    expect([texts(t), missing(t)]).toEqual(['1 -, 2 -, 3 -, 5 n5', []]);
  });

  it('is not unread, and neither is what the reader does not want to hear', () => {
    const t = joined(10);
    t.add(message(11));
    t.add(message(12));
    expect(t.unread(10)).toBe(2);
    t.add(redaction(13, 11));
    expect([t.unread(10), t.unread(12)]).toEqual([1, 0]);
    t.ignored = new Set(['eve']);
    t.add(message(14, { author: 'eve' }));
    expect(t.unread(10)).toBe(1);
  });

  it('of one’s own account is one’s own, also from elsewhere', () => {
    const t = joined(0);
    t.account = 3;
    t.add(message(1, { account: 3 }));
    t.add(message(2, { account: 4 }));
    t.add(message(3));
    expect(t.entries.map(({ own }) => own)).toEqual([true, false, false]);
  });
});

describe('in any order', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))('it holds exactly the log: seed %i', (seed) => {
    const random = seeded(seed);
    const below = (n: number) => Math.floor(random() * n);
    const log = new Log(below(80), 1);
    const t = joined(log.head);
    const late: number[] = [];
    for (let i = 0; i < 150; i++) {
      const dice = below(10);
      if (dice < 4) t.add(message(++log.head));
      else if (dice === 4) late.push(++log.head);
      else if (dice === 5 && late.length > 0) t.add(message(late.splice(below(late.length), 1)[0] as number));
      else if (dice === 6) t.gap((log.head += below(30)));
      else if (dice === 7 && log.head > 0) t.add(message(1 + below(log.head)));
      else if (dice === 8) t.trim(below(log.head + 1), 40 + below(40));
      else if (log.head > 0) {
        const slice = random() < 0.5 ? { before: 1 + below(log.head + 2) } : { after: below(log.head + 1) };
        t.page(slice, log.page(slice, 1 + below(20)));
      }
      holds(t, log);
    }
    // What came late is missing, not lost: history has it.
    for (let gap = t.missing[0], pages = 0; gap !== undefined; gap = t.missing[0]) {
      const slice = random() < 0.5 ? { before: gap.to + 1 } : { after: gap.from - 1 };
      t.page(slice, log.page(slice, 1 + below(50)));
      expect(pages++).toBeLessThan(2_000);
    }
    t.page({ after: t.head }, log.page({ after: t.head }, 1_000));
    expect(seqs(t)).toEqual(Array.from({ length: log.head }, (_, i) => i + 1));
  });

  /** Sorted, each once, with its own text; and what is not shown is missing, nothing else. */
  function holds(t: Timeline, log: Log): void {
    const shown = seqs(t);
    const holes = new Set(t.missing.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)));
    expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
    expect(t.entries.every(({ seq, text }) => text === `n${seq}`)).toBe(true);
    expect(shown.length + holes.size).toBe(t.head);
    expect(shown.some((seq) => holes.has(seq))).toBe(false);
    expect(t.head).toBeLessThanOrEqual(log.head);
  }
});

describe('ranges', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))('are a set of numbers: seed %i', (seed) => {
    const random = seeded(seed);
    const ranges = new Ranges();
    const model = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const from = Math.floor(random() * 40);
      const to = from + Math.floor(random() * 8) - 1;
      const isAdded = random() < 0.6;
      if (isAdded) ranges.add(from, to);
      else ranges.remove(from, to);
      for (let n = from; n <= to; n++) {
        if (isAdded) model.add(n);
        else model.delete(n);
      }
      const held = Array.from({ length: 60 }, (_, n) => n).filter((n) => ranges.has(n));
      expect(held).toEqual([...model].sort((a, b) => a - b));
      expect(ranges.runs.every((run, at, runs) => run.from <= run.to && (at === 0 || (runs[at - 1]?.to ?? 0) + 1 < run.from))).toBe(true);
      const holes = ranges.holes(5, 30).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(holes).toEqual(Array.from({ length: 26 }, (_, i) => i + 5).filter((n) => !model.has(n)));
    }
  });
});
