/**
 * What of the open room's timeline is on the screen. Whatever happens between two pictures is drawn with the next
 * one, together: a thousand messages in one burst are one change of the page.
 */

import type { Post } from '../core/ask';
import type { Place } from '../core/place';
import { rows, type Row } from '../core/rows';
import { atEnd, held, newer, older, type Window } from '../core/window';
import { dayOf } from '../io/clock';

export class Scrollback {
  rows: readonly Row[] = $state.raw([]);
  /** The reader is at the newest message, and new ones keep it in sight. */
  following = $state(true);
  /** Messages below what the reader sees. */
  unseen = $state(0);
  /** Which way the reader went last: a gap is filled from where they come. */
  goingDown = false;

  #place: Place | null = null;
  #window: Window = { from: 0, to: Infinity };

  /** `changed`: something must be drawn. */
  constructor(private readonly changed: () => void) {}

  /** The reader went to one end of what is drawn. */
  reachedTop(): void {
    if (this.following || this.#place === null || this.#window.from === 0) return;
    this.#window = older(this.#window, this.#place.timeline.entries);
    this.changed();
  }

  reachedBottom(): void {
    if (this.following || this.#place === null) return;
    if (this.#window.to === Infinity) return this.follow();
    this.#window = newer(this.#window, this.#place.timeline.entries);
    this.changed();
  }

  leftBottom(): void {
    this.following = false;
  }

  follow(): void {
    this.following = true;
    this.goingDown = false;
    this.changed();
  }

  draw(place: Place, posts: readonly Post[]): void {
    const { timeline } = place;
    if (place !== this.#place) {
      this.#place = place;
      this.following = true;
    }
    timeline.trim(this.following ? undefined : this.#window.from);
    this.#window = this.following ? atEnd(timeline.entries) : held(this.#window, timeline.entries);
    this.rows = rows({ timeline, window: this.#window, posts, readUpTo: place.readBefore, dayOf }, this.rows);
    this.unseen = this.following ? 0 : Math.max(0, timeline.head - place.read);
  }
}
