/** When a door opens, as a person would say it: 今天, 明天, 周三, and the hour. */

export type OpensWhen =
  | { day: 'today' | 'tomorrow'; time: string }
  | { day: 'weekday'; weekday: number; time: string }
  | { day: 'date'; month: number; date: number; time: string };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `east_min`: minutes the reader's clock is ahead of UTC. Null when it is not a time. */
export function whenOf(opens_at: string, now_ms: number, east_min: number): OpensWhen | null {
  const at_ms = Date.parse(opens_at);
  if (Number.isNaN(at_ms)) return null;
  const local = (ms: number) => ms + east_min * MINUTE_MS;
  const days = Math.floor(local(at_ms) / DAY_MS) - Math.floor(local(now_ms) / DAY_MS);
  const at = new Date(local(at_ms));
  const time = at.toISOString().slice(11, 16);
  if (days <= 0) return { day: 'today', time };
  if (days === 1) return { day: 'tomorrow', time };
  if (days < 7) return { day: 'weekday', weekday: at.getUTCDay(), time };
  return { day: 'date', month: at.getUTCMonth() + 1, date: at.getUTCDate(), time };
}
