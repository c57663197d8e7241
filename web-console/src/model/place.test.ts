import { describe, expect, it } from 'vitest';
import { placed } from './place';

const at = (position: number, high_s: number | null) =>
  ({ position, waiting: 9, estimate_s: high_s === null ? null : [60, high_s] }) as {
    position: number;
    waiting: number;
    estimate_s: [number, number] | null;
  };

describe('a place in the queue', () => {
  it.each([
    ['says nothing at first', [at(3, 600)], null],
    ['says so when somebody in more danger came before', [at(3, 600), at(4, 800)], 'back'],
    ['says so when the estimate grows', [at(3, 600), at(3, 700)], 'longer'],
    ['takes a few seconds more for noise', [at(3, 600), at(3, 630)], null],
    ['keeps bad news until there is better', [at(3, 600), at(3, 700), at(3, 710)], 'longer'],
    ['drops it when the line moves', [at(3, 600), at(3, 700), at(2, 650)], null],
    ['drops it when the estimate shrinks', [at(3, 600), at(3, 700), at(3, 600)], null],
    ['calls no first estimate a longer one', [at(3, null), at(3, 900)], null],
  ])('%s', (_, told, worse) => {
    const last = told.reduce<ReturnType<typeof placed> | null>(placed, null);
    expect(last?.worse).toBe(worse);
  });
});
