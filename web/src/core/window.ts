/**
 * The part of a timeline that has elements on the page, named by seqs.
 *
 * Following, it ends at the newest entry. Scrolled up, it stays where the reader is and slides by steps,
 * so the number of elements stays bounded however long the conversation is.
 */

import { bisect } from './ranges';

export interface Window {
  /** The lowest seq drawn; 0: from the very beginning. */
  from: number;
  /** The highest seq drawn; infinite: to the very end. */
  to: number;
}

type Entries = readonly { readonly seq: number }[];

/** Rows drawn while following, rows drawn at most, and rows that one slide brings in. */
export const FOLLOWED_ROWS = 150;
export const MOST_ROWS = 600;
const SLIDE_ROWS = 150;

export function atEnd(entries: Entries): Window {
  return { from: seqAt(entries, entries.length - FOLLOWED_ROWS), to: Infinity };
}

/** Entries came or went while the reader is further up. */
export function held({ from, to }: Window, entries: Entries): Window {
  return { from, to: Math.min(to, endAt(entries, start(from, entries) + MOST_ROWS)) };
}

export function older(window: Window, entries: Entries): Window {
  return held({ from: seqAt(entries, start(window.from, entries) - SLIDE_ROWS), to: window.to }, entries);
}

export function newer(window: Window, entries: Entries): Window {
  const end = Math.min(entries.length, bisect(entries, ({ seq }) => seq > window.to) + SLIDE_ROWS);
  return { from: Math.max(window.from, seqAt(entries, end - MOST_ROWS)), to: endAt(entries, end) };
}

function start(from: number, entries: Entries): number {
  return bisect(entries, ({ seq }) => seq >= from);
}

function seqAt(entries: Entries, index: number): number {
  return index <= 0 ? 0 : (entries[index]?.seq ?? 0);
}

/** The last seq of the first `end` entries. */
function endAt(entries: Entries, end: number): number {
  return end >= entries.length ? Infinity : (entries[end - 1]?.seq ?? Infinity);
}
