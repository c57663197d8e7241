/**
 * What two people wrote to each other, as one side's screen knows it.
 *
 * Invariants: a sequence number is shown once; saved entries stand in the order
 * of their numbers, unsaved ones after them in the order of writing; an entry
 * stays `sending` until the server's ack says that it is on disk.
 */
import type { Sender } from '../protocol/lobby';

export type Fate = 'sending' | 'saved' | 'refused';

export interface Entry {
  /** Stays the same from the first keystroke's sending to the ack: the list's key. */
  key: string;
  from: Sender;
  text: string;
  seq: number | null;
  at: string | null;
  fate: Fate;
  /** What it is, where that is told: a transfer note is for counselors only. */
  kind: string | null;
  /** Why it was refused. */
  fault: string | null;
}

export interface Talk {
  entries: readonly Entry[];
  /** Everything up to here has been heard. */
  low: number;
  /** The highest number heard of. */
  high: number;
  /** A replay runs up to here: holes below it are the server's own, not losses. */
  replay: number;
}

export interface Heard {
  seq: number;
  from: Sender;
  text: string;
  at: string;
  client_id?: string;
  kind?: string;
}

export const silence: Talk = { entries: [], low: 0, high: 0, replay: 0 };

/** The person wrote something; it waits for its ack. */
export function write(talk: Talk, from: Sender, clientId: string, text: string): Talk {
  const entry = {
    key: clientId,
    from,
    text,
    seq: null,
    at: null,
    fate: 'sending',
    fault: null,
    kind: null,
  };
  return { ...talk, entries: [...talk.entries, entry as Entry] };
}

/** A message arrived: once. The same number or a known `client_id` adds no second line. */
export function hear(talk: Talk, message: Heard): Talk {
  const key = message.client_id ?? `seq-${message.seq}`;
  const isKnown = talk.entries.some((entry) => entry.seq === message.seq);
  const entries = isKnown ? talk.entries : put(talk.entries, key, message);
  return reached({ ...talk, entries }, message.seq);
}

/** The message is on disk. */
export function ack(talk: Talk, done: { client_id: string; seq: number; at: string }): Talk {
  const entries = talk.entries.map((entry) =>
    entry.key === done.client_id ? saved(entry, done.seq, done.at) : entry,
  );
  return reached({ ...talk, entries: inOrder(entries) }, done.seq);
}

/** The server will not have it; sending it again would not help. */
export function refuse(talk: Talk, clientId: string, fault: string): Talk {
  const entries = talk.entries.map((entry) =>
    entry.key === clientId && entry.fate === 'sending'
      ? { ...entry, fate: 'refused' as const, fault }
      : entry,
  );
  return { ...talk, entries };
}

/** Nothing more can be sent. */
export function refuseAll(talk: Talk, fault: string): Talk {
  return unsent(talk).reduce((left, entry) => refuse(left, entry.key, fault), talk);
}

/** The server is about to tell everything after `low`, up to `seq`. */
export function replayTo(talk: Talk, seq: number): Talk {
  return { ...talk, replay: seq, high: Math.max(talk.high, seq) };
}

export function hasGap(talk: Talk): boolean {
  return talk.low < talk.high;
}

/** Asked again and still not told: there is nothing to hear in that hole. */
export function forgiveGap(talk: Talk): Talk {
  return { ...talk, low: talk.high };
}

/** What waits for an ack, in the order it was written. */
export function unsent(talk: Talk): readonly Entry[] {
  return talk.entries.filter((entry) => entry.fate === 'sending');
}

/** Twenty lines fill a tall column: the last two blocks hold all that is in sight at the end. */
export const BLOCK_ENTRIES = 20;

/** The entries in blocks by their place, so that a new line changes the last block alone. */
export function blocksOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const count = Math.ceil(entries.length / BLOCK_ENTRIES);
  return Array.from({ length: count }, (_, at) =>
    entries.slice(at * BLOCK_ENTRIES, (at + 1) * BLOCK_ENTRIES),
  );
}

function put(entries: readonly Entry[], key: string, message: Heard): readonly Entry[] {
  const mine = entries.find((entry) => entry.key === key);
  if (mine) {
    const known = saved(mine, message.seq, message.at);
    return inOrder(entries.map((entry) => (entry === mine ? known : entry)));
  }
  const { seq, from, text, at, kind = null } = message;
  return inOrder([...entries, { key, from, text, seq, at, fate: 'saved', fault: null, kind }]);
}

function saved(entry: Entry, seq: number, at: string): Entry {
  return { ...entry, seq, at, fate: 'saved', fault: null };
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const place = (entry: Entry) => entry.seq ?? Number.POSITIVE_INFINITY;
  // Two unsaved ones: Infinity - Infinity is NaN, so they are told apart from the rest first.
  return [...entries].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function reached(talk: Talk, seq: number): Talk {
  const high = Math.max(talk.high, seq);
  let low = seq <= talk.replay ? Math.max(talk.low, seq) : talk.low;
  for (const entry of talk.entries) if (entry.seq === low + 1) low += 1;
  return { ...talk, low, high };
}
