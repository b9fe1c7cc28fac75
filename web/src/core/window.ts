/**
 * The part of the timeline that has elements on the page, named by entry ids.
 *
 * Following, it ends at the newest entry. Scrolled up, it stays where the reader is and slides by steps,
 * so the number of elements stays bounded however long the conversation is.
 */

export interface Window {
  from: number;
  /** Exclusive. */
  to: number;
}

export interface Extent {
  first: number;
  end: number;
}

/** Rows drawn while following, rows drawn at most, and rows that one slide brings in. */
export const FOLLOWED_ROWS = 150;
export const MOST_ROWS = 600;
const SLIDE_ROWS = 150;

export function atEnd(all: Extent): Window {
  return { from: Math.max(all.first, all.end - FOLLOWED_ROWS), to: all.end };
}

/** New entries came, or old ones went, while the reader is further up. */
export function held(window: Window, all: Extent): Window {
  const from = Math.min(Math.max(window.from, all.first), all.end);
  return { from, to: Math.min(all.end, from + MOST_ROWS) };
}

export function older(window: Window, all: Extent): Window {
  const from = Math.max(all.first, window.from - SLIDE_ROWS);
  return { from, to: Math.min(window.to, from + MOST_ROWS) };
}

export function newer(window: Window, all: Extent): Window {
  const to = Math.min(all.end, window.to + SLIDE_ROWS);
  return { from: Math.max(all.first, window.from, to - MOST_ROWS), to };
}
