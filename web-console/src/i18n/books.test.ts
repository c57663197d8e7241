import { describe, expect, it } from 'vitest';
import { en as consoleEn } from './console.en';
import { zhCN as consoleZh } from './console.zh-CN';
import { en as officeEn } from './office.en';
import { zhCN as officeZh } from './office.zh-CN';
import { langOf, speak } from './say';
import { en as watchEn } from './watch.en';
import { zhCN as watchZh } from './watch.zh-CN';
import { en as widgetEn } from './widget.en';
import { zhCN as widgetZh } from './widget.zh-CN';

const books = [
  ['widget', widgetZh, widgetEn],
  ['console', consoleZh, consoleEn],
  ['office', officeZh, officeEn],
  ['watch', watchZh, watchEn],
] as const;
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(books)('the %s book', (_, zhCN, en) => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zhCN));
  });

  it('names the same values in both languages', () => {
    for (const [key, text] of Object.entries(zhCN)) {
      expect([key, holes(en[key as keyof typeof en])]).toEqual([key, holes(text)]);
    }
  });

  it('leaves no sentence empty in one language only', () => {
    for (const [key, text] of Object.entries(zhCN)) {
      expect([key, en[key as keyof typeof en] === '']).toEqual([key, text === '']);
    }
  });
});

describe('a sentence', () => {
  const say = speak('en', {
    'zh-CN': { 'no.unknown': '不', hi: '{a}' },
    en: { 'no.unknown': 'no', hi: '{a}!' },
  });

  it('has its values filled in', () => expect(say('hi', { a: 3 })).toBe('3!'));
  it('for an unknown code is the general one', () => expect(say.code('no', 'x')).toBe('no'));
});

describe('a language', () => {
  it.each([
    ['en-GB', 'en'],
    ['zh-Hant', 'zh-CN'],
    ['fr', 'zh-CN'],
    [null, 'zh-CN'],
  ])('wished as %s is %s', (wished, lang) => expect(langOf(wished)).toBe(lang));
});
