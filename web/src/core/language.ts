/** Which of the two languages: what was chosen on the page, else the browser's. */

export type Language = 'pt-BR' | 'en';

export function pickLanguage(chosen: string | null, browser: string): Language {
  if (chosen === 'pt-BR' || chosen === 'en') return chosen;
  return /^en\b/i.test(browser) ? 'en' : 'pt-BR';
}

/** Puts values into a text's `{places}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
