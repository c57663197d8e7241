/**
 * A seeker's contact as a machine: events in, the next state and effects out.
 *
 * It never waits, asks the time, or touches a socket; `visit.ts` does that for it.
 * What matters: nothing written is lost or shown twice, and whatever happens the
 * person is told in plain words what is going on.
 */
import type { ContactMade, FromSeeker, NewContact, ToSeeker } from '../protocol/lobby';
import * as talks from './talk';

/** What proves that a contact is ours. Never leaves the tab. */
export interface Ticket {
  contact_id: string;
  token: string;
}

export interface Place {
  position: number;
  waiting: number;
  estimate_s: [number, number] | null;
}

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
  | { is: 'resume'; ticket: Ticket }
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
  | { is: 'again' };

export type Effect =
  | { do: 'make'; body: NewContact }
  | { do: 'connect' }
  | { do: 'reopen' }
  | { do: 'hang_up' }
  | { do: 'beat'; seconds: number }
  | { do: 'send'; frame: FromSeeker }
  | { do: 'keep'; ticket: Ticket }
  | { do: 'wipe' }
  | { do: 'after'; timer: Timer; ms: number };

export type Timer = 'typing_over' | 'gap_over' | 'leave_over' | 'resend';

export type Step = readonly [Contact, readonly Effect[]];

/** "Is typing" is believed this long. */
const TYPING_MS = 4_000;
/** A hole may close by itself this long before it is asked for again. */
const GAP_MS = 1_500;
/** How long a "leave" pressed without network is carried after before it is given up. */
const LEAVE_MS = 20_000;
/**
 * Ends after which the head of the queue, and the same counselor, may be returned to.
 * `over`: it ended while we were away; the server knows whether it still counts.
 */
const DROPS = ['lost_waiting', 'seeker_lost', 'over'];
/** Refusals that say nothing against returning. */
const PASSING = ['network', 'rate_limited', 'not_ready'];
/** What a `bye` says when a newer socket of the same contact took over. */
const TAKEN_OVER = ['replaced', 'superseded', 'newer_socket', 'taken_over'];
/** Faults of the moment, not of the message: it stays, and is sent again. */
const AGAIN = ['rate_limited', 'busy', 'not_stored'];
/** Rest before it is. */
const AGAIN_MS = 3_000;
/** Answers to a hello that mean: this contact is no more. */
const UNKNOWN_TICKET = ['bad_token', 'unknown_contact', 'unknown_token', 'contact_ended', 'ended'];

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
  returning: null,
  isLeaving: false,
  isLooking: true,
  seen: 0,
  read: 0,
  asked_high: 0,
};

export function step(contact: Contact, event: Event): Step {
  return look(turn(contact, event));
}

/** What is in front of the person's eyes is read, and the counselor is told. */
function look([contact, effects]: Step): Step {
  const { isLooking, link, phase, seen, talk } = contact;
  const isRead = seen >= talk.high || !isLooking || link !== 'up';
  if (isRead || phase.at !== 'connected') return [contact, effects];
  const read = send({ type: 'read', seq: talk.high });
  return [{ ...contact, seen: talk.high }, [...effects, read]];
}

function turn(contact: Contact, event: Event): Step {
  switch (event.is) {
    case 'knock':
      return knock(contact, event.wish);
    case 'made':
      return enter(contact, event.made);
    case 'not_made':
      return [turnedAway(contact, event.code, event.retry_after_s), []];
    case 'resume':
      return resume(contact, event.ticket);
    case 'up':
      return sayHello(contact);
    case 'down':
      return [{ ...contact, link: 'down', retry_at: event.retry_at, isCounselorTyping: false }, []];
    case 'frame':
      return handleFrame(contact, event.frame);
    case 'write':
      return write(contact, event.client_id, event.text);
    case 'type':
      return [contact, contact.phase.at === 'connected' ? [send({ type: 'typing' })] : []];
    case 'danger':
      return [{ ...contact, danger: 'said' }, [send({ type: 'danger' })]];
    case 'leave':
      return leave(contact);
    case 'look':
      return [{ ...contact, isLooking: event.isLooking }, []];
    case 'resend':
      return [contact, resend(contact)];
    case 'typing_over':
      return [{ ...contact, isCounselorTyping: false }, []];
    case 'gap_over':
      return closeGap(contact);
    case 'leave_over':
      return [{ ...contact, isLeaving: false, ticket: null }, [{ do: 'hang_up' }]];
    case 'take_over':
      return [{ ...contact, isElsewhere: false, link: 'connecting' }, [{ do: 'connect' }]];
    case 'again':
      return [{ ...atTheDoor, returning: contact.returning }, [{ do: 'hang_up' }]];
  }
}

