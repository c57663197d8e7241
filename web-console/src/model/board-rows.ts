/** The board's lists as a supervisor wants them: sorted, filtered, added up. */
import type {
  CounselorHealth,
  PickShown,
  QueueHealth,
  RiskLevel,
  TalkGoing,
  WaitingContact,
} from '../protocol/desk';
import { longestWaitMs, waitingOf } from './board';
import { isDanger } from './board-alarms';

export const RISKS: readonly RiskLevel[] = ['none', 'low', 'moderate', 'high', 'imminent'];
export type Order = 'serving' | 'wait' | 'risk';

export interface Filter {
  /** A line's code; empty for all. */
  line: string;
  /** At least this risk. */
  risk: RiskLevel;
  order: Order;
}
export const everything: Filter = { line: '', risk: 'none', order: 'serving' };

const gravity = (risk: RiskLevel) => RISKS.indexOf(risk);

function isShown(filter: Filter, one: { line: string; risk: RiskLevel }): boolean {
  const isOfLine = filter.line === '' || one.line === filter.line;
  return isOfLine && gravity(one.risk) >= gravity(filter.risk);
}

/** Who waits; as told, they stand in serving order. */
export function waitingRows(
  rows: readonly WaitingContact[],
  filter: Filter,
): readonly WaitingContact[] {
  const left = rows.filter((one) => isShown(filter, one));
  if (filter.order === 'wait') return left.sort((a, b) => b.waited_ms - a.waited_ms);
  if (filter.order === 'risk') {
    return left.sort((a, b) => gravity(b.risk) - gravity(a.risk) || b.waited_ms - a.waited_ms);
  }
  return left;
}

/** Talks, the gravest and then the longest first. */
export function talkRows(rows: readonly TalkGoing[], filter: Filter): readonly TalkGoing[] {
  return rows
    .filter((one) => isShown(filter, one))
    .sort((a, b) => gravity(b.risk) - gravity(a.risk) || b.talking_ms - a.talking_ms);
}

const PLACE = { available: 0, engaged: 1, wrap_up: 2, away: 3, offline: 4 } as const;

/** Who is on shift: the free ones first, then by name, so that a row stays where it is. */
export function counselorRows(rows: readonly CounselorHealth[]): readonly CounselorHealth[] {
  return rows
    .filter((one) => one.presence !== 'offline')
    .sort((a, b) => PLACE[a.presence] - PLACE[b.presence] || (a.alias < b.alias ? -1 : 1));
}

/** Picks whose contact or counselor (chosen or next best) bears the name that is looked for. */
export function pickRows(picks: readonly PickShown[], wanted: string): readonly PickShown[] {
  const part = wanted.trim().toLowerCase();
  if (!part) return picks;
  const isNamed = (name: string | null) => name?.toLowerCase().includes(part) ?? false;
  return picks.filter(
    (pick) => isNamed(pick.contact_alias) || isNamed(pick.counselor) || isNamed(pick.runner_up),
  );
}

/** What must be seen from two metres. */
export interface Glance {
  waiting: number;
  longest_ms: number;
  danger: number;
  danger_ms: number;
  talking: number;
  on: number;
  free: number;
}

export function glanceOf(health: QueueHealth): Glance {
  const listed = health.waiting.filter((one) => isDanger(one.risk));
  const sum = (of: (line: QueueHealth['lines'][number]) => number) =>
    health.lines.reduce((all, line) => all + of(line), 0);
  const most = (of: (line: QueueHealth['lines'][number]) => number) =>
    Math.max(0, ...health.lines.map(of));
  const on = health.counselors.filter((one) => one.presence !== 'offline');
  // Lines count who waits unoffered; whoever rings has not been answered and waits as well.
  return {
    waiting: Math.max(
      health.waiting.length,
      sum((line) => waitingOf(line) + line.offered),
    ),
    longest_ms: Math.max(0, most(longestWaitMs), ...health.waiting.map((one) => one.waited_ms)),
    danger: Math.max(
      listed.length,
      sum((line) => line.waiting_by_risk[3] + line.waiting_by_risk[4]),
    ),
    danger_ms: Math.max(0, ...listed.map((one) => one.waited_ms)),
    talking: sum((line) => line.talking),
    on: on.length,
    free: on.filter((one) => one.presence === 'available').length,
  };
}

/** Share of those who left before anybody came, in basis points; null when nothing was counted. */
export function abandonedBp(of: { answered: number; abandoned: number }): number | null {
  const all = of.answered + of.abandoned;
  return all === 0 ? null : Math.round((of.abandoned * 10_000) / all);
}
