import { describe, expect, it } from 'vitest';
import { emptyDesk, notice, shownNotices } from './desk';

const told = (...aliases: string[]) =>
  aliases.reduce((desk, alias) => notice(desk, 'gone', 'expired', alias), emptyDesk);
const seen = (...aliases: string[]) =>
  shownNotices(told(...aliases).notices).map(({ alias }) => alias);

describe('notices', () => {
  it('show the newest above the oldest, which stays where it is', () => {
    expect(seen()).toEqual([]);
    expect(seen('a')).toEqual(['a']);
    expect(seen('a', 'b')).toEqual(['b', 'a']);
    expect(seen('a', 'b', 'c', 'd', 'e')).toEqual(['e', 'a']);
  });

  it('said again in sight stand once, in the same place, and are new', () => {
    const desk = told('a', 'b', 'a');
    expect(desk.notices.map(({ alias }) => alias)).toEqual(['a', 'b']);
    expect(desk.notices[0]?.id).toBe(3);
  });

  it('said again out of sight come into sight', () => {
    expect(seen('a', 'b', 'c', 'b')).toEqual(['b', 'a']);
    expect(told('a', 'b', 'c', 'b').notices).toHaveLength(3);
  });

  it('that hold a note to be copied never make way', () => {
    const full = notice(emptyDesk, 'gone', 'note_unkept', 'a', '想家');
    const desk = Array.from({ length: 99 }, (_, at) => `b${at}`).reduce(
      (now, alias) => notice(now, 'gone', 'expired', alias),
      full,
    );
    expect(desk.notices).toHaveLength(50);
    expect(desk.notices[0]).toMatchObject({ alias: 'a', text: '想家' });
    expect(desk.notices.at(-1)).toMatchObject({ alias: 'b98' });
  });
});
