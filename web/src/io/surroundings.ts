/** What the browser tells of its surroundings: visibility, network, pointer, language. */

export const isHidden = (): boolean => document.hidden;
export const hasNetwork = (): boolean => navigator.onLine;
export const browserLanguage = (): string => navigator.language;

/** A finger, not a mouse: the keyboard is on the screen and its Enter is a line break. */
export const hasCoarsePointer = (): boolean => matchMedia('(pointer: coarse)').matches;

export function setTitle(title: string): void {
  if (document.title !== title) document.title = title;
}

/** What stands behind the `#` of the address; it is taken away, for it is nobody else's to see. */
export function takeHash(): string {
  const { hash, pathname, search } = location;
  if (hash !== '') history.replaceState(null, '', pathname + search);
  return hash;
}

/** Whether it is in the clipboard now. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function setDocumentLanguage(language: string): void {
  document.documentElement.lang = language;
}

export function onVisibility(changed: () => void): void {
  document.addEventListener('visibilitychange', changed);
}

export function onNetwork(changed: () => void): void {
  addEventListener('online', changed);
  addEventListener('offline', changed);
}

/** Before the page goes, for good or into the background of a phone. */
export function onGoing(going: () => void): void {
  addEventListener('pagehide', going);
}

/** Whether the page is at least so wide, now and whenever that changes. */
export function onWidth(least: string, told: (isWide: boolean) => void): void {
  const query = matchMedia(`(min-width: ${least})`);
  told(query.matches);
  query.addEventListener('change', () => told(query.matches));
}
