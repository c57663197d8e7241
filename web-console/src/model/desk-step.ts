/** What a counselor does, and what that asks of the world. */
import {
  change,
  type Desk,
  type Event,
  emptyDesk,
  type Held,
  look,
  resend,
  type Step,
  send,
} from './desk';
import { beside, choose, longestWaiting, pin } from './desk-columns';
import { handleFrame } from './desk-frames';
import { flush, noteKept, withNote } from './desk-note';
import * as talks from './talk';
import { whisper } from './whisper';

export function step(desk: Desk, event: Event): Step {
  return look(turn(desk, event));
}

function turn(desk: Desk, event: Event): Step {
  switch (event.is) {
    case 'up':
      return [desk, []];
    case 'take_over':
      return [{ ...desk, link: 'connecting' }, [{ do: 'connect' }]];
    case 'down':
      return [{ ...desk, link: 'down' }, [{ do: 'check_session' }]];
    case 'frame':
      return handleFrame(desk, event.frame, event.now);
    case 'choose':
      return [choose(desk, event.contact_id), []];
    case 'next':
      return [choose(desk, beside(desk, 1)), []];
    case 'previous':
      return [choose(desk, beside(desk, -1)), []];
    case 'oldest':
      return [choose(desk, longestWaiting(desk) ?? desk.chosen), []];
    case 'room':
      return [{ ...desk, room: event.columns }, []];
    case 'flush':
      return flush(desk);
    case 'forget':
      return [{ ...emptyDesk, isLooking: desk.isLooking, room: desk.room }, []];
    case 'look':
      return [{ ...desk, isLooking: event.isLooking }, []];
    case 'dismiss':
      return [{ ...desk, notices: desk.notices.filter((one) => one.id !== event.id) }, []];
    case 'lines_read':
      return [{ ...desk, lines: event.lines }, []];
    case 'wish':
      return [desk, [send({ type: 'presence', presence: event.wish })]];
    case 'accept':
    case 'decline':
      return answer(desk, event.is);
    case 'pull_one':
      return [desk, [send({ type: 'pull_one' })]];
    default:
      return withContact(desk, event);
  }
}

function answer(desk: Desk, type: 'accept' | 'decline'): Step {
  if (!desk.ring) return [desk, []];
  const accepted = type === 'accept' ? desk.ring.contact.contact_id : desk.accepted;
  return [{ ...desk, accepted }, [send({ type, offer_id: desk.ring.offer_id })]];
}

type OfContact = Extract<Event, { contact_id: string }>;

function withContact(desk: Desk, event: OfContact): Step {
  const held = desk.held.find((one) => one.contact.contact_id === event.contact_id);
  if (!held) return [event.is === 'note_saved' ? noteKept(desk, event) : desk, []];
  const { contact_id } = event;
  switch (event.is) {
    case 'write':
      return write(desk, event.contact_id, event.client_id, event.text);
    case 'draft':
      return [change(desk, contact_id, (one) => ({ ...one, draft: event.text })), []];
    case 'aside':
      return [change(desk, contact_id, (one) => ({ ...one, aside: event.text })), []];
    case 'pin':
      return [pin(desk, contact_id), []];
    case 'whisper':
      return whisperBack(desk, contact_id, event.client_id, event.text);
    case 'type':
      return [desk, [send({ type: 'typing', contact_id })]];
    case 'risk':
      return [desk, [send({ type: 'risk', contact_id, risk: event.risk })]];
    case 'end':
      return [desk, [send({ type: 'end', contact_id })]];
    case 'sos':
      return [
        { ...desk, called: [...desk.called, contact_id] },
        [send({ type: 'sos', contact_id })],
      ];
    case 'transfer': {
      const note = event.note.trim();
      return [desk, [send({ type: 'transfer', contact_id, to: event.to, ...(note && { note }) })]];
    }
    case 'typing_over':
      return [change(desk, contact_id, (one) => ({ ...one, isSeekerTyping: false })), []];
    case 'gap_over':
      return closeGap(desk, held);
    case 'resend':
      return [desk, desk.link === 'up' ? resend(held) : []];
    default:
      return withNote(desk, held, event);
  }
}

function write(desk: Desk, contactId: string, clientId: string, text: string): Step {
  const next = change(desk, contactId, (held) => ({
    ...held,
    draft: '',
    talk: talks.write(held.talk, 'counselor', clientId, text),
  }));
  const frame = { type: 'message', contact_id: contactId, client_id: clientId, text } as const;
  // Cut off: the next welcome sends what is unsent.
  return [next, desk.link === 'up' ? [send(frame)] : []];
}

function whisperBack(desk: Desk, contactId: string, clientId: string, text: string): Step {
  const next = change(desk, contactId, (held) => ({
    ...held,
    aside: '',
    whispers: whisper(held.whispers, clientId, text),
  }));
  const frame = { type: 'whisper', contact_id: contactId, client_id: clientId, text } as const;
  return [next, desk.link === 'up' ? [send(frame)] : []];
}

function closeGap(desk: Desk, { contact, talk, asked_high }: Held): Step {
  const { contact_id } = contact;
  if (!talks.hasGap(talk) || desk.link !== 'up') return [desk, []];
  if (asked_high >= talk.high) {
    return [change(desk, contact_id, (one) => ({ ...one, talk: talks.forgiveGap(one.talk) })), []];
  }
  const next = change(desk, contact_id, (one) => ({
    ...one,
    asked_high: talk.high,
    talk: talks.replayTo(talk, talk.high),
  }));
  const again = { do: 'after', ms: 3_000, event: { is: 'gap_over', contact_id } } as const;
  return [next, [send({ type: 'history', contact_id, after_seq: talk.low }), again]];
}
