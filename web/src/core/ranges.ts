/** Sets of whole numbers as sorted runs that neither touch nor overlap. */

export interface Range {
  from: number;
  /** Inclusive. */
  to: number;
}

/** The index of the first item for which `isPast` holds; items before it do not, items after it do. */
export function bisect<T>(items: readonly T[], isPast: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class Ranges {
  #runs: Range[] = [];

  get runs(): readonly Range[] {
    return this.#runs;
  }

  has(n: number): boolean {
    const run = this.#runs[bisect(this.#runs, (run) => run.to >= n)];
    return run !== undefined && run.from <= n;
  }

  add(from: number, to: number): void {
    if (from > to) return;
    const last = this.#runs.at(-1);
    // Nearly always the next number of a live room.
    if (last !== undefined && from > last.from && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      return;
    }
    const start = bisect(this.#runs, (run) => run.to >= from - 1);
    const end = bisect(this.#runs, (run) => run.from > to + 1);
    const merged = {
      from: Math.min(from, this.#runs[start]?.from ?? from),
      to: Math.max(to, this.#runs[end - 1]?.to ?? to),
    };
    this.#runs.splice(start, Math.max(0, end - start), start < end ? merged : { from, to });
  }

  remove(from: number, to: number): void {
    if (from > to) return;
    const kept: Range[] = [];
    for (const run of this.#runs) {
      if (run.from < from) kept.push({ from: run.from, to: Math.min(run.to, from - 1) });
      if (run.to > to) kept.push({ from: Math.max(run.from, to + 1), to: run.to });
      // A run wholly outside was pushed by one of the two, whole.
    }
    this.#runs = kept;
  }

  /** How many of the set are at least `from`. */
  countFrom(from: number): number {
    return this.#runs.reduce((sum, run) => (run.to < from ? sum : sum + run.to - Math.max(run.from, from) + 1), 0);
  }

  /** What of `from..=to` is not in the set. */
  holes(from: number, to: number): Range[] {
    const holes: Range[] = [];
    let next = from;
    for (const run of this.#runs) {
      if (run.to < next) continue;
      if (run.from > to) break;
      if (run.from > next) holes.push({ from: next, to: run.from - 1 });
      next = run.to + 1;
    }
    if (next <= to) holes.push({ from: next, to });
    return holes;
  }

  clear(): void {
    this.#runs = [];
  }
}
