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

/** Runs `draw` once before the next picture, however often it is asked. */
export class Frame {
  #asked = false;

  constructor(private readonly draw: () => void) {}

  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.draw();
    });
  }
}

/** The local day of a time, as a name that sorts. */
export function dayOf(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}
