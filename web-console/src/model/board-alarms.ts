/**
 * What on the board cannot wait: each alarm stays until it is heeded or no longer true.
 *
 * An alarm is known by its keys. Heeding it silences those keys only: the next
 * contact in danger, the next call for help raises it again.
 */
import type { CallForHelp, QueueHealth } from '../protocol/desk';
import { type Board, callKey } from './board';

export type Alarm =
  | { kind: 'sos'; keys: readonly string[]; call: CallForHelp; alias: string }
  | { kind: 'danger' | 'long'; keys: readonly string[]; count: number; aliases: readonly string[] }
  | { kind: 'store' | 'nobody' | 'stale'; keys: readonly string[] };

/** A board that was told nothing for so long shows the past. */
export const STALE_MS = 8_000;
/** Named in an alarm; the others are counted. */
const NAMED_MAX = 3;

/** All that is true now, the gravest first, heeded or not. */
function raised(board: Board, long_ms: number, now: number): Alarm[] {
  const { health } = board;
  if (!health) return [];
  const since_ms = now + board.skew_ms - Date.parse(health.at);
  const inDanger = health.waiting.filter((one) => isDanger(one.risk));
  const long = health.waiting.filter((one) => one.waited_ms + since_ms >= long_ms);
  const isEmpty = health.counselors.every((one) => one.presence === 'offline');
  return [
    ...callsOf(health),
    ...group('danger', inDanger),
    ...group('long', long),
    ...(health.store_ok ? [] : [{ kind: 'store', keys: ['store'] } as const]),
    ...(isEmpty ? [{ kind: 'nobody', keys: ['nobody'] } as const] : []),
    ...(since_ms > STALE_MS ? [{ kind: 'stale', keys: ['stale'] } as const] : []),
  ];
}

/** What nobody has heeded yet. */
export function alarmsOf(board: Board, long_ms: number, now: number): Alarm[] {
  const heeded = new Set(board.heeded);
  return raised(board, long_ms, now).filter(({ keys }) => !keys.every((key) => heeded.has(key)));
}

/** The heeded keys that still mean something; the rest may be forgotten. */
export function stillHeeded(board: Board, long_ms: number, now: number): string[] {
  const living = new Set(raised(board, long_ms, now).flatMap((alarm) => alarm.keys));
  return board.heeded.filter((key) => living.has(key));
}

export const isDanger = (risk: string) => risk === 'high' || risk === 'imminent';

function group(
  kind: 'danger' | 'long',
  waiting: readonly { contact_id: string; alias: string; risk: string }[],
): Alarm[] {
  if (waiting.length === 0) return [];
  // A contact whose risk rises is another alarm.
  const keys = waiting.map((one) =>
    kind === 'danger' ? `danger ${one.contact_id} ${one.risk}` : `long ${one.contact_id}`,
  );
  const aliases = waiting.slice(0, NAMED_MAX).map((one) => one.alias);
  return [{ kind, keys, count: waiting.length, aliases }];
}

function callsOf({ calls, talks }: QueueHealth): Alarm[] {
  const open = calls.filter((call) => !call.heeded_by);
  return open.map((call) => ({
    kind: 'sos',
    keys: [callKey(call)],
    call,
    alias: talks.find((talk) => talk.contact_id === call.contact_id)?.alias ?? '',
  }));
}
