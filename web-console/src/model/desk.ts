/**
 * A counselor's pane as a machine: what is in hand, what rings, what is left to do.
 *
 * Everything is redrawn from `welcome` and `history`; nothing here outlives a
 * reload but what the server has. The pane never decides who talks with whom.
 */
import type {
  DeskContact,
  DeskCounselor,
  DeskOffer,
  FromDesk,
  Named,
  NoteBody,
  RiskLevel,
  ShownPresence,
  ToDesk,
  TransferTo,
  WishedPresence,
} from '../protocol/desk';
import { columnsOf } from './desk-columns';
import type * as notes from './note';
import * as talks from './talk';
import { newOnes, type Whispers } from './whisper';

/** A contact in hand. */
export interface Held {
  contact: DeskContact;
  talk: talks.Talk;
  /** The highest number the counselor has looked at or answered. */
  seen: number;
  /** The seeker has read up to here. */
  read: number;
  isSeekerTyping: boolean;
  note: notes.Note;
  asked_high: number;
  /** What is typed and not sent, to the seeker and to the supervisor: in memory only. */
  draft: string;
  aside: string;
  whispers: Whispers;
  /** How many whispers have been looked at. */
  whispers_seen: number;
  /** A one-press outcome that can still be taken back. */
  closing: string | null;
}

export interface Notice {
  id: number;
  /** `no.<code>` or `gone.<reason>` in the book. */
  room: 'no' | 'gone' | 'presence';
  code: string;
  alias: string;
  /** A note that may not be kept any more: to be copied, in memory only. */
  text: string;
  /** The contact of that note, and which version of it. */
  of: { contact_id: string; version: number } | null;
}

export interface Desk {
  /** `elsewhere`: newer consoles of the account took this one's place. */
  link: 'connecting' | 'up' | 'down' | 'elsewhere';
  me: DeskCounselor | null;
  presence: ShownPresence;
  wish: WishedPresence;
  ring: DeskOffer | null;
  /** The contact we said yes to, until it is in hand. */
  accepted: string | null;
  held: readonly Held[];
  chosen: string | null;
  /** Contacts whose column stays open beside the chosen one, the oldest pin first. */
  pinned: readonly string[];
  /** How many columns there is room for. */
  room: number;
  /** The page is in front; only then is what arrives seen. */
  isLooking: boolean;
  lines: readonly Named[];
  skills: readonly Named[];
  counselors: readonly Named[];
  /** Server time minus ours. */
  skew_ms: number;
  notices: readonly Notice[];
  notice_count: number;
  /** Contacts whose counselor (us) called for help. */
  called: readonly string[];
}

export type Event =
  | { is: 'up' }
  | { is: 'down' }
  | { is: 'frame'; frame: ToDesk; now: number }
  | { is: 'wish'; wish: WishedPresence }
  | { is: 'accept' }
  | { is: 'decline' }
  | { is: 'choose'; contact_id: string }
  | { is: 'next' }
  | { is: 'previous' }
  | { is: 'oldest' }
  | { is: 'pin'; contact_id: string }
  | { is: 'room'; columns: number }
  | { is: 'draft'; contact_id: string; text: string }
  | { is: 'aside'; contact_id: string; text: string }
  | { is: 'whisper'; contact_id: string; client_id: string; text: string }
  | { is: 'look'; isLooking: boolean }
  | { is: 'write'; contact_id: string; client_id: string; text: string }
  | { is: 'type'; contact_id: string }
  | { is: 'risk'; contact_id: string; risk: RiskLevel }
  | { is: 'end'; contact_id: string }
  | { is: 'transfer'; contact_id: string; to: TransferTo; note: string }
  | { is: 'pull_one' }
  | { is: 'sos'; contact_id: string }
  | { is: 'note'; contact_id: string; change: Partial<NoteBody> }
  | { is: 'note_load'; contact_id: string }
  | { is: 'note_not_loaded'; contact_id: string }
  | { is: 'note_loaded'; contact_id: string; note: NoteBody | null }
  | { is: 'note_rest'; contact_id: string }
  | { is: 'note_saved'; contact_id: string; version: number }
  | { is: 'note_failed'; contact_id: string; version: number }
  | { is: 'lines_read'; lines: readonly Named[] }
  | { is: 'wrapped_up'; contact_id: string }
  | { is: 'close_as'; contact_id: string; outcome: string; now: number }
  | { is: 'close_due'; contact_id: string }
  | { is: 'undo'; contact_id: string }
  | { is: 'flush' }
  | { is: 'forget' }
  | { is: 'take_over' }
  | { is: 'resend'; contact_id: string }
  | { is: 'typing_over'; contact_id: string }
  | { is: 'gap_over'; contact_id: string }
  | { is: 'dismiss'; id: number };

