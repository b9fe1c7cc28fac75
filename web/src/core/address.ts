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
