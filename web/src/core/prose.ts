/** A message's text cut into plain pieces and web addresses, so that a link can be an element of its own. */

export type Piece = { text: string; href: string | null };

const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"]+/g;
/** Marks that close the sentence rather than the address. */
const TRAILING = /[.,;:!?'")\]}]+$/;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(WEB_ADDRESS)) {
    const href = trimAddress(match[0]);
    if (!URL.canParse(href)) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: href, href });
    from = match.index + href.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

function trimAddress(raw: string): string {
  const short = raw.replace(TRAILING, '');
  // "(see https://pt.wikipedia.org/wiki/Papo_(ave))": a bracket opened inside belongs to the address.
  return short.includes('(') && raw[short.length] === ')' ? `${short})` : short;
}
