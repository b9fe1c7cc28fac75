/** From a timeline to the rows on the screen: what stands between the messages, and what opens a day or an author. */

import type { Post } from './ask';
import { bisect } from './ranges';
import type { Entry, Local, Timeline } from './timeline';
import type { Window } from './window';

export type Row = {
  readonly key: string;
  /** Shows its author: it does not go on from the row above. */
  readonly opens: boolean;
  /** Names its day: the first row of it, or the first on the screen. */
  readonly day: number | null;
} & What;

type What =
  | { readonly kind: 'message'; readonly entry: Entry }
  | { readonly kind: 'post'; readonly post: Post }
  | { readonly kind: 'note'; readonly local: Local }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number; readonly isTop: boolean }
  /** `first`: the oldest seq that the server keeps. */
  | { readonly kind: 'beginning'; readonly first: number }
  /** What follows has not been read. */
  | { readonly kind: 'unread' };

/** A pause after which the author is named again. */
const SAME_BREATH_MS = 5 * 60_000;

export interface Drawing {
  timeline: Timeline;
  window: Window;
  /** Own messages that stand below all, if the window reaches there. */
  posts: readonly Post[];
  /** The newest seq that had been read when the room was opened; null when all had. */
  readUpTo: number | null;
  /** Names the local day of a time; the clock's zone is not this module's business. */
  dayOf: (at: number) => string;
}

/** `before`: the rows drawn last; those that did not change are the same objects again. */
export function rows(drawing: Drawing, before: readonly Row[] = []): Row[] {
  const known = new Map(before.map((row) => [row.key, row]));
  let above: What | null = null;
  let timeAbove: number | null = null;
  return places(drawing).map((what) => {
    const row = shown(what, above, timeAbove, drawing.dayOf);
    above = what;
    timeAbove = timeOf(what) ?? timeAbove;
    const same = known.get(row.key);
    return same !== undefined && isSame(same, row) ? same : row;
  });
}

function shown(what: What, above: What | null, timeAbove: number | null, dayOf: Drawing['dayOf']): Row {
  const time = timeOf(what);
  const opensDay = time !== null && (timeAbove === null || dayOf(timeAbove) !== dayOf(time));
  const opens = opensDay || above === null || !goesOn(above, what);
  return { ...what, key: keyOf(what), opens, day: opensDay ? time : null };
}

/** All that is drawn, in order. */
function places({ timeline, window, posts, readUpTo }: Drawing): What[] {
  const { entries, first } = timeline;
  const from = bisect(entries, ({ seq }) => seq >= window.from);
  const to = bisect(entries, ({ seq }) => seq > window.to);
  const between = standing(timeline, window);
  const out: What[] = [];
  const missing = timeline.missing[0];
  if (window.from === 0 && (missing === undefined || missing.from > first)) out.push({ kind: 'beginning', first });
  let next = 0;
  let isUnreadMarked = readUpTo === null || (entries[from]?.seq ?? 0) > readUpTo + 1;
  for (let at = from; at < to; at++) {
    const entry = entries[at] as Entry;
    for (; next < between.length && (between[next]?.place ?? 0) < entry.seq; next++) out.push((between[next] as Standing).what);
    if (timeline.ignored.has(entry.author) && !entry.own) continue;
    if (!isUnreadMarked && entry.seq > (readUpTo ?? 0) && !entry.own && entry.text !== null) {
      isUnreadMarked = true;
      out.push({ kind: 'unread' });
    }
    out.push({ kind: 'message', entry });
  }
  out.push(...between.slice(next).map(({ what }) => what));
  if (window.to === Infinity) out.push(...posts.map((post): What => ({ kind: 'post', post })));
  return out;
}

interface Standing {
  place: number;
  what: What;
}

/** Gaps and notes within the window, each with its place between two seqs. */
function standing(timeline: Timeline, { from, to }: Window): Standing[] {
  const oldest = timeline.entries[0]?.seq ?? Infinity;
  const gaps = timeline.missing.map((gap): Standing => ({
    place: gap.from,
    what: { kind: 'gap', ...gap, isTop: gap.from < oldest },
  }));
  const notes = timeline.locals.map((local): Standing => ({ place: local.after + 0.5, what: { kind: 'note', local } }));
  return [...gaps, ...notes].filter(({ place }) => place >= from && place < to).sort((one, other) => one.place - other.place);
}

function keyOf(what: What): string {
  switch (what.kind) {
    case 'message':
      return `m${what.entry.seq}`;
    case 'post':
      return `p${what.post.txn}`;
    case 'note':
      return `n${what.local.id}`;
    case 'gap':
      return what.isTop ? 'top' : `g${what.to}`;
    default:
      return what.kind;
  }
}

function timeOf(what: What): number | null {
  switch (what.kind) {
    case 'message':
      return what.entry.at;
    case 'post':
      return what.post.at;
    case 'note':
      return what.local.at;
    default:
      return null;
  }
}

function goesOn(above: What, what: What): boolean {
  if (what.kind === 'note' || what.kind === 'gap' || what.kind === 'unread') return above.kind === what.kind;
  const one = speech(above);
  const other = speech(what);
  if (one === null || other === null) return false;
  return one.own === other.own && (one.own || one.author === other.author) && other.at - one.at < SAME_BREATH_MS;
}

function speech(what: What): { own: boolean; author: string; at: number } | null {
  if (what.kind === 'message') return what.entry;
  return what.kind === 'post' ? { own: true, author: '', at: what.post.at } : null;
}

function isSame(one: Row, other: Row): boolean {
  const a = one as Record<string, unknown>;
  const b = other as Record<string, unknown>;
  return Object.keys(b).every((name) => Object.is(a[name], b[name]));
}
