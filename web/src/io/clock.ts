/** Time and chance, which the core only knows as arguments. */

export const now = (): number => Date.now();
export const random = (): number => Math.random();

/** One wake-up at a time: setting it anew forgets the one before. */
export class Alarm {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ring: () => void) {}

  set(at: number | null): void {
    clearTimeout(this.#timer);
    if (at !== null) this.#timer = setTimeout(this.ring, Math.max(0, at - now()));
  }
}

/** A page that nobody sees has no pictures, but its title counts all the same. */
const UNSEEN_PICTURE_MS = 250;

/** Runs `draw` once before the next picture, however often it is asked. */
export class Frame {
  #asked: 'no' | 'picture' | 'timer' = 'no';

  constructor(private readonly draw: () => void) {}

  ask(): void {
    if (this.#asked === 'timer' || (this.#asked === 'picture' && !document.hidden)) return;
    this.#asked = document.hidden ? 'timer' : 'picture';
    if (document.hidden) setTimeout(() => this.#run(), UNSEEN_PICTURE_MS);
    else requestAnimationFrame(() => this.#run());
  }

  #run(): void {
    if (this.#asked === 'no') return;
    this.#asked = 'no';
    this.draw();
  }
}

/** The local day of a time, as a name that sorts. */
export function dayOf(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}
