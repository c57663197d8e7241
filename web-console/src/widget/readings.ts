/** Short things to read, fetched when somebody has to wait; nothing of it stays in the cache. */
import type { Lang } from '../i18n/say';
import enUrl from './readings/en.json?url';
import zhUrl from './readings/zh-CN.json?url';

export interface Reading {
  title: string;
  paragraphs: readonly string[];
}

const fetched = new Map<Lang, Promise<readonly Reading[]>>();

/** A failed attempt is forgotten, so that the next one may succeed. */
export function lookupReadings(home: string, lang: Lang): Promise<readonly Reading[]> {
  const known = fetched.get(lang);
  if (known) return known;
  const url = new URL(lang === 'en' ? enUrl : zhUrl, home).href;
  const asked = fetch(url, { cache: 'no-store', credentials: 'omit' }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json() as Promise<readonly Reading[]>;
  });
  fetched.set(lang, asked);
  asked.catch(() => fetched.delete(lang));
  return asked;
}
