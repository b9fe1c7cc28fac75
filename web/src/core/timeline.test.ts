import { describe, expect, it } from 'vitest';
import { Timeline, type Content } from './timeline';
import { atEnd, FOLLOWED_ROWS, held, MOST_ROWS, newer, older } from './window';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const says = (author: string, text = 'oi', room = 'geral'): Content => ({ kind: 'message', room, author, text, own: false });
const mine = (text: string): Content => ({ kind: 'message', room: 'geral', author: 'ana', text, own: true, delivery: 'pending' });
const timeline = (kept?: number) => new Timeline((at) => String(Math.floor(at / DAY)), kept);

describe('grouping', () => {
  it('names an author once, until another speaks, a pause, another room, a notice or a new day', () => {
    const t = timeline();
    const opens = (content: Content, at: number) => t.append(content, at).opens;
    expect(opens(says('bob'), 0)).toBe(true);
    expect(opens(says('bob'), MINUTE)).toBe(false);
    expect(opens(mine('oi'), 2 * MINUTE)).toBe(true);
    expect(opens(says('bob'), 2 * MINUTE)).toBe(true);
    expect(opens(says('bob', 'oi', 'jogos'), 3 * MINUTE)).toBe(true);
    expect(opens(says('bob', 'oi', 'jogos'), 9 * MINUTE)).toBe(true);
    expect(opens({ kind: 'notice', tag: 'sys', text: 'x' }, 9 * MINUTE)).toBe(true);
    expect(opens(says('bob', 'oi', 'jogos'), 9 * MINUTE)).toBe(true);
    expect(opens(says('bob', 'oi', 'jogos'), DAY)).toBe(true);
  });

  it('marks the first entry of each local day', () => {
    const t = timeline();
    expect([0, 1, DAY, DAY + 1].map((at) => t.append(says('bob'), at).opensDay)).toEqual([true, false, true, false]);
  });

  it('does not take a namesake for oneself', () => {
    const t = timeline();
    t.append(says('ana'), 0);
    expect(t.append(mine('oi'), 0).opens).toBe(true);
  });
});

describe('the bound', () => {
  it('drops the oldest and keeps the ids', () => {
    const t = timeline(1_000);
    for (let i = 0; i < 2_345; i++) t.append(says('bob', String(i)), i);
    expect(t.end).toBe(2_345);
    expect(t.end - t.first).toBeLessThanOrEqual(1_000);
    expect(t.end - t.first).toBeGreaterThanOrEqual(750);
    expect(t.slice(t.first, t.first + 1)[0]?.id).toBe(t.first);
    expect(t.slice(0, t.end)).toHaveLength(t.end - t.first);
  });

  it('settles what is still there and ignores what is gone', () => {
    const t = timeline(2);
    const gone = t.append(mine('a'), 0).id;
    t.append(says('bob'), 0);
    const kept = t.append(mine('b'), 0).id;
    t.settle(gone, 'sent');
    t.settle(kept, 'sent');
    expect(t.slice(kept, kept + 1)[0]?.content).toMatchObject({ text: 'b', delivery: 'sent' });
  });
});

describe('the window', () => {
  const all = { first: 1_000, end: 6_000 };

  it('follows the newest', () => {
    expect(atEnd(all)).toEqual({ from: 6_000 - FOLLOWED_ROWS, to: 6_000 });
    expect(atEnd({ first: 0, end: 3 })).toEqual({ from: 0, to: 3 });
  });

  it('slides to both ends without ever holding too much', () => {
    let w = atEnd(all);
    for (let i = 0; i < 100; i++) {
      w = older(w, all);
      expect(w.to - w.from).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(w.from).toBe(all.first);
    for (let i = 0; i < 100; i++) {
      w = newer(w, all);
      expect(w.to - w.from).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(w.to).toBe(all.end);
  });

  it('stays with the reader while entries come and go', () => {
    const w = { from: 1_100, to: 1_300 };
    expect(held(w, { first: 1_000, end: 1_350 })).toEqual({ from: 1_100, to: 1_350 });
    expect(held(w, { first: 1_200, end: 9_000 })).toEqual({ from: 1_200, to: 1_200 + MOST_ROWS });
    expect(held(w, { first: 5_000, end: 9_000 }).from).toBe(5_000);
  });
});
