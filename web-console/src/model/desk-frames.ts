/** What the desk's frames change in the pane. */
import type { DeskContact, ToDesk } from '../protocol/desk';
import {
  AGAIN_MS,
  change,
  type Desk,
  type Effect,
  emptyDesk,
  GAP_MS,
  type Held,
  type Notice,
  notice,
  resend,
  type Step,
  send,
  TYPING_MS,
} from './desk';
import { save } from './desk-note';
import { blankNote, bodyOf, isUnkept } from './note';
import * as talks from './talk';
import * as whispers from './whisper';

/** Faults of the moment, not of the message. */
const AGAIN = ['rate_limited', 'busy', 'not_stored'];

type Frame<Type extends ToDesk['type']> = Extract<ToDesk, { type: Type }>;

export function handleFrame(desk: Desk, frame: ToDesk, now: number): Step {
  switch (frame.type) {
    case 'welcome':
      return handleWelcome(desk, frame, now);
    case 'presence':
      return [handlePresence(desk, frame), []];
    case 'offer':
      return [{ ...desk, ring: frame, notices: desk.notices.filter(holdsStill) }, []];
    case 'offer_gone':
      return [handleGone(desk, frame), []];
    case 'assigned':
      return handleAssigned(desk, frame.contact);
    case 'message':
      return heard(desk, frame.contact_id, (talk) => talks.hear(talk, frame));
    case 'ack':
      return heard(desk, frame.contact_id, (talk) => talks.ack(talk, frame));
    case 'typing':
      return handleTyping(desk, frame);
    case 'contact_state':
      return handleContactState(desk, frame);
    case 'error':
      return handleError(desk, frame);
    case 'read':
      return [change(desk, frame.contact_id, (held) => ({ ...held, read: frame.seq })), []];
    case 'looked_at':
      return [lookedAt(desk, frame), []];
    case 'whisper': {
      const hear = (held: Held) => ({ ...held, whispers: whispers.hear(held.whispers, frame) });
      return [change(desk, frame.contact_id, hear), []];
    }
    case 'lines_saved':
      return [desk, [{ do: 'read_lines' }]];
    case 'bye':
      if (frame.reason === 'replaced') return [{ ...desk, link: 'elsewhere' }, [{ do: 'hang_up' }]];
      return [desk, [{ do: 'check_session' }]];
    default:
      return [desk, []];
  }
}

/** That nobody waits holds until somebody rings; it must not lie over what is in hand. */
const holdsStill = (one: Notice) => one.code !== 'nobody_waits';

// ── the whole pane ────────────────────────────────────────────────────

function handleWelcome(before: Desk, frame: Frame<'welcome'>, now: number): Step {
  const desk = sameHand(before, frame.counselor.counselor_id);
  const held = frame.contacts.map((contact) => holdAgain(desk, contact));
  const isHeld = (id: string | null) => held.some((one) => one.contact.contact_id === id);
  const next: Desk = {
    ...desk,
    link: 'up',
    me: frame.counselor,
    presence: frame.presence,
    wish: frame.wish,
    ring: frame.offer,
    held,
    chosen: isHeld(desk.chosen) ? desk.chosen : (held[0]?.contact.contact_id ?? null),
    pinned: desk.pinned.filter(isHeld),
    called: desk.called.filter(isHeld),
    lines: frame.lines,
    skills: frame.skills,
    counselors: frame.counselors,
    skew_ms: Date.parse(frame.server_time) - now,
  };
  const gone = desk.held.filter((one) => !isHeld(one.contact.contact_id));
  const beat: Effect = { do: 'beat', seconds: frame.heartbeat_s };
  const told = gone.reduce<Step>(tellUnkept, [next, [beat, ...held.flatMap(catchUp)]]);
  return held.reduce(keepNote, told);
}

/** Somebody else signed in at this page: nothing of the other's stays. */
function sameHand(desk: Desk, counselorId: string): Desk {
  const isOther = desk.me !== null && desk.me.counselor_id !== counselorId;
  const { isLooking, room } = desk;
  return isOther ? { ...emptyDesk, isLooking, room } : desk;
}