export type Effect =
  | { do: 'send'; frame: FromDesk }
  | { do: 'beat'; seconds: number }
  | { do: 'check_session' }
  | { do: 'connect' }
  | { do: 'hang_up' }
  | { do: 'after'; ms: number; event: Event & { contact_id: string } }
  | { do: 'load_note'; contact_id: string }
  | { do: 'save_note'; contact_id: string; version: number; note: NoteBody }
  | { do: 'read_lines' };

export type Step = readonly [Desk, readonly Effect[]];

/** Rest before a message that found the house busy is sent again. */
export const AGAIN_MS = 3_000;
export const TYPING_MS = 4_000;
export const GAP_MS = 1_500;
/** No shift leaves so many unread; what holds a note to be copied never makes way. */
const NOTICES_MAX = 50;
/** How many are shown at a time. */
export const NOTICES_SHOWN = 2;

export const emptyDesk: Desk = {
  link: 'connecting',
  me: null,
  presence: 'offline',
  wish: 'offline',
  ring: null,
  accepted: null,
  held: [],
  chosen: null,
  pinned: [],
  room: 1,
  isLooking: true,
  lines: [],
  skills: [],
  counselors: [],
  skew_ms: 0,
  notices: [],
  notice_count: 0,
  called: [],
};

// ── reading the state ─────────────────────────────────────────────────

export function unreadOf(held: Held): number {
  const isNew = (entry: talks.Entry) => entry.from === 'seeker' && (entry.seq ?? 0) > held.seen;
  return held.talk.entries.filter(isNew).length;
}

export function unheardOf(held: Held): number {
  return newOnes(held.whispers, held.whispers_seen);
}

/** Milliseconds until a time of the server's, on our own clock; never below zero. */
export function leftMs(desk: { skew_ms: number }, at: string, now: number): number {
  return Math.max(0, Date.parse(at) - (now + desk.skew_ms));
}

export function chosenOf(desk: Desk): Held | null {
  return desk.held.find((held) => held.contact.contact_id === desk.chosen) ?? null;
}

// ── changing it, for the rooms beside this one ────────────────────────

export function change(desk: Desk, contactId: string, act: (held: Held) => Held): Desk {
  const held = desk.held.map((one) => (one.contact.contact_id === contactId ? act(one) : one));
  return { ...desk, held };
}

export function notice(
  desk: Desk,
  room: Notice['room'],
  code: string,
  alias = '',
  text = '',
  of: Notice['of'] = null,
): Desk {
  const id = desk.notice_count + 1;
  const said: Notice = { id, room, code, alias, text, of };
  const isSame = (one: Notice) =>
    one.room === room && one.code === code && one.alias === alias && one.text === text;
  // Said again while it is in sight, it is said anew in its own place; otherwise on top.
  const notices = shownNotices(desk.notices).some(isSame)
    ? desk.notices.map((one) => (isSame(one) ? said : one))
    : bounded([...desk.notices.filter((one) => !isSame(one)), said]);
  return { ...desk, notices, notice_count: id };
}

function bounded(notices: Notice[]): readonly Notice[] {
  if (notices.length <= NOTICES_MAX) return notices;
  const oldest = notices.find((one) => one.text === '');
  return notices.filter((one) => one !== oldest);
}

/** The newest above the oldest ones: one that comes takes the newest's place and moves none. */
export function shownNotices(notices: readonly Notice[]): readonly Notice[] {
  const last = notices.at(-1);
  return last
    ? [
        last,
        ...notices
          .slice(0, -1)
          .slice(0, NOTICES_SHOWN - 1)
          .reverse(),
      ]
    : [];
}

/** What is in front of the counselor's eyes is read: every open column. */
export function look(step: Step): Step {
  const [desk] = step;
  if (!desk.isLooking) return step;
  return columnsOf(desk).reduce(lookAt, step);
}

function lookAt([desk, effects]: Step, held: Held): Step {
  const { contact_id } = held.contact;
  const seen = Math.max(held.seen, held.talk.high);
  const whispers_seen = held.whispers.length;
  if (seen === held.seen && whispers_seen === held.whispers_seen) return [desk, effects];
  const next = change(desk, contact_id, (one) => ({ ...one, seen, whispers_seen }));
  const read = send({ type: 'read', contact_id, seq: seen });
  return [next, seen === held.seen ? effects : [...effects, read]];
}

/** Says again what was not acked. */
export function resend({ contact, talk, whispers }: Held): Effect[] {
  const { contact_id } = contact;
  const said = talks
    .unsent(talk)
    .map((entry) => send({ type: 'message', contact_id, client_id: entry.key, text: entry.text }));
  const whispered = whispers
    .filter((one) => one.fate === 'sending')
    .map(({ key, text }) => send({ type: 'whisper', contact_id, client_id: key, text }));
  return [...said, ...whispered];
}

export function send(frame: FromDesk): Effect {
  return { do: 'send', frame };
}
