/** Two languages, one set of keys. zh-CN is the source. */
export type Lang = 'zh-CN' | 'en';
export type Book<Key extends string> = Readonly<Record<Key, string>>;
type Values = Readonly<Record<string, string | number>>;

export interface Say<Key extends string> {
  /** The sentence, with `{name}` replaced by its value. */
  (key: Key, values?: Values): string;
  /** The sentence for a code of the server's; an unknown code gets the one for `unknown`. */
  code(room: string, code: string, values?: Values): string;
  readonly lang: Lang;
}

export function speak<Key extends string>(lang: Lang, books: Record<Lang, Book<Key>>): Say<Key> {
  const book: Readonly<Record<string, string>> = books[lang];
  const fill = (text: string, values: Values = {}) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  const say = (key: Key, values?: Values) => fill(book[key] ?? key, values);
  const code = (room: string, name: string, values?: Values) =>
    fill(book[`${room}.${name}`] ?? book[`${room}.unknown`] ?? name, values);
  return Object.assign(say, { code, lang });
}

/** Chinese unless the reader's own settings say English. */
export function langOf(wished: string | null | undefined): Lang {
  return wished?.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';
}

/** The name in the reader's language. */
export function named(lang: Lang, thing: { name: string; name_en: string }): string {
  return (lang === 'en' && thing.name_en) || thing.name;
}
