import { describe, expect, it } from 'vitest';
import { Faults } from './office-fault';
import {
  checkWeek,
  copyDay,
  hoursOf,
  openMinutes,
  shownOn,
  tidyClock,
  weekOf,
} from './office-hours';

const at = (day: number, hour: number) => day * 1440 + hour * 60;
const span = (from_minute: number, to_minute: number) => ({ from_minute, to_minute });
function faultsIn(days: Record<number, [string, string][]>) {
  const week = { ...weekOf([]) };
  for (const [day, spans] of Object.entries(days)) {
    week.days[Number(day)] = spans.map(([from, to]) => ({ from, to }));
  }
  const faults = new Faults();
  checkWeek(week, faults);
  return faults.list.map(({ field, code }) => [field, code]);
}

describe('a week of hours', () => {
  it('open day and night has no spans', () => {
    expect(hoursOf(weekOf(null))).toBeNull();
    expect(openMinutes(weekOf(null))).toBe(10_080);
  });

  it.each([
    ['in the daytime', [span(at(0, 8), at(0, 21)), span(at(6, 9), at(6, 12))]],
    ['over midnight', [span(at(1, 20), at(2, 0)), span(at(2, 0), at(2, 2))]],
    ['over the end of the week', [span(at(0, 0), at(0, 6)), span(at(6, 22), at(7, 0))]],
    ['for two whole days', [span(at(3, 0), at(4, 0)), span(at(4, 0), at(5, 0))]],
  ])('%s comes back as it was', (_, hours) => {
    expect(hoursOf(weekOf(hours))).toEqual(hours);
  });

  it('shows an evening and the night after it as one span', () => {
    const week = weekOf([span(at(1, 20), at(2, 0)), span(at(2, 0), at(2, 2))]);
    expect(week.days[1]).toEqual([{ from: '20:00', to: '02:00' }]);
    expect(week.days[2]).toEqual([]);
    expect(shownOn(week, 2)).toEqual([[0, 120]]);
  });

  it('splits a stored span of several days at each midnight', () => {
    const week = weekOf([span(at(0, 8), at(2, 0))]);
    expect(week.days[0]).toEqual([{ from: '08:00', to: '24:00' }]);
    expect(week.days[1]).toEqual([{ from: '00:00', to: '24:00' }]);
  });

  it('copies a day to others without tying them together', () => {
    const week = copyDay(weekOf([span(at(0, 8), at(0, 12))]), 0, [1, 2]);
    expect(openMinutes(week)).toBe(3 * 240);
    expect(week.days[1]?.[0]).not.toBe(week.days[0]?.[0]);
  });
});

describe('a time as one types it', () => {
  it.each([
    ['8', '08:00'],
    ['830', '08:30'],
    ['８：３０', '08:30'],
    ['24', '24:00'],
    ['25:00', '25:00'],
    ['夜里', '夜里'],
  ])('%s is %s', (typed, clock) => expect(tidyClock(typed)).toBe(clock));
});

describe('a week that makes no sense', () => {
  it('is never open', () => expect(faultsIn({})).toEqual([['week', 'never_open']]));
  it('has a span without an end', () => {
    expect(faultsIn({ 0: [['08:00', '']] })).toEqual([['week.days.0.0', 'no_time']]);
  });
  it('has a span without length', () => {
    expect(faultsIn({ 0: [['08:00', '08:00']] })).toEqual([['week.days.0.0', 'no_length']]);
  });
  it('has spans that share time, also over midnight', () => {
    const days: Record<number, [string, string][]> = {
      0: [['20:00', '02:00']],
      1: [['01:00', '03:00']],
    };
    expect(faultsIn(days)).toEqual([['week.days.1.0', 'overlaps']]);
  });
  it('knows the night from Sunday to Monday', () => {
    const days: Record<number, [string, string][]> = {
      0: [['01:00', '03:00']],
      6: [['22:00', '02:00']],
    };
    expect(faultsIn(days)).toEqual([['week.days.6.0', 'overlaps']]);
  });
});
