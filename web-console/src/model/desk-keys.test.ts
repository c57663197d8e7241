import { describe, expect, it } from 'vitest';
import { actOf, KEY_GROUPS, type KeyPress, keyOf } from './desk-keys';
import { keepPreferences, lookupPreferences, unasked } from './desk-preferences';

const press = (more: Partial<KeyPress>): KeyPress => ({
  code: 'KeyA',
  key: 'a',
  altKey: true,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 65,
  repeat: false,
  ...more,
});

describe('a key', () => {
  it('acts by its place, whatever letter Alt makes of it', () => {
    expect(actOf(press({ key: 'å' }), true)).toBe('accept');
  });

  it.each([
    ['is being composed', { isComposing: true }],
    ['is an input method’s', { keyCode: 229 }],
    ['is AltGr’s', { ctrlKey: true }],
    ['is the system’s', { metaKey: true }],
    ['is held down', { repeat: true }],
    ['is without Alt', { altKey: false }],
    ['has Shift besides', { shiftKey: true }],
  ])('that %s does not act', (_, more) => expect(actOf(press(more), false)).toBeNull());

  it.each(['?', '？'])('%s shows the overview, but not while one writes', (key) => {
    const ask = press({ key, code: 'Slash', altKey: false, shiftKey: true });
    expect(actOf(ask, false)).toBe('overview');
    expect(actOf(ask, true)).toBeNull();
  });

  it('is written beside its button, each act has one and each one act', () => {
    const acts = KEY_GROUPS.flatMap(([, group]) => group);
    const keys = acts.map(keyOf);
    expect(new Set(keys).size).toBe(acts.length);
    expect(keyOf('accept')).toBe('Alt+A');
    expect(keyOf('outcome_4')).toBe('Alt+4');
    expect(keyOf('overview')).toBe('Alt+/');
    expect(keys.every((key) => /^Alt\+(.|Enter)$/.test(key))).toBe(true);
  });
});

describe('what a device remembers', () => {
  it('is what was chosen, and nothing else', () => {
    let kept: string | null = null;
    const storage = () => ({
      getItem: () => kept,
      setItem: (_: string, value: string) => {
        kept = value;
      },
    });
    const chosen = { sound: true, banner: false, keys: false, isAsked: true };
    expect(lookupPreferences(storage)).toEqual(unasked);
    keepPreferences(storage, chosen);
    expect(lookupPreferences(storage)).toEqual(chosen);
    expect(kept).toBe('{"sound":true,"banner":false,"keys":false,"isAsked":true}');
  });

  it.each(['null', '7', '{"sound":"loud"}', '{'])('is nothing when it reads %s', (kept) => {
    const storage = () => ({ getItem: () => kept, setItem() {} });
    expect(lookupPreferences(storage)).toEqual(unasked);
  });
});