/** What was typed while there was no line is saved now. */
function keepNote([desk, effects]: Step, held: Held): Step {
  if (!isUnkept(held.note)) return [desk, effects];
  const [next, more] = save(desk, held);
  return [next, [...effects, ...more]];
}

/** The last of a note whose contact has gone is sent once more, and shown until that is done. */
function tellUnkept([desk, effects]: Step, { contact, note }: Held): Step {
  if (!isUnkept(note) || note.text.trim() === '') return [desk, effects];
  const of = { contact_id: contact.contact_id, version: note.version };
  const told = notice(desk, 'gone', 'note_unkept', contact.alias, note.text, of);
  return [told, [...effects, { do: 'save_note', ...of, note: bodyOf(note) }]];
}

/** What was known of the contact before the line was cut stays; only the rest is asked for. */
function holdAgain(desk: Desk, contact: DeskContact): Held {
  const known = desk.held.find((one) => one.contact.contact_id === contact.contact_id);
  const base = known ?? take(contact);
  return { ...base, contact, talk: talks.replayTo(base.talk, contact.last_seq) };
}

function take(contact: DeskContact): Held {
  const talk = talks.replayTo(talks.silence, contact.last_seq);
  const unread = { seen: 0, read: 0, asked_high: 0, whispers: [], whispers_seen: 0 };
  const typed = { draft: '', aside: '', note: blankNote, closing: null };
  return { contact, talk, isSeekerTyping: false, ...unread, ...typed };
}

/** Hears what is missing, says again what was not acked, fetches the note. */
function catchUp(held: Held): Effect[] {
  const { contact, talk, note } = held;
  const { contact_id } = contact;
  const history = send({ type: 'history', contact_id, after_seq: talk.low });
  const isBlank = note.fate === 'loading';
  const isDone = note.isClosing && note.fate === 'saved';
  return [
    history,
    ...resend(held),
    ...(isBlank ? [{ do: 'load_note' as const, contact_id }] : []),
    ...(isDone ? [send({ type: 'wrapped_up', contact_id })] : []),
  ];
}

function handlePresence(desk: Desk, frame: Frame<'presence'>): Desk {
  const next: Desk = { ...desk, presence: frame.presence, wish: frame.wish };
  const isTold = ['missed_twice', 'logged_out', 'load_guard', 'lost'].includes(frame.reason);
  return isTold ? notice(next, 'presence', frame.reason) : next;
}

function handleGone(desk: Desk, frame: Frame<'offer_gone'>): Desk {
  if (desk.ring?.offer_id !== frame.offer_id) return desk;
  const isOurs = frame.reason === 'accepted';
  const isOwnDoing = isOurs || frame.reason === 'declined';
  // Somebody else has the one that we said yes to: nothing of ours waits for it any more.
  const isLost = !isOurs && desk.accepted === desk.ring.contact.contact_id;
  const next: Desk = { ...desk, ring: null, accepted: isLost ? null : desk.accepted };
  return isOwnDoing ? next : notice(next, 'gone', frame.reason, desk.ring.contact.alias);
}

// ── one contact ───────────────────────────────────────────────────────

function handleAssigned(desk: Desk, contact: DeskContact): Step {
  const { contact_id } = contact;
  const isAccepted = desk.accepted === contact_id;
  const others = desk.held.filter((one) => one.contact.contact_id !== contact_id);
  const held = holdAgain(desk, contact);
  const next: Desk = {
    ...desk,
    ring: desk.ring?.contact.contact_id === contact_id ? null : desk.ring,
    accepted: isAccepted ? null : desk.accepted,
    held: [...others, held],
    // Taken just now: this one wants the first answer. Otherwise nobody's writing is interrupted.
    chosen: isAccepted || !desk.chosen ? contact_id : desk.chosen,
  };
  return [next, catchUp(held)];
}

