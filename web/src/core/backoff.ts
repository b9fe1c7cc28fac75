/** How long to wait before the next attempt, so that many pages do not come back at the same instant. */

const FIRST_MS = 1_000;
const MOST_MS = 30_000;

/** `attempt` counts from 0; `random` is in [0, 1). Between half and all of a doubling step. */
export function backoff(attempt: number, random: number): number {
  const step = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(step * (0.5 + random / 2));
}
