/** What a seeker does, and what that asks of the world. */
import type { ContactMade, NewContact } from '../protocol/lobby';
import {
  atTheDoor,
  type Contact,
  type Effect,
  type Event,
  end,
  type Phase,
  resend,
  type Step,
  send,
  type Ticket,
  type Unsent,
} from './contact';
import { stepAfter } from './contact-after';
import { closeGap, handleFrame } from './contact-frames';
import * as talks from './talk';

/** How long a "leave" pressed without network is carried after before it is given up. */
const LEAVE_MS = 20_000;
/** Refusals that say nothing against returning. */
const PASSING = ['network', 'rate_limited', 'not_ready', 'unknown_return_phrase'];

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
      return resume(contact, event.ticket, event.unsent);
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
    default:
      return stepAfter(contact, event);
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
  const [next, effects] = resume({ ...contact, returning: null }, ticket, []);
  return [next, [{ do: 'keep' }, ...effects]];
}

function resume(contact: Contact, ticket: Ticket, unsent: readonly Unsent[]): Step {
  const phase: Phase = { at: 'waiting', place: null, why: null };
  const add = (talk: talks.Talk, one: Unsent) =>
    talks.write(talk, 'seeker', one.client_id, one.text);
  const talk = unsent.reduce(add, contact.talk);
  return [{ ...contact, phase, ticket, talk, link: 'connecting' }, [{ do: 'connect' }]];
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
  const effects_all = [send({ type: 'leave' }), after, ...stays];
  return [{ ...ended, ticket: contact.ticket }, effects_all];
}