function heard(desk: Desk, contactId: string, hear: (talk: talks.Talk) => talks.Talk): Step {
  let hasGap = false;
  const next = change(desk, contactId, (held) => {
    const talk = hear(held.talk);
    hasGap = talks.hasGap(talk);
    const answered = Math.max(
      0,
      ...talk.entries.map((one) => (one.from === 'seeker' ? 0 : (one.seq ?? 0))),
    );
    const isOver = talk.high > held.talk.high;
    const isSeekerTyping = held.isSeekerTyping && !isOver;
    return { ...held, talk, isSeekerTyping, seen: Math.max(held.seen, answered) };
  });
  const event = { is: 'gap_over', contact_id: contactId } as const;
  return [next, hasGap ? [{ do: 'after', ms: GAP_MS, event }] : []];
}

function handleTyping(desk: Desk, { contact_id, from }: Frame<'typing'>): Step {
  if (from !== 'seeker') return [desk, []];
  const next = change(desk, contact_id, (held) => ({ ...held, isSeekerTyping: true }));
  return [next, [{ do: 'after', ms: TYPING_MS, event: { is: 'typing_over', contact_id } }]];
}

function lookedAt(desk: Desk, { contact_id, by }: Frame<'looked_at'>): Desk {
  return change(desk, contact_id, (held) => ({
    ...held,
    contact: { ...held.contact, looked_at_by: by },
  }));
}

function handleContactState(desk: Desk, frame: Frame<'contact_state'>): Step {
  const { contact_id, state } = frame;
  if (state === 'released' || state === 'closed') return letGo(desk, frame);
  const isLoading = (held: Held) => held.note.fate === 'loading';
  const held = desk.held.find((one) => one.contact.contact_id === contact_id);
  const next = change(desk, contact_id, (one) => ({
    ...one,
    contact: changed(one.contact, frame),
  }));
  const isBlank = state === 'wrap_up' && held !== undefined && isLoading(held);
  return [next, isBlank ? [{ do: 'load_note', contact_id }] : []];
}

function changed(contact: DeskContact, frame: Frame<'contact_state'>): DeskContact {
  switch (frame.state) {
    case 'wrap_up':
      return {
        ...contact,
        state: 'wrap_up',
        ended: frame.reason,
        wrap_up_until: frame.until ?? null,
      };
    case 'talking':
      return { ...contact, state: 'talking', seeker_online: true };
    case 'seeker_lost':
      return { ...contact, seeker_online: false };
    case 'seeker_back':
      return { ...contact, seeker_online: true };
    case 'risk':
      return { ...contact, risk: frame.risk ?? contact.risk };
    default:
      return contact;
  }
}

function letGo(desk: Desk, frame: Frame<'contact_state'>): Step {
  const { contact_id } = frame;
  const at = desk.held.findIndex((one) => one.contact.contact_id === contact_id);
  const gone = desk.held[at];
  if (!gone) return [desk, []];
  const held = desk.held.filter((one) => one !== gone);
  const isOther = (id: string) => id !== contact_id;
  const neighbour = held[Math.min(at, held.length - 1)]?.contact.contact_id ?? null;
  const next = {
    ...desk,
    held,
    chosen: desk.chosen === contact_id ? neighbour : desk.chosen,
    pinned: desk.pinned.filter(isOther),
    called: desk.called.filter(isOther),
  };
  const isRoutine = gone.note.isClosing;
  const told = isRoutine ? next : notice(next, 'gone', frame.reason, gone.contact.alias);
  return tellUnkept([told, []], gone);
}

function handleError(desk: Desk, frame: Frame<'error'>): Step {
  const { client_id, contact_id, code } = frame;
  if (!client_id || !contact_id) return [notice(desk, 'no', code), []];
  if (AGAIN.includes(code)) {
    return [desk, [{ do: 'after', ms: AGAIN_MS, event: { is: 'resend', contact_id } }]];
  }
  const refuse = (held: Held) => ({
    ...held,
    talk: talks.refuse(held.talk, client_id, code),
    whispers: whispers.refuse(held.whispers, client_id, code),
  });
  return [change(desk, contact_id, refuse), []];
}