// ── reaching out ──────────────────────────────────────────────────────

function knock(contact: Contact, wish: NewContact): Step {
  if (contact.phase.at !== 'door') return [contact, []];
  const body = contact.returning ? { ...wish, returning: contact.returning } : wish;
  // Said at the door it is on disk with the contact itself.
  const danger = wish.screening?.danger_now ? 'noted' : 'no';
  const next: Contact = { ...contact, phase: { at: 'knocking' }, danger, trouble: null };
  return [next, [{ do: 'make', body }]];
}

function turnedAway(contact: Contact, code: string, retry_after_s: number | null): Contact {
  const returning = PASSING.includes(code) ? contact.returning : null;
  return { ...contact, phase: { at: 'door' }, returning, trouble: { code, retry_after_s } };
}

function enter(contact: Contact, made: ContactMade): Step {
  const ticket = { contact_id: made.contact_id, token: made.token };
  const [next, effects] = resume({ ...contact, returning: null }, ticket);
  return [next, [{ do: 'keep', ticket }, ...effects]];
}

function resume(contact: Contact, ticket: Ticket): Step {
  const phase: Phase = { at: 'waiting', place: null, why: null };
  return [{ ...contact, phase, ticket, link: 'connecting' }, [{ do: 'connect' }]];
}

function sayHello(contact: Contact): Step {
  if (!contact.ticket) return [contact, [{ do: 'hang_up' }]];
  const { token } = contact.ticket;
  return [contact, [send({ type: 'hello', token, last_seq: contact.talk.low })]];
}

// ── what the person does ──────────────────────────────────────────────

function write(contact: Contact, clientId: string, text: string): Step {
  const talk = talks.write(contact.talk, 'seeker', clientId, text);
  // Cut off: the next welcome sends what is unsent.
  const now = contact.link === 'up' ? [send({ type: 'message', client_id: clientId, text })] : [];
  return [{ ...contact, talk }, now];
}

function leave(contact: Contact): Step {
  const reason = contact.phase.at === 'connected' ? 'seeker_ended' : 'left_waiting';
  const [ended, effects] = end({ ...contact, isLeaving: true }, reason);
  const after: Effect = { do: 'after', timer: 'leave_over', ms: LEAVE_MS };
  const stays = effects.filter((effect) => effect.do !== 'hang_up');
  // The ticket stays in memory until the leave is heard, so that nobody waits for a ghost.
  return [{ ...ended, ticket: contact.ticket }, [send({ type: 'leave' }), after, ...stays]];
}

function end(contact: Contact, reason: string): Step {
  const ended: Contact = {
    ...contact,
    phase: { at: 'ended', reason },
    talk: talks.refuseAll(contact.talk, 'ended'),
    returning: DROPS.includes(reason) ? contact.ticket : null,
    ticket: null,
    isCounselorTyping: false,
    trouble: null,
  };
  return [ended, [{ do: 'wipe' }, { do: 'hang_up' }]];
}

// ── what the server says ──────────────────────────────────────────────

function handleFrame(contact: Contact, frame: ToSeeker): Step {
  if (contact.phase.at === 'ended') return afterTheEnd(contact, frame);
  switch (frame.type) {
    case 'welcome':
      return handleWelcome(contact, frame);
    case 'queue':
      return [waiting(contact, frame), []];
    case 'connected':
      return [{ ...contact, phase: { at: 'connected', counselor: frame.counselor } }, []];
    case 'message':
      return heard({ ...contact, isCounselorTyping: false }, talks.hear(contact.talk, frame));
    case 'ack':
      return heard(contact, talks.ack(contact.talk, frame));
    case 'typing':
      return handleTyping(contact);
    case 'read':
      return [{ ...contact, read: Math.max(contact.read, frame.seq) }, []];
    case 'state':
      return handleState(contact, frame.state, frame.reason);
    case 'error':
      return handleError(contact, frame.code, frame.client_id);
    case 'bye':
      return handleBye(contact, frame.reason);
    default:
      return [contact, []];
  }
}

/** The person has left; only the leaving itself still matters. */
function afterTheEnd(contact: Contact, frame: ToSeeker): Step {
  if (!contact.isLeaving) return [contact, []];
  if (frame.type === 'welcome' && frame.state !== 'ended') {
    return [contact, [send({ type: 'leave' })]];
  }
  const isOver =
    frame.type === 'welcome' ||
    frame.type === 'bye' ||
    (frame.type === 'state' && frame.state === 'ended');
  if (!isOver) return [contact, []];
  return [{ ...contact, isLeaving: false, ticket: null }, [{ do: 'hang_up' }]];
}

