/** How a person is drawn: initials and one of twelve hues, the same on every screen for the same name. */

export const HUES = 12;

export function hue(name: string): number {
  let hash = 2166136261;
  for (const char of name.toLocaleLowerCase('und').normalize('NFKC')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  }
  // The low bits of this hash are weak for short names; fold the high ones in.
  return ((hash ^ (hash >>> 15)) >>> 0) % HUES;
}

export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  const [first = '?', second] = words;
  const letters = second === undefined ? [...first].slice(0, 1) : [[...first][0], [...second][0]];
  return letters.join('').toLocaleUpperCase('und');
}
