/** What is remembered between visits. Storage may be forbidden or full; the page then works without. */

const PREFIX = 'papo.';

export type Remembered = 'address' | 'nick' | 'room' | 'language';

export function recall(key: Remembered): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** Null forgets. */
export function remember(key: Remembered, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Nothing depends on it.
  }
}
