/**
 * A seeker's contact as a machine: events in, the next state and effects out.
 *
 * It never waits, asks the time, or touches a socket; `visit.ts` does that for it.
 * What matters: nothing written is lost or shown twice, and whatever happens the
 * person is told in plain words what is going on.
 */
import type { ContactMade, FromSeeker, NewContact, ToSeeker } from '../protocol/lobby';
import type { Place } from './place';
import * as talks from './talk';

/** What proves that a contact is ours. Never leaves the tab. */
export interface Ticket {
  contact_id: string;
  token: string;
}

/** Pressed "send" and not yet acked: sent again under the same id, also after a reload. */
export interface Unsent {
  client_id: string;
  text: string;
}

/** Six words to come back with. They are shown, never kept. */
export type Phrase =
  | { at: 'none' }
  | { at: 'asked' }
  | { at: 'told'; words: string }
  | { at: 'refused'; code: string };

/** How it was, one to five. */
export type Rating =
  | { at: 'open' }
  | { at: 'sending'; score: number }
  | { at: 'given'; score: number }
  | { at: 'refused' };

export type Phase =
  | { at: 'door' }
  | { at: 'knocking' }
  /** `why`: what brought a person back into the queue, when it was not arriving. */
  | { at: 'waiting'; place: Place | null; why: string | null }
  | { at: 'connected'; counselor: string }
  | { at: 'ended'; reason: string };

export interface Contact {
  phase: Phase;
  link: 'idle' | 'connecting' | 'up' | 'down';
  /** When a cut line is tried again. */
  retry_at: number | null;
  ticket: Ticket | null;
  talk: talks.Talk;
  /** "I am in danger now": said, and said again after every reconnect until it is noted. */
  danger: 'no' | 'said' | 'noted';
  isCounselorTyping: boolean;
  /** Another tab of the same contact took over. */
  isElsewhere: boolean;
  /** The code of the last "no", and how long to wait if that was said. */
  trouble: { code: string; retry_after_s: number | null } | null;
  /** A counselor was there: only then is there something to rate. */
  hasTalked: boolean;
  /** The contact that has just ended, in memory alone: for the rating and the six words. */
  past: Ticket | null;
  phrase: Phrase;
  rating: Rating;
  /** A dropped contact that may be returned to the head of the queue. */
  returning: Ticket | null;
  /** Pressed "leave" while the line was cut. */
  isLeaving: boolean;
  /** The page is in front; only then is what arrives seen. */
  isLooking: boolean;
  /** The highest number that was told as read. */
  seen: number;
  /** The counselor has read up to here. */
  read: number;
  /** The highest number a hole was asked for again: once each. */
  asked_high: number;
}

export type Event =
  | { is: 'knock'; wish: NewContact }
  | { is: 'made'; made: ContactMade }
  | { is: 'not_made'; code: string; retry_after_s: number | null }
  | { is: 'resume'; ticket: Ticket; unsent: readonly Unsent[] }
  | { is: 'up' }
  | { is: 'down'; retry_at: number }
  | { is: 'frame'; frame: ToSeeker }
  | { is: 'write'; client_id: string; text: string }
  | { is: 'type' }
  | { is: 'danger' }
  | { is: 'leave' }
  | { is: 'look'; isLooking: boolean }
  | { is: 'resend' }
  | { is: 'typing_over' }
  | { is: 'gap_over' }
  | { is: 'leave_over' }
  | { is: 'take_over' }
  | { is: 'ask_phrase' }
  | { is: 'phrase'; words: string }
  | { is: 'no_phrase'; code: string }
  | { is: 'rate'; score: number }
  | { is: 'rated' }
  | { is: 'not_rated' }
  | { is: 'again' };

export type Effect =
  | { do: 'make'; body: NewContact }
  | { do: 'connect' }
  | { do: 'reopen' }
  | { do: 'hang_up' }
  | { do: 'beat'; seconds: number }
  | { do: 'send'; frame: FromSeeker }
  | { do: 'keep' }
  | { do: 'wipe' }
  | { do: 'ask_phrase'; ticket: Ticket }
  | { do: 'rate'; ticket: Ticket; score: number }
  | { do: 'after'; timer: Timer; ms: number };

export type Timer = 'typing_over' | 'gap_over' | 'leave_over' | 'resend';

export type Step = readonly [Contact, readonly Effect[]];

export const atTheDoor: Contact = {
  phase: { at: 'door' },
  link: 'idle',
  retry_at: null,
  ticket: null,
  talk: talks.silence,
  danger: 'no',
  isCounselorTyping: false,
  isElsewhere: false,
  trouble: null,
  hasTalked: false,
  past: null,
  phrase: { at: 'none' },
  rating: { at: 'open' },
  returning: null,
  isLeaving: false,
  isLooking: true,
  seen: 0,
  read: 0,
  asked_high: 0,
};

/**
 * Ends after which the head of the queue, and the same counselor, may be returned to.
 * `over`: it ended while we were away; the server knows whether it still counts.
 */
const DROPS = ['lost_waiting', 'seeker_lost', 'over'];

/** It is over: what could not be sent is refused, and the tab forgets. */
export function end(contact: Contact, reason: string): Step {
  const ended: Contact = {
    ...contact,
    phase: { at: 'ended', reason },
    talk: talks.refuseAll(contact.talk, 'ended'),
    returning: DROPS.includes(reason) ? contact.ticket : null,
    past: contact.ticket,
    ticket: null,
    isCounselorTyping: false,
    trouble: null,
  };
  return [ended, [{ do: 'wipe' }, { do: 'hang_up' }]];
}

/** Says again what was not acked. */
export function resend(contact: Contact): Effect[] {
  if (contact.link !== 'up') return [];
  return talks
    .unsent(contact.talk)
    .map((entry) => send({ type: 'message', client_id: entry.key, text: entry.text }));
}

export function send(frame: FromSeeker): Effect {
  return { do: 'send', frame };
}
