/** A room that the session is in, as far as it is more than a log. */

import type { Timeline } from './timeline';

/** What the page notes of a room besides its log. */
export interface Place {
  timeline: Timeline;
  /** The newest seq that the person has had before their eyes. */
  read: number;
  /** `read` when the room was opened, while something newer was there. */
  readBefore: number | null;
  /** A page of history is on its way. */
  isFilling: boolean;
  /** Why the last page was refused; the page does not ask again by itself. */
  fillTrouble: string | null;
  /** Until when nothing can be said here, and why. */
  pause: Pause | null;
  /** The read marker that the server knows. */
  marked: number;
}

/** `words`: the server's, where there are some. */
export type Pause = { why: 'slow' | 'muted' | 'barred'; until: number; words: string };

/** Without a read marker, all of it is taken for read. */
export function place(timeline: Timeline, marker?: number): Place {
  const read = Math.min(marker ?? timeline.head, timeline.head);
  return { timeline, read, readBefore: null, isFilling: false, fillTrouble: null, pause: null, marked: marker ?? 0 };
}
