import { EN, type Word } from './english.js';
import { JA } from './japanese.js';

/** A language of the page. */
export type Language = 'en' | 'ja';

let language: Language = 'en';

/** The language that words are in. */
export function currentLanguage(): Language {
  return language;
}

/** Chooses the language. */
export function setLanguage(chosen: Language): void {
  language = chosen;
}

/** Chooses the language that is nearest to that of the browser. */
export function chooseLanguage(name: string): void {
  setLanguage(name.startsWith('ja') ? 'ja' : 'en');
}

const PLACE = /\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g;

/** A word in the chosen language, with values in its places. */
export function t(word: Word, ...values: readonly (string | number)[]): string {
  const text: string = (language === 'ja' ? JA : EN)[word];
  return text.replace(PLACE, (_, place: string, one?: string, many?: string) => {
    const value = values[Number(place)] ?? '';
    const shown = typeof value === 'number' ? value.toLocaleString(language) : value;
    return one === undefined ? shown : `${shown} ${value === 1 ? one : many!}`;
  });
}

/** A time that passed: `12.3 ms`. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const [value, unit] = seconds < 0.001 ? [seconds * 1e6, 'µs'] : seconds < 1 ? [seconds * 1000, 'ms'] : [seconds, 's'];
  return `${Number(value.toPrecision(seconds < 1 ? 3 : 6)).toLocaleString(language, { maximumFractionDigits: 3 })} ${unit}`;
}
