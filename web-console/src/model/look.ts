/**
 * A supervisor's look into a talk: why, since when, what is said, what is whispered.
 *
 * The server shows nothing before it has journaled the reason. A look ends with its
 * socket: after a cut it is asked for again, with the same reason, and nothing heard is lost.
 */
import type { DeskContact, FromDesk, LookReason, ToDesk } from '../protocol/desk';
import * as talks from './talk';

/** The server's own limit of looks of one account. */
export const LOOKS_MAX = 4;
/** The longest reason in words. */
export const WORDS_MAX = 200;

export interface Whisper {
  /** The list's key: stays the same from writing to disk. */
  key: string;
  /** The server's, once it is on disk. */
  id: string | null;
  by: string;
  isMine: boolean;
  text: string;
  at: string | null;
  fate: talks.Fate;
  fault: string | null;
}

export interface Look {
  contact_id: string;
  alias: string;
  reason: LookReason;
  words: string;
  /** `asking` until the server shows it, also after every cut; `over`: nothing more comes. */
  fate: 'asking' | 'open' | 'over';
  /** Server time of the first sight, ms. */
  since: number | null;
  over: string | null;
  contact: DeskContact | null;
  counselor: string;
  talk: talks.Talk;
  whispers: readonly Whisper[];
  typing: 'seeker' | 'counselor' | null;
}

type Frame<Type extends ToDesk['type']> = Extract<ToDesk, { type: Type }>;
export type Asked = Pick<Look, 'contact_id' | 'reason'> & { alias?: string; words?: string };

export function asked({ contact_id, reason, alias = '', words = '' }: Asked): Look {
  return {
    contact_id,
    alias,
    reason,
    words: words.trim(),
    fate: 'asking',
    since: null,
    over: null,
    contact: null,
    counselor: '',
    talk: talks.silence,
    whispers: [],
    typing: null,
  };
}

/** The frame that asks for it. */
export function ask({ contact_id, reason, words }: Look): FromDesk {
  return { type: 'look', contact_id, reason, ...(words && { words }) };
}

export function shown(look: Look, frame: Frame<'looking'>, server_ms: number): Look {
  const { contact, counselor } = frame;
  return {
    ...look,
    fate: 'open',
    alias: contact.alias,
    since: look.since ?? server_ms,
    contact,
    counselor,
    talk: talks.replayTo(look.talk, contact.last_seq),
  };
}

/** The line is cut: what was seen stays in sight, and it is asked for again. */
export function cut(look: Look): Look {
  return look.fate === 'over' ? look : { ...look, fate: 'asking', typing: null };
}

export function ended(look: Look, reason: string): Look {
  const whispers = look.whispers.map((one) =>
    one.fate === 'sending' ? { ...one, fate: 'refused' as const, fault: 'not_talking' } : one,
  );
  return { ...look, fate: 'over', over: reason, typing: null, whispers };
}

export function heard(look: Look, frame: Frame<'message'>): Look {
  const typing = frame.from === look.typing ? null : look.typing;
  return { ...look, typing, talk: talks.hear(look.talk, frame) };
}

export function changed(look: Look, frame: Frame<'contact_state'>): Look {
  if (!look.contact) return look;
  const { contact } = look;
  switch (frame.state) {
    case 'seeker_lost':
      return { ...look, contact: { ...contact, seeker_online: false } };
    case 'seeker_back':
      return { ...look, contact: { ...contact, seeker_online: true } };
    case 'risk':
      return { ...look, contact: { ...contact, risk: frame.risk ?? contact.risk } };
    default:
      return look;
  }
}

/** Written here; it waits for its own frame to come back from the disk. */
export function whispered(look: Look, key: string, text: string): Look {
  const mine: Whisper = {
    key,
    id: null,
    by: '',
    isMine: true,
    text,
    at: null,
    fate: 'sending',
    fault: null,
  };
  return { ...look, whispers: [...look.whispers, mine] };
}

/** A whisper came from the disk: once, in the order it was told; one's own finds its draft. */
export function whisperHeard(look: Look, frame: Frame<'whisper'>): Look {
  const known = look.whispers.find(
    (one) => one.id === frame.whisper_id || one.key === frame.client_id,
  );
  const told: Whisper = {
    key: known?.key ?? frame.client_id ?? frame.whisper_id,
    id: frame.whisper_id,
    by: frame.by,
    isMine: frame.mine,
    text: frame.text,
    at: frame.at,
    fate: 'saved',
    fault: null,
  };
  const whispers = known
    ? look.whispers.map((one) => (one === known ? told : one))
    : [...look.whispers, told];
  return { ...look, whispers };
}

export function whisperRefused(look: Look, key: string, fault: string): Look {
  const whispers = look.whispers.map((one) =>
    one.key === key && one.fate === 'sending' ? { ...one, fate: 'refused' as const, fault } : one,
  );
  return { ...look, whispers };
}

/** What was whispered and is not on disk yet, to be said (again). */
export function unsaid(look: Look): FromDesk[] {
  const { contact_id } = look;
  return look.whispers
    .filter((one) => one.fate === 'sending')
    .map((one) => ({ type: 'whisper', contact_id, client_id: one.key, text: one.text }));
}
