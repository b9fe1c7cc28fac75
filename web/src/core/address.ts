/** The server's WebSocket address: guessed from where the page came from, or as a person typed it. */

export interface Origin {
  protocol: string;
  host: string;
}

export const ADDRESS_OF_A_FILE = 'ws://localhost:8765';

export function defaultAddress(page: Origin): string {
  if (page.host === '' || !page.protocol.startsWith('http')) return ADDRESS_OF_A_FILE;
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/ws`;
}

/** Whether a page from there has its cookies at this server. */
export function isAtHome(page: Origin, address: string): boolean {
  return page.protocol.startsWith('http') && URL.canParse(address) && new URL(address).host === page.host;
}

/** The secret in a link of invitation: `/#invite=…`. */
export function inviteIn(hash: string): string | null {
  const invite = new URLSearchParams(hash.replace(/^#/, '')).get('invite');
  return invite === null || invite === '' ? null : invite;
}

/** Accepts `host:port`, `ws(s)://…` and `http(s)://…`; null when it is no address. */
export function parseAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return null;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  const full = scheme === undefined ? `ws://${text}` : text.replace(/^http/i, 'ws');
  if (!/^wss?:\/\//i.test(full)) return null;
  try {
    const url = new URL(full);
    url.hash = '';
    return url.hostname === '' ? null : url.href;
  } catch {
    return null;
  }
}
