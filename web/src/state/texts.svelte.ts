/**
 * The page's words. A table of some forty texts needs no library: the keys are checked by the type checker,
 * that both languages have the same ones by a test, and all of it weighs less than a library's start-up code.
 */

import en from '../../messages/en.json';
import pt from '../../messages/pt-BR.json';
import { fill, pickLanguage, type Language } from '../core/language';
import { recall, remember } from '../io/storage';
import { browserLanguage, setDocumentLanguage } from '../io/surroundings';

export type TextKey = keyof typeof pt;

const TEXTS: Record<Language, Record<TextKey, string>> = { 'pt-BR': pt, en };

/** Made once: to make one costs more than to draw a row. */
const FORMATS = { 'pt-BR': formats('pt-BR'), en: formats('en') };

function formats(language: Language) {
  return {
    time: new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }),
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

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return fill(TEXTS[texts.language][key], values);
}
