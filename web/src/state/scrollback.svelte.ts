/**
 * What of the timeline is on the screen. Whatever happens between two pictures is drawn with the next one,
 * together: a thousand messages in one burst are one change of the page.
 */

import { Timeline, type Content, type Delivery, type Entry } from '../core/timeline';
import { atEnd, held, newer, older, type Window } from '../core/window';
import { dayOf, Frame, now } from '../io/clock';
import { isHidden } from '../io/surroundings';

export class Scrollback {
  rows: readonly Entry[] = $state.raw([]);
  /** The reader is at the newest message, and new ones keep it in sight. */
  following = $state(true);
  /** Messages below what the reader sees. */
  unseen = $state(0);
  /** Messages that came while the page was hidden. */
  unread = $state(0);

  readonly #timeline = new Timeline(dayOf);
  #window: Window = { from: 0, to: 0 };
  #unseen = 0;
  readonly #frame = new Frame(() => this.#draw());

  add(content: Content): number {
    const { id } = this.#timeline.append(content, now());
    if (content.kind === 'message' && !content.own) {
      if (!this.following) this.#unseen += 1;
      // Not with the next picture: a hidden page draws none, and its title must count all the same.
      if (isHidden()) this.unread += 1;
    }
    this.#frame.ask();
    return id;
  }

  settle(id: number, delivery: Delivery): void {
    this.#timeline.settle(id, delivery);
    this.#frame.ask();
  }

  seen(): void {
    this.unread = 0;
  }

  /** The reader went to one end of what is drawn. */
  reachedTop(): void {
    if (!this.following && this.#window.from > this.#timeline.first) this.#slide(older(this.#window, this.#timeline));
  }

  reachedBottom(): void {
    if (this.following) return;
    if (this.#window.to < this.#timeline.end) this.#slide(newer(this.#window, this.#timeline));
    else this.follow();
  }

  leftBottom(): void {
    this.following = false;
  }

  follow(): void {
    this.following = true;
    this.#unseen = 0;
    this.#draw();
  }

  #slide(window: Window): void {
    this.#window = window;
    this.#draw();
  }

  #draw(): void {
    this.#window = this.following ? atEnd(this.#timeline) : held(this.#window, this.#timeline);
    this.rows = this.#timeline.slice(this.#window.from, this.#window.to);
    this.unseen = this.#unseen;
  }
}
