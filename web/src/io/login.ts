/** The browser's cookie, by which the server knows an account again. No script can read it, this one included. */

const SESSION = '/api/session';
const WITHIN_MS = 15_000;

/** Changes a login's token, which is good once, for the cookie. False: there is none. */
export async function swapForCookie(login: string): Promise<boolean> {
  return answered({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login }) });
}

export async function forgetCookie(): Promise<boolean> {
  return answered({ method: 'DELETE' });
}

async function answered(request: RequestInit): Promise<boolean> {
  // A page that was opened as a file is from nowhere, and has no cookies.
  if (!location.protocol.startsWith('http')) return false;
  try {
    const { ok } = await fetch(SESSION, { ...request, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(WITHIN_MS) });
    return ok;
  } catch {
    return false;
  }
}
