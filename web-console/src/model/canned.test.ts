import { describe, expect, it } from 'vitest';
import type { Call } from '../wire/rest';
import { type CannedReply, initialOf, insert, Shelf, search } from './canned';

function aReply(title: string, more: Partial<CannedReply> = {}): CannedReply {
  return { reply_id: title, title, text: `${title}。`, locale: 'zh-CN', line: null, ...more };
}
const shelf = [
  aReply('开场'),
  aReply('一起呼吸', { text: '我们一起慢慢吸气，数到四。' }),
  aReply('询问危险', { text: '你有没有想过伤害自己？' }),
  aReply('12355 的时间', { line: '12355' }),
  aReply('其他热线', { line: '966525' }),
  aReply('Breathing', { locale: 'en', text: 'Let us breathe in slowly.' }),
];
const here = { line: '12355', locale: 'zh-CN' };
const found = (query: string, where = here) =>
  search(shelf, query, where).map(({ reply_id }) => reply_id);

describe('canned replies', () => {
  it('begin with those of the talk’s own line and language', () => {
    expect(found('')).toEqual(['12355 的时间', '开场', '一起呼吸', '询问危险', 'Breathing']);
    expect(found('', { line: '966525', locale: 'en-GB' }).slice(0, 2)).toEqual([
      'Breathing',
      '其他热线',
    ]);
  });

  it.each([
    ['呼吸', '一起呼吸'],
    ['一吸', '一起呼吸'],
    ['yqhx', '一起呼吸'],
    ['hx', '一起呼吸'],
    ['XW', '询问危险'],
    ['ｈｘ', '一起呼吸'],
    ['伤害', '询问危险'],
    ['brth', 'Breathing'],
  ])('are found by %s', (query, title) => expect(found(query)[0]).toBe(title));

  it('that do not fit are not shown', () => expect(found('咖啡')).toEqual([]));

  it.each([
    ['啊', 'a'],
    ['把', 'b'],
    ['呼', 'h'],
    ['你', 'n'],
    ['找', 'z'],
    ['Q', 'q'],
  ])('know that %s begins with %s', (character, letter) =>
    expect(initialOf(character)).toBe(letter),
  );

  it('are put where the writing stands, and the writing goes on behind them', () => {
    expect(insert('你好，再见', '慢慢说。', 3, 3)).toEqual(['你好，慢慢说。再见', 7]);
  });
});

describe('the shelf', () => {
  it('is fetched once while it is fresh, and says when it could not be', async () => {
    let now = 0;
    let asked = 0;
    let isCut = true;
    const call = (async () => {
      asked += 1;
      if (isCut) throw new Error('cut');
      return shelf;
    }) as Call;
    const replies = new Shelf(call, () => now);
    await replies.open(() => {});
    expect(replies.state.fate).toBe('failed');
    isCut = false;
    await replies.open(() => {});
    await replies.open(() => {});
    expect([replies.state.fate, asked]).toEqual(['here', 2]);
    now = 200_000;
    isCut = true;
    await replies.open(() => {});
    expect([replies.state.replies.length, replies.state.fate, asked]).toEqual([6, 'here', 3]);
  });
});
