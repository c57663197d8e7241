/** The note of a contact: saved as typed, closed with its outcome. */
import {
  change,
  type Desk,
  type Effect,
  type Event,
  type Held,
  leftMs,
  type Notice,
  type Step,
  send,
} from './desk';
import * as notes from './note';

/** Long enough to see that the wrong button was pressed, and to say so. */
export const UNDO_MS = 5_000;
/** Before the server's own end of the wrap-up, for the way there. */
const MARGIN_MS = 1_500;

type OfContact = Extract<Event, { contact_id: string }>;

export function withNote(desk: Desk, held: Held, event: OfContact): Step {
  switch (event.is) {
    case 'note':
      return settle(desk, held, notes.edited(held.note, event.change), true);
    case 'note_load':
      return [desk, [loadNote(event.contact_id)]];
    case 'note_not_loaded': {
      const again = { is: 'note_load', contact_id: event.contact_id } as const;
      return [desk, [{ do: 'after', ms: notes.NOTE_RETRY_MS, event: again }]];
    }
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
    case 'close_as':
      return closeAs(desk, held, event);
    case 'close_due':
      return closeDue(desk, held);
    case 'undo':
      return [change(desk, event.contact_id, (one) => ({ ...one, closing: null })), []];
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

export function save(desk: Desk, { contact, note }: Held): Step {
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

/** The last of a note was taken after its contact had gone: nothing to copy any more. */
export function noteKept(desk: Desk, saved: Extract<Event, { is: 'note_saved' }>): Desk {
  const isIt = ({ of }: Notice) =>
    of?.contact_id === saved.contact_id && of.version === saved.version;
  const found = desk.notices.find(isIt);
  if (!found) return desk;
  const id = desk.notice_count + 1;
  const kept: Notice = { ...found, id, code: 'note_kept', text: '', of: null };
  const notices = desk.notices.map((one) => (one === found ? kept : one));
  return { ...desk, notices, notice_count: id };
}

// ── one press ─────────────────────────────────────────────────────────

/** Nothing leaves the page until the time to take it back is over. */
function closeAs(desk: Desk, held: Held, event: Extract<Event, { is: 'close_as' }>): Step {
  const { contact_id, wrap_up_until } = held.contact;
  if (held.contact.state !== 'wrap_up' || held.note.isClosing) return [desk, []];
  const left_ms = wrap_up_until ? leftMs(desk, wrap_up_until, event.now) : UNDO_MS;
  const ms = Math.min(UNDO_MS, Math.max(0, left_ms - MARGIN_MS));
  const next = change(desk, contact_id, (one) => ({ ...one, closing: event.outcome }));
  return [next, [{ do: 'after', ms, event: { is: 'close_due', contact_id } }]];
}

function closeDue(desk: Desk, held: Held): Step {
  const { contact_id } = held.contact;
  if (held.closing === null || held.note.isClosing) return [desk, []];
  const chosen = { ...held, note: { ...held.note, outcome: held.closing } };
  const next = change(desk, contact_id, () => ({ ...chosen, closing: null }));
  return wrapUp(next, chosen);
}

/** The page is about to sleep or go: what is typed goes out now. */
export function flush(desk: Desk): Step {
  const isTyped = ({ note }: Held) => note.fate === 'typed' || note.fate === 'unsaved';
  return desk.held.filter(isTyped).reduce<Step>(
    ([now, effects], held) => {
      const [next, more] = save(now, held);
      return [next, [...effects, ...more]];
    },
    [desk, []],
  );
}

function loadNote(contact_id: string): Effect {
  return { do: 'load_note', contact_id };
}
