/**
 * A line's week as one fills it in: spans by day, perhaps over midnight.
 *
 * Sent are minutes of the week; a span over midnight is split at 24:00, and joined again when it comes back.
 */

import type { OpenHours } from '../protocol/office';
import type { Faults } from './office-fault';

/** `HH:MM`; a whole day ends at `24:00`; a `to` before `from` is the next day's. */
export interface DaySpan {
  from: string;
  to: string;
}
export interface WeekDraft {
  /** Day and night. */
  isAlways: boolean;
  /** Monday first. */
  days: DaySpan[][];
}

export const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** The server's limit. */
const SPANS_MAX = 50;
const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

const pad = (number: number) => String(number).padStart(2, '0');
export const clockOf = (minute: number): string =>
  `${pad(Math.floor((minute % DAY_MINUTES) / 60))}:${pad(minute % 60)}`;

/** The end of a span: midnight is the day's own 24:00. */
export const endOf = (minute: number): string =>
  minute % DAY_MINUTES === 0 ? '24:00' : clockOf(minute);

/** What was typed, as a time if it can be one: `8`, `830`, `8：30` are 08:00, 08:30, 08:30. */
export function tidyClock(typed: string): string {
  const plain = typed.normalize('NFKC').trim();
  const match = /^(\d{1,2})(?:[:.]?([0-5]\d))?$/.exec(plain);
  const clock = match ? `${pad(Number(match[1]))}:${match[2] ?? '00'}` : plain;
  return minuteOf(clock) === null ? typed : clock;
}

/** Minutes since midnight, or `null` where there is no time. */
export function minuteOf(clock: string): number | null {
  const match = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(clock);
  if (!match) return null;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return minute <= DAY_MINUTES ? minute : null;
}

/** Where a day's span begins and ends, in minutes from that midnight; the end may lie past 24:00. */
export function reachOf(span: DaySpan): [number, number] | null {
  const [from, to] = [minuteOf(tidyClock(span.from)), minuteOf(tidyClock(span.to))];
  if (from === null || to === null || from === DAY_MINUTES) return null;
  if (to === 0) return [from, DAY_MINUTES];
  if (to === from) return null;
  return [from, to > from ? to : to + DAY_MINUTES];
}

export const isOverMidnight = (span: DaySpan): boolean => (reachOf(span)?.[1] ?? 0) > DAY_MINUTES;

export function weekOf(hours: readonly OpenHours[] | null): WeekDraft {
  const days: DaySpan[][] = DAYS.map(() => []);
  if (hours === null) return { isAlways: true, days };
  for (const [from, to] of joined(hours.flatMap(byDay))) {
    days[Math.floor(from / DAY_MINUTES)]?.push({ from: clockOf(from), to: endOf(to) });
  }
  return { isAlways: false, days };
}

/** Splits a span at each midnight. */
function byDay({ from_minute, to_minute }: OpenHours): [number, number][] {
  const spans: [number, number][] = [];
  for (let from = from_minute; from < to_minute; ) {
    const midnight = (Math.floor(from / DAY_MINUTES) + 1) * DAY_MINUTES;
    spans.push([from, Math.min(midnight, to_minute)]);
    from = midnight;
  }
  return spans;
}

/** Joins an evening with the night after it, where both together are shorter than a day. */
function joined(spans: [number, number][]): [number, number][] {
  const mornings = new Map(spans.filter(([from]) => from % DAY_MINUTES === 0));
  const taken = new Set<number>();
  const list = spans.map(([from, to]): [number, number] => {
    const next = to % WEEK_MINUTES;
    const morning = mornings.get(next);
    const isEvening = to % DAY_MINUTES === 0 && from % DAY_MINUTES !== 0;
    if (!isEvening || morning === undefined || morning - next >= from % DAY_MINUTES) {
      return [from, to];
    }
    taken.add(next);
    return [from, to + morning - next];
  });
  return list.filter(([from]) => !taken.has(from)).sort(([one], [other]) => one - other);
}

/** What is sent: split at midnight, in order. */
export function hoursOf(week: WeekDraft): OpenHours[] | null {
  if (week.isAlways) return null;
  const spans = week.days.flatMap((spans, day) =>
    spans.flatMap((span) => placed(span, day)?.map(([from, to]) => [from, to] as const) ?? []),
  );
  return spans
    .map(([from_minute, to_minute]) => ({ from_minute, to_minute }))
    .sort((one, other) => one.from_minute - other.from_minute);
}

/** A day's span in minutes of the week, split at midnight; Sunday night ends on Monday. */
function placed(span: DaySpan, day: number): [number, number][] | null {
  const reach = reachOf(span);
  if (!reach) return null;
  const midnight = (day + 1) * DAY_MINUTES;
  const [from, to] = reach.map((minute) => minute + day * DAY_MINUTES) as [number, number];
  if (to <= midnight) return [[from, to]];
  const next = midnight % WEEK_MINUTES;
  return [
    [from, midnight],
    [next, next + to - midnight],
  ];
}

/** Faults at `week`, `week.days.DAY.PLACE`. */
export function checkWeek(week: WeekDraft, faults: Faults): void {
  if (week.isAlways) return;
  const hours = hoursOf(week) ?? [];
  if (week.days.every((spans) => spans.length === 0)) faults.add('week', 'never_open');
  if (hours.length > SPANS_MAX) faults.add('week', 'too_many', { max: SPANS_MAX });
  const before: [number, number][] = [];
  for (const [day, spans] of week.days.entries()) {
    for (const [place, span] of spans.entries()) {
      const parts = placed(span, day);
      const code = faultOfSpan(span, parts, before);
      if (code) faults.add(`week.days.${day}.${place}`, code);
      before.push(...(parts ?? []));
    }
  }
}

function faultOfSpan(
  span: DaySpan,
  parts: [number, number][] | null,
  before: readonly [number, number][],
): string | null {
  if (!parts) return span.from && span.from === span.to ? 'no_length' : 'no_time';
  return parts.some((part) => before.some((one) => isShared(part, one))) ? 'overlaps' : null;
}

const isShared = (one: [number, number], other: [number, number]) =>
  one[0] < other[1] && other[0] < one[1];

/** How long the line is open in a week, minutes. */
export function openMinutes(week: WeekDraft): number {
  if (week.isAlways) return WEEK_MINUTES;
  return (hoursOf(week) ?? []).reduce((sum, span) => sum + span.to_minute - span.from_minute, 0);
}

/** Open spans of one day as it passes, for the picture. */
export function shownOn(week: WeekDraft, day: number): [number, number][] {
  if (week.isAlways) return [[0, DAY_MINUTES]];
  const [start, end] = [day * DAY_MINUTES, (day + 1) * DAY_MINUTES];
  return (hoursOf(week) ?? [])
    .filter((span) => span.from_minute >= start && span.from_minute < end)
    .map((span) => [span.from_minute - start, span.to_minute - start]);
}

/** The same spans on other days. */
export function copyDay(week: WeekDraft, day: number, to: readonly number[]): WeekDraft {
  const spans = week.days[day] ?? [];
  const copy = () => spans.map((span) => ({ ...span }));
  return { ...week, days: week.days.map((old, at) => (to.includes(at) ? copy() : old)) };
}
