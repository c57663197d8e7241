/** Times of day as the board says them: the reader's own clock, 24 hours. */
import type { Lang } from '../i18n/say';

const MINUTE = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: Lang, hasSeconds: boolean): Intl.DateTimeFormat {
  const key = `${lang} ${hasSeconds}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(
    lang,
    hasSeconds ? { ...MINUTE, second: '2-digit' } : MINUTE,
  );
  formats.set(key, made);
  return made;
}

/** 20:14:05 */
export function clockOf(lang: Lang, at: string | number): string {
  return format(lang, true).format(typeof at === 'number' ? at : Date.parse(at));
}

/** 20:14 */
export function minuteOf(lang: Lang, at: string | number): string {
  return format(lang, false).format(typeof at === 'number' ? at : Date.parse(at));
}
