import { describe, expect, it } from 'vitest';
import { whenOf } from './opens';

const CHINA_MIN = 480;
const NOW = Date.parse('2026-03-04T15:30:00.000Z'); // Wednesday, 23:30 in Yichun

describe('when a door opens', () => {
  it.each([
    ['2026-03-04T15:50:00.000Z', { day: 'today', time: '23:50' }],
    ['2026-03-05T00:00:00.000Z', { day: 'tomorrow', time: '08:00' }],
    ['2026-03-08T00:00:00.000Z', { day: 'weekday', weekday: 0, time: '08:00' }],
    ['2026-03-12T01:00:00.000Z', { day: 'date', month: 3, date: 12, time: '09:00' }],
    ['soon', null],
  ])('%s is said as a person would', (opens_at, said) => {
    expect(whenOf(opens_at, NOW, CHINA_MIN)).toEqual(said);
  });
});