type Welcome = Extract<ToSeeker, { type: 'welcome' }>;

function handleWelcome(contact: Contact, frame: Welcome): Step {
  const talk = talks.replayTo(contact.talk, frame.seq);
  const up: Contact = { ...contact, talk, link: 'up', retry_at: null, isElsewhere: false };
  const [next, effects] = handleState(up, frame.state, 'welcome', frame.counselor);
  const danger = contact.danger === 'said' ? [send({ type: 'danger' })] : [];
  const beat: Effect = { do: 'beat', seconds: frame.heartbeat_s };
  return [next, [...effects, beat, ...danger, ...resend(next), ...watchGap(talk)]];
}

function handleState(contact: Contact, state: string, reason: string, counselor?: string): Step {
  // The welcome to a contact that has ended is followed by who ended it.
  if (state === 'ended') return reason === 'welcome' ? [contact, []] : end(contact, reason);
  if (reason === 'danger_noted') return [{ ...contact, danger: 'noted' }, []];
  if (state === 'connected') {
    const known = contact.phase.at === 'connected' ? contact.phase.counselor : '';
    return [{ ...contact, phase: { at: 'connected', counselor: counselor ?? known } }, []];
  }
  if (state !== 'waiting' && state !== 'transferring') return [contact, []];
  const phase: Phase = { at: 'waiting', place: placeOf(contact), why: whyOf(contact, state, reason) };
  return [{ ...contact, phase, isCounselorTyping: false }, []];
}

function placeOf({ phase }: Contact): Place | null {
  return phase.at === 'waiting' ? phase.place : null;
}

/** A welcome gives no reason: what was known stays. */
function whyOf({ phase }: Contact, state: string, reason: string): string | null {
  if (reason !== 'welcome') return reason;
  const known = phase.at === 'waiting' ? phase.why : null;
  return known ?? (state === 'transferring' ? 'unknown' : null);
}

function waiting(contact: Contact, place: Place): Contact {
  const why = contact.phase.at === 'waiting' ? contact.phase.why : null;
  const { position, waiting: all, estimate_s } = place;
  return {
    ...contact,
    phase: { at: 'waiting', place: { position, waiting: all, estimate_s }, why },
  };
}

function heard(contact: Contact, talk: talks.Talk): Step {
  return [{ ...contact, talk }, watchGap(talk)];
}

function handleTyping(contact: Contact): Step {
  const after: Effect = { do: 'after', timer: 'typing_over', ms: TYPING_MS };
  return [{ ...contact, isCounselorTyping: true }, [after]];
}

function handleError(contact: Contact, code: string, clientId: string | undefined): Step {
  if (UNKNOWN_TICKET.includes(code) && contact.link !== 'up') return end(contact, 'over');
  if (clientId && AGAIN.includes(code)) {
    return [contact, [{ do: 'after', timer: 'resend', ms: AGAIN_MS }]];
  }
  if (clientId) {
    return [{ ...contact, talk: talks.refuse(contact.talk, clientId, code) }, []];
  }
  return [{ ...contact, trouble: { code, retry_after_s: null } }, []];
}

function handleBye(contact: Contact, reason: string): Step {
  if (UNKNOWN_TICKET.includes(reason)) return end(contact, 'over');
  if (!TAKEN_OVER.includes(reason)) return [contact, []];
  return [{ ...contact, isElsewhere: true, link: 'idle' }, [{ do: 'hang_up' }]];
}

function resend(contact: Contact): Effect[] {
  if (contact.link !== 'up') return [];
  return talks
    .unsent(contact.talk)
    .map((entry) => send({ type: 'message', client_id: entry.key, text: entry.text }));
}

// ── holes ─────────────────────────────────────────────────────────────

function watchGap(talk: talks.Talk): Effect[] {
  return talks.hasGap(talk) ? [{ do: 'after', timer: 'gap_over', ms: GAP_MS }] : [];
}

function closeGap(contact: Contact): Step {
  if (!talks.hasGap(contact.talk) || contact.link !== 'up') return [contact, []];
  if (contact.asked_high >= contact.talk.high) {
    return [{ ...contact, talk: talks.forgiveGap(contact.talk) }, []];
  }
  return [{ ...contact, asked_high: contact.talk.high, link: 'connecting' }, [{ do: 'reopen' }]];
}

function send(frame: FromSeeker): Effect {
  return { do: 'send', frame };
}
