/** What a counselor does, and what that asks of the world. */
import {
  change,
  type Desk,
  type Effect,
  type Event,
  type Held,
  look,
  resend,
  type Step,
  send,
} from './desk';
import { handleFrame } from './desk-frames';
import * as notes from './note';
import * as talks from './talk';

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
      return [{ ...desk, chosen: event.contact_id }, []];
    case 'look':
      return [{ ...desk, isLooking: event.isLooking }, []];
    case 'dismiss':
      return [{ ...desk, notices: desk.notices.filter((one) => one.id !== event.id) }, []];
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
  if (!held) return [desk, []];
  const { contact_id } = event;
  switch (event.is) {
    case 'write':
      return write(desk, event.contact_id, event.client_id, event.text);
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
    talk: talks.write(held.talk, 'counselor', clientId, text),
  }));
  const frame = { type: 'message', contact_id: contactId, client_id: clientId, text } as const;
  // Cut off: the next welcome sends what is unsent.
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

// ── the note ──────────────────────────────────────────────────────────

function withNote(desk: Desk, held: Held, event: OfContact): Step {
  switch (event.is) {
    case 'note':
      return settle(desk, held, notes.edited(held.note, event.change), true);
    case 'note_loaded':
      return settle(desk, held, notes.loaded(held.note, event.note));
    case 'note_rest':
      return held.note.fate === 'typed' || held.note.fate === 'unsaved'
        ? save(desk, held)
        : [desk, []];
    case 'note_saved':
      return settle(desk, held, notes.saved(held.note, event.version));
    case 'note_failed':
      return settle(desk, held, notes.notSaved(held.note, event.version));
    case 'wrapped_up':
      return wrapUp(desk, held);
    default:
      return [desk, []];
  }
}

/** Keeps the note, and does what its new fate asks for. */
function settle(desk: Desk, { contact }: Held, note: notes.Note, isTyped = false): Step {
  const { contact_id } = contact;
  const next = change(desk, contact_id, (held) => ({ ...held, note }));
  const rest = (ms: number): Effect => ({
    do: 'after',
    ms,
    event: { is: 'note_rest', contact_id },
  });
  if (isTyped) return [next, [rest(notes.NOTE_REST_MS)]];
  if (note.fate === 'unsaved') return [next, [rest(notes.NOTE_RETRY_MS)]];
  const isDone = note.isClosing && notes.canClose(note);
  return [next, isDone ? [send({ type: 'wrapped_up', contact_id })] : []];
}

function save(desk: Desk, { contact, note }: Held): Step {
  const { contact_id } = contact;
  const next = change(desk, contact_id, (held) => ({ ...held, note: notes.saving(held.note) }));
  return [next, [{ do: 'save_note', contact_id, version: note.version, note: notes.bodyOf(note) }]];
}

function wrapUp(desk: Desk, held: Held): Step {
  if (held.note.outcome === null || held.note.isClosing) return [desk, []];
  // A new version: the answer to a draft still on its way must not count for the closing note.
  const note = { ...held.note, isClosing: true, version: held.note.version + 1 };
  const next = change(desk, held.contact.contact_id, (one) => ({ ...one, note }));
  return save(next, { ...held, note });
}
