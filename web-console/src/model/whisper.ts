/**
 * What a supervisor and a counselor say to each other about a talk. The seeker never sees it.
 *
 * Kept apart from the talk in every respect: no number, no place among its messages.
 */
import type { Fate } from './talk';

export interface Whisper {
  /** The author's `client_id`, else the server's `whisper_id`: the list's key. */
  key: string;
  whisper_id: string | null;
  by: string;
  isMine: boolean;
  text: string;
  at: string | null;
  fate: Fate;
  fault: string | null;
}

export type Whispers = readonly Whisper[];

export interface HeardWhisper {
  whisper_id: string;
  client_id?: string;
  by: string;
  mine: boolean;
  text: string;
  at: string;
}

export function whisper(whispers: Whispers, key: string, text: string): Whispers {
  const mine = { key, whisper_id: null, by: '', isMine: true, text, at: null, fault: null };
  return [...whispers, { ...mine, fate: 'sending' }];
}

/** Once: the same id adds no second line, and our own comes back as the proof that it is kept. */
export function hear(whispers: Whispers, heard: HeardWhisper): Whispers {
  const { whisper_id, client_id, by, mine: isMine, text, at } = heard;
  const saved = { whisper_id, by, isMine, text, at, fate: 'saved' as const, fault: null };
  const isKnown = (one: Whisper) => one.whisper_id === whisper_id || one.key === client_id;
  if (whispers.some(isKnown)) {
    return whispers.map((one) => (isKnown(one) ? { ...one, ...saved } : one));
  }
  return inOrder([...whispers, { key: client_id ?? whisper_id, ...saved }]);
}

export function refuse(whispers: Whispers, key: string, fault: string): Whispers {
  return whispers.map((one) =>
    one.key === key && one.fate === 'sending' ? { ...one, fate: 'refused', fault } : one,
  );
}

/** Of the others' words beyond the first `seen`. */
export function newOnes(whispers: Whispers, seen: number): number {
  return whispers.slice(seen).filter((one) => !one.isMine).length;
}

/** By time; what is still on its way stands last. */
function inOrder(whispers: Whisper[]): Whispers {
  const place = (one: Whisper) => (one.at === null ? '~' : one.at);
  return whispers.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}
