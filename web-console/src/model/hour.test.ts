import { describe, expect, it } from 'vitest';
import type { BoardHour } from '../protocol/desk';
import { FakeClock } from '../wire/fake';
import { HOUR_EVERY_MS, HourKeeper, type HourState, hourOf, hourRows, hourTotal } from './hour';

const sixty = (at: number, value: number) =>
  Array.from({ length: 60 }, (_, n) => (n === at ? value : 0));
const series = (line: string, channel: string, at: number, value: number) => ({
  line,
  channel,
  waiting: sixty(at, value),
  longest_wait_s: sixty(at, value * 10),
  arrived: sixty(at, value),
  answered: sixty(at, 1),
  abandoned: sixty(at, 0),
});
const told: BoardHour = {
  from: '2026-01-01T00:00:00.000Z',
  step_s: 60,
  series: [
    series('12355', 'chat', 5, 2),
    series('966525', 'phone', 5, 3),
    series('966525', 'chat', 25, 4),
  ],
};

describe('the last hour', () => {
  it('adds up people over lines and channels, and takes the longest wait', () => {
    const hour = hourOf(told, '', '');
    expect([hour.waiting[5], hour.longest_wait_s[5], hour.waiting[25]]).toEqual([5, 30, 4]);
    expect(hour.at_s[1]).toBe(Date.parse(told.from) / 1000 + 60);
  });

  it.each([
    ['12355', '', 2],
    ['966525', '', 3],
    ['966525', 'chat', 0],
    ['4009151095', '', 0],
  ])('of line %s and channel %s alone shows theirs', (line, channel, waiting) => {
    expect(hourOf(told, line, channel).waiting[5]).toBe(waiting);
  });

  it('is told in rows of ten minutes, the newest first', () => {
    const rows = hourRows(hourOf(told, '', ''));
    expect(rows).toHaveLength(6);
    expect(rows.at(-1)).toMatchObject({
      waiting_most: 5,
      longest_wait_s: 30,
      arrived: 5,
      answered: 2,
    });
    expect(hourTotal(hourOf(told, '', ''))).toMatchObject({
      waiting_most: 5,
      arrived: 9,
      answered: 3,
    });
  });

  it('is empty, not broken, when nothing happened', () => {
    expect(hourTotal(hourOf({ ...told, series: [] }, '', ''))).toMatchObject({ arrived: 0 });
  });
});

describe('who keeps the hour', () => {
  it('asks each half minute, and shows what is old as old until it is answered again', async () => {
    const clock = new FakeClock();
    const answers = [true, false, true];
    const seen: HourState[] = [];
    const call = async () => {
      if (!answers.shift()) throw new Error('cut');
      return told as never;
    };
    const keeper = new HourKeeper(call, clock, (state) => seen.push(state));
    keeper.start();
    for (let count = 0; count < 2; count += 1) {
      await new Promise((done) => setImmediate(done));
      clock.pass(HOUR_EVERY_MS);
    }
    await new Promise((done) => setImmediate(done));
    expect(seen.map((one) => one.isStale)).toEqual([false, true, false]);
    expect(seen[1]?.told).toBe(told);
    keeper.stop();
    clock.pass(HOUR_EVERY_MS);
    await new Promise((done) => setImmediate(done));
    expect(seen).toHaveLength(3);
  });
});
