import { describe, expect, it } from 'vitest';
import type { Post } from './ask';
import { said } from './note';
import { rows, type Row } from './rows';
import { Timeline } from './timeline';
import { atEnd, FOLLOWED_ROWS, held, MOST_ROWS, newer, older, type Window } from './window';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WHOLE: Window = { from: 0, to: Infinity };
const dayOf = (at: number) => String(Math.floor(at / DAY));

const room = (head = 0, first = head === 0 ? 0 : 1) => new Timeline({ epoch: 1, first, head });
const add = (t: Timeline, seq: number, author = 'bob', at = seq, txn?: number) =>
  t.add({ is: 'message', room: 1, seq, at, author, text: 'oi', ...(txn === undefined ? {} : { txn }) });
const draw = (timeline: Timeline, more: { window?: Window; posts?: Post[]; readUpTo?: number } = {}, before?: Row[]) =>
  rows({ timeline, window: more.window ?? WHOLE, posts: more.posts ?? [], readUpTo: more.readUpTo ?? null, dayOf }, before);
/** Keys; `*` opens, `|` begins a day. */
const look = (drawn: Row[]) => drawn.map(({ key, opens, day }) => `${day === null ? '' : '|'}${opens ? '*' : ''}${key}`).join(' ');
const post = (txn: number, at: number): Post => ({ txn, room: 1, text: 'oi', at, state: 'waiting', sent: 'now', notBefore: 0, reason: '' });

describe('rows', () => {
  it('name an author once, until another speaks, a pause, a note or a new day', () => {
    const t = room();
    add(t, 1, 'bob', 0);
    add(t, 2, 'bob', MINUTE);
    add(t, 3, 'ana', MINUTE);
    add(t, 4, 'bob', MINUTE);
    t.note(said({ raw: 'x' }), MINUTE);
    add(t, 5, 'bob', MINUTE);
    add(t, 6, 'bob', 9 * MINUTE);
    add(t, 7, 'bob', DAY);
    expect(look(draw(t))).toBe('*beginning |*m1 m2 *m3 *m4 *n0 *m5 *m6 |*m7');
  });

  it('do not take a namesake for oneself, and go on from an own message to one that waits', () => {
    const t = room();
    add(t, 1, 'ana', 0);
    add(t, 2, 'ana', 1, 9);
    expect(look(draw(t, { posts: [post(10, 2), post(11, 6 * MINUTE)] }))).toBe('*beginning |*m1 *m2 p10 *p11');
  });

  it('show what is missing where it is missing', () => {
    const t = room(100);
    t.note(said({ raw: 'x' }), 1);
    add(t, 101);
    t.gap(700);
    add(t, 701);
    t.gap(800);
    expect(look(draw(t))).toBe('*top |*n0 *m101 *g700 *m701 *g800');
    expect(draw(t)[0]).toMatchObject({ kind: 'gap', from: 1, to: 100, isTop: true });
  });

  it('say where the history begins', () => {
    const t = room(3, 3);
    add(t, 4);
    t.page({ before: 4 }, { to: 'history', room: 1, first: 3, head: 4, events: [] });
    expect(draw(t)[0]).toMatchObject({ kind: 'beginning', first: 4 });
    expect(look(draw(room()))).toBe('*beginning');
  });

  it('mark what has not been read', () => {
    const t = room();
    for (let seq = 1; seq <= 4; seq++) add(t, seq);
    expect(look(draw(t, { readUpTo: 2 }))).toBe('*beginning |*m1 m2 *unread *m3 m4');
    expect(look(draw(t, { readUpTo: 0, window: { from: 3, to: Infinity } }))).toBe('|*m3 m4');
  });

  it('are only those of the window', () => {
    const t = room(10);
    for (let seq = 11; seq <= 20; seq++) add(t, seq);
    t.note(said({ raw: 'x' }), 20);
    expect(look(draw(t, { window: { from: 18, to: Infinity }, posts: [post(3, 20)] }))).toBe('|*m18 m19 m20 *n0 *p3');
    expect(look(draw(t, { window: { from: 0, to: 12 }, posts: [post(3, 20)] }))).toBe('*top |*m11 m12');
  });

  it('are the same objects while nothing changes in them', () => {
    const t = room();
    for (let seq = 1; seq <= 3; seq++) add(t, seq);
    const before = draw(t);
    add(t, 4);
    const after = draw(t, {}, before);
    expect(before.every((row, at) => after[at] === row)).toBe(true);
  });
});

describe('the window', () => {
  const entries = Array.from({ length: 5_000 }, (_, at) => ({ seq: 1_001 + at }));
  const size = (w: Window) => entries.filter(({ seq }) => seq >= w.from && seq <= w.to).length;

  it('follows the newest', () => {
    expect(atEnd(entries)).toEqual({ from: 6_001 - FOLLOWED_ROWS, to: Infinity });
    expect(atEnd(entries.slice(0, 3))).toEqual({ from: 0, to: Infinity });
  });

  it('slides to both ends without ever holding too much', () => {
    let w = atEnd(entries);
    for (let i = 0; i < 100; i++) {
      w = older(w, entries);
      expect(size(w)).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(w.from).toBe(0);
    for (let i = 0; i < 100; i++) {
      w = newer(w, entries);
      expect(size(w)).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(w.to).toBe(Infinity);
    expect(size(w)).toBe(MOST_ROWS);
  });

  it('stays with the reader while entries come above and below', () => {
    expect(held({ from: 0, to: Infinity }, entries)).toEqual({ from: 0, to: 1_600 });
    expect(held({ from: 5_900, to: Infinity }, entries)).toEqual({ from: 5_900, to: Infinity });
    expect(held({ from: 1_100, to: 1_300 }, entries)).toEqual({ from: 1_100, to: 1_300 });
  });
});
