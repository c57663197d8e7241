/** What the server's frames change in a contact. */
import type { ToSeeker } from '../protocol/lobby';
import { type Contact, type Effect, end, type Phase, resend, type Step, send } from './contact';
import { type Place, placed } from './place';
import * as talks from './talk';

/** "Is typing" is believed this long. */
const TYPING_MS = 4_000;
/** A hole may close by itself this long before it is asked for again. */
const GAP_MS = 1_500;
/** What a `bye` says when a newer socket of the same contact took over. */
const TAKEN_OVER = 'replaced';
/** Faults of the moment, not of the message: it stays, and is sent again. */
const AGAIN = ['rate_limited', 'busy', 'not_stored'];
/** Rest before it is. */
const AGAIN_MS = 3_000;
/** Answers to a hello that mean: this contact is no more. */
const UNKNOWN_TICKET = ['bad_token', 'ended'];

export function handleFrame(contact: Contact, frame: ToSeeker): Step {
  if (contact.phase.at === 'ended') return afterTheEnd(contact, frame);
  switch (frame.type) {
    case 'welcome':
      return handleWelcome(contact, frame);
    case 'queue':
      return [waiting(contact, frame), []];
    case 'connected':
      return [connected(contact, frame.counselor), []];
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
  const known = { ...contact, danger: frame.danger_noted ? ('noted' as const) : contact.danger };
  const read = Math.max(contact.read, frame.read_seq ?? 0);
  const up: Contact = { ...known, talk, read, link: 'up', retry_at: null, isElsewhere: false };
  const [next, effects] = handleState(up, frame.state, 'welcome', frame.counselor);
  const danger = known.danger === 'said' ? [send({ type: 'danger' })] : [];
  const beat: Effect = { do: 'beat', seconds: frame.heartbeat_s };
  return [next, [...effects, beat, ...danger, ...resend(next), ...watchGap(talk)]];
}

function handleState(contact: Contact, state: string, reason: string, counselor?: string): Step {
  // The welcome to a contact that has ended is followed by who ended it.
  if (state === 'ended') return reason === 'welcome' ? [contact, []] : end(contact, reason);
  if (reason === 'danger_noted') return [{ ...contact, danger: 'noted' }, []];
  if (state === 'connected') {
    const known = contact.phase.at === 'connected' ? contact.phase.counselor : '';
    return [connected(contact, counselor ?? known), []];
  }
  if (state !== 'waiting' && state !== 'transferring') return [contact, []];
  const phase: Phase = {
    at: 'waiting',
    place: placeOf(contact),
    why: whyOf(contact, state, reason),
  };
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

function waiting(contact: Contact, told: Omit<Place, 'worse'>): Contact {
  const why = contact.phase.at === 'waiting' ? contact.phase.why : null;
  return { ...contact, phase: { at: 'waiting', place: placed(placeOf(contact), told), why } };
}

function connected(contact: Contact, counselor: string): Contact {
  return { ...contact, phase: { at: 'connected', counselor }, hasTalked: true };
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
  if (reason !== TAKEN_OVER) return [contact, []];
  return [{ ...contact, isElsewhere: true, link: 'idle' }, [{ do: 'hang_up' }]];
}

// ── holes ─────────────────────────────────────────────────────────────

function watchGap(talk: talks.Talk): Effect[] {
  return talks.hasGap(talk) ? [{ do: 'after', timer: 'gap_over', ms: GAP_MS }] : [];
}

export function closeGap(contact: Contact): Step {
  if (!talks.hasGap(contact.talk) || contact.link !== 'up') return [contact, []];
  if (contact.asked_high >= contact.talk.high) {
    return [{ ...contact, talk: talks.forgiveGap(contact.talk) }, []];
  }
  return [{ ...contact, asked_high: contact.talk.high, link: 'connecting' }, [{ do: 'reopen' }]];
}
