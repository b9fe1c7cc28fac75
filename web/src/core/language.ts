/** Which of the two languages: what was chosen on the page, else the browser's; and the page's texts by their keys. */

import type pt from '../../messages/pt-BR.json';

export type Language = 'pt-BR' | 'en';
export type TextKey = keyof typeof pt;
export type Values = Record<string, string | number>;

/** What is shown to people: a text of the page, translated where it is drawn, or words of the server. */
export type Words =
  | { key: TextKey; values?: Values }
  /** How a command is used: the first part of its line in the help. */
  | { usage: TextKey }
  | { raw: string };

/** Between a command and what it does, in its line of the help. */
const DASH = ' – ';

export function usageOf(line: string): string {
  return line.split(DASH)[0] ?? line;
}

export function meaningOf(line: string): string {
  return line.split(DASH)[1] ?? '';
}

export function pickLanguage(chosen: string | null, browser: string): Language {
  if (chosen === 'pt-BR' || chosen === 'en') return chosen;
  return /^en\b/i.test(browser) ? 'en' : 'pt-BR';
}

/** Puts values into a text's `{places}`. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
