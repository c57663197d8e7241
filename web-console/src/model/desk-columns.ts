/** Several talks side by side: which stand open, who waits longest, where to go next. */
import type { Desk, Held } from './desk';

/** No screen has room for more that can still be read. */
export const COLUMNS_MAX = 3;

/** Open columns in the list's own order, so that none changes places with another. */
export function columnsOf(desk: Desk): readonly Held[] {
  const beside = desk.pinned.filter((id) => id !== desk.chosen);
  const free = desk.chosen === null ? desk.room : desk.room - 1;
  const open = new Set(free > 0 ? beside.slice(-free) : []);
  return desk.held.filter(({ contact }) => {
    return contact.contact_id === desk.chosen || open.has(contact.contact_id);
  });
}

/** Goes to a talk. Between open columns none closes: the one that was left is pinned. */
export function choose(desk: Desk, contactId: string | null): Desk {
  const { chosen, pinned } = desk;
  const isOpen = columnsOf(desk).some(({ contact }) => contact.contact_id === contactId);
  const isLeft = chosen !== null && chosen !== contactId && isOpen && !pinned.includes(chosen);
  const kept = isLeft ? [...pinned, chosen].slice(-COLUMNS_MAX) : pinned;
  return { ...desk, chosen: contactId, pinned: kept };
}

/** Pins, or takes the pin out again; the oldest pin makes way. */
export function pin(desk: Desk, contactId: string): Desk {
  const others = desk.pinned.filter((id) => id !== contactId);
  const isOut = others.length < desk.pinned.length;
  return { ...desk, pinned: isOut ? others : [...others, contactId].slice(-COLUMNS_MAX) };
}

/** The one after (1) or before (-1) the chosen one in the list, round and round. */
export function beside(desk: Desk, way: 1 | -1): string | null {
  const at = desk.held.findIndex(({ contact }) => contact.contact_id === desk.chosen);
  const count = desk.held.length;
  const from = at < 0 && way < 0 ? 0 : at;
  return desk.held[(from + way + count) % (count || 1)]?.contact.contact_id ?? null;
}

/** Since when the seeker has had no answer; null when they have one. Server time. */
export function waitsSince({ contact, talk }: Held): string | null {
  if (contact.state !== 'talking') return null;
  let since: string | null = null;
  for (let at = talk.entries.length - 1; at >= 0; at -= 1) {
    const entry = talk.entries[at];
    if (entry?.from === 'counselor' && entry.kind !== 'transfer_note') break;
    if (entry?.from === 'seeker') since = entry.at ?? since;
  }
  return since;
}

/** Who has waited longest for an answer. */
export function longestWaiting(desk: Desk): string | null {
  let longest: { id: string; since: string } | null = null;
  for (const held of desk.held) {
    const since = waitsSince(held);
    if (since !== null && (longest === null || since < longest.since)) {
      longest = { id: held.contact.contact_id, since };
    }
  }
  return longest?.id ?? null;
}

/** When the last words were written, by whomever. Server time. */
export function lastWordsAt({ talk }: Held): string | null {
  for (let at = talk.entries.length - 1; at >= 0; at -= 1) {
    const entry = talk.entries[at];
    if (entry?.at && entry.from !== 'system') return entry.at;
  }
  return null;
}

/** How long ago a time of the server's is, on our own clock. */
export function sinceMs(desk: { skew_ms: number }, at: string, now: number): number {
  return Math.max(0, now + desk.skew_ms - Date.parse(at));
}

// ── kept in the tab over a reload: ids, nothing else ──────────────────

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
export type Columns = Pick<Desk, 'chosen' | 'pinned'>;

const KEY = 'xinqiao.columns';
const CLOSED: Columns = { chosen: null, pinned: [] };

/** What was open before the reload; storage that is denied costs only that. */
export function lookupColumns(storage: () => TabStorage): Columns {
  try {
    const kept: Partial<Columns> | null = JSON.parse(storage().getItem(KEY) ?? 'null');
    const pinned = Array.isArray(kept?.pinned) ? kept.pinned.map(String) : [];
    return { chosen: kept?.chosen ? String(kept.chosen) : null, pinned };
  } catch {
    return CLOSED;
  }
}

export function keepColumns(storage: () => TabStorage, { chosen, pinned }: Columns): void {
  try {
    if (chosen === null && pinned.length === 0) storage().removeItem(KEY);
    else storage().setItem(KEY, JSON.stringify({ chosen, pinned }));
  } catch {
    // As above.
  }
}
