/** What is remembered between visits. Storage may be forbidden or full; the page then works without. */

const PREFIX = 'papo.';

export type Remembered = 'address' | 'nick' | 'room' | 'language' | 'members' | 'account';

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

const SESSION = `${PREFIX}session`;

/** What this tab keeps of its session: it outlives a reload, and another tab has its own. */
export function recallSession(): string | null {
  try {
    return sessionStorage.getItem(SESSION);
  } catch {
    return null;
  }
}

/** Null forgets. */
export function rememberSession(value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(SESSION);
    else sessionStorage.setItem(SESSION, value);
  } catch {
    // A reload then begins anew.
  }
}
