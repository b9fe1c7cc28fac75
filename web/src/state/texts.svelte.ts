/**
 * The page's words. A table of some hundred texts needs no library: the keys are checked by the type checker,
 * that both languages have the same ones by a test, and all of it weighs less than a library's start-up code.
 */

import en from '../../messages/en.json';
import pt from '../../messages/pt-BR.json';
import { fill, pickLanguage, usageOf, type Language, type TextKey, type Values, type Words } from '../core/language';
import { recall, remember } from '../io/storage';
import { browserLanguage, setDocumentLanguage } from '../io/surroundings';

const TEXTS: Record<Language, Record<TextKey, string>> = { 'pt-BR': pt, en };

/** Made once: to make one costs more than to draw a row. */
const FORMATS = { 'pt-BR': formats('pt-BR'), en: formats('en') };

function formats(language: Language) {
  return {
    time: new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }),
    list: new Intl.ListFormat(language, { type: 'conjunction' }),
    dayAndTime: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
  };
}

class Texts {
  language: Language = $state(pickLanguage(recall('language'), browserLanguage()));

  constructor() {
    setDocumentLanguage(this.language);
  }

  choose(language: Language): void {
    this.language = language;
    remember('language', language);
    setDocumentLanguage(language);
  }

  time(at: number): string {
    return FORMATS[this.language].time.format(at);
  }

  day(at: number): string {
    return FORMATS[this.language].day.format(at);
  }

  dayAndTime(at: number): string {
    return FORMATS[this.language].dayAndTime.format(at);
  }
}

export const texts = new Texts();

export function t(key: TextKey, values: Values = {}): string {
  return fill(TEXTS[texts.language][key], values);
}

/** In words of the page or of the server. */
export function inWords(words: Words): string {
  if ('raw' in words) return words.raw;
  return 'usage' in words ? t('usage', { usage: usageOf(t(words.usage)) }) : t(words.key, words.values);
}

/** A time in its largest unit that is not too coarse, rounded up: who waits for it is not told too little. */
export function duration(seconds: number): string {
  const [key, unit] = UNITS.find(([, , below]) => seconds < below) ?? UNITS[3];
  return t(key, { n: Math.ceil(seconds / unit) });
}

const UNITS = [
  ['seconds', 1, 120],
  ['minutes', 60, 7_200],
  ['hours', 3_600, 172_800],
  ['days', 86_400, Infinity],
] as const;

/** Names as one reads them aloud: Ana, Bia e Caio; many are cut. */
export function names(who: readonly string[], most: number): string {
  const left = who.length - most;
  const shown = left > 0 ? [...who.slice(0, most), t('andMore', { n: left }).replace(/^e |^and /, '')] : [...who];
  return FORMATS[texts.language].list.format(shown);
}
