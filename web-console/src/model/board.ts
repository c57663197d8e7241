/**
 * The supervisor's board as a machine: the last health told, calls for help, looks, orders.
 *
 * Everything but which alarms were seen and which looks are open is told anew by the server.
 */
import type { CallForHelp, FromDesk, LookReason, QueueHealth, ToDesk } from '../protocol/desk';
import * as looks from './look';

export interface Board {
  link: 'connecting' | 'up' | 'down' | 'elsewhere';
  health: QueueHealth | null;
  /** Keys of alarms that somebody at this page has seen; calls for help are heeded at the server. */
  heeded: readonly string[];
  looks: readonly looks.Look[];
  /** The code of the last "no". */
  trouble: string | null;
  skew_ms: number;
}

export type Event =
  | { is: 'up' }
  | { is: 'down' }
  | { is: 'frame'; frame: ToDesk; now: number }
  | { is: 'order'; frame: FromDesk }
  | { is: 'heed'; keys: readonly string[] }
  /** Only these heeded alarms still stand: the others may come again. */
  | { is: 'forget_but'; keys: readonly string[] }
  | { is: 'look'; contact_id: string; alias: string; reason: LookReason; words: string }
  | { is: 'look_away'; contact_id: string }
  | { is: 'whisper'; contact_id: string; client_id: string; text: string }
  | { is: 'typing_over'; contact_id: string }
  | { is: 'whisper_again'; contact_id: string }
  | { is: 'dismiss' }
  | { is: 'take_over' };

type Timed = Extract<Event, { is: 'typing_over' | 'whisper_again' }>;

export type Effect =
  | { do: 'send'; frame: FromDesk }
  | { do: 'beat'; seconds: number }
  | { do: 'check_session' }
  | { do: 'connect' }
  | { do: 'hang_up' }
  | { do: 'after'; ms: number; event: Timed };

export type Step = readonly [Board, readonly Effect[]];
type Frame<Type extends ToDesk['type']> = Extract<ToDesk, { type: Type }>;

/** Until the next board says whose alias it is. */
const HERE = '…';
const TYPING_MS = 4_000;
/** Rest before a whisper that found the house busy is said again. */
const AGAIN_MS = 3_000;
/** Faults of the moment, not of the whisper. */
const AGAIN = ['rate_limited', 'busy', 'not_stored'];

export const emptyBoard: Board = {
  link: 'connecting',
  health: null,
  heeded: [],
  looks: [],
  trouble: null,
  skew_ms: 0,
};

export const send = (frame: FromDesk): Effect => ({ do: 'send', frame });

export function step(board: Board, event: Event): Step {
  switch (event.is) {
    case 'up':
      return [board, []];
    case 'down':
      return [
        { ...board, link: 'down', looks: board.looks.map(looks.cut) },
        [{ do: 'check_session' }],
      ];
    case 'frame':
      return handleFrame(board, event.frame, event.now);
    case 'order':
      return [{ ...board, trouble: null }, [send(event.frame)]];
    case 'heed':
      return heed(board, event.keys);
    case 'forget_but':
      return [{ ...board, heeded: event.keys }, []];
    case 'look':
      return askLook(board, event);
    case 'look_away':
      return lookAway(board, event.contact_id);
    case 'whisper':
      return whisper(board, event);
    case 'typing_over':
      return [change(board, event.contact_id, (look) => ({ ...look, typing: null })), []];
    case 'whisper_again':
      return [board, board.link === 'up' ? unsaidOf(board, event.contact_id) : []];
    case 'dismiss':
      return [{ ...board, trouble: null }, []];
    case 'take_over':
      return [{ ...board, link: 'connecting' }, [{ do: 'connect' }]];
  }
}

// ── what a supervisor does ────────────────────────────────────────────

/** A call is heeded for everybody, at the server; what was merely seen, on this page. */
function heed(board: Board, keys: readonly string[]): Step {
  const isMine = (call: CallForHelp) => !call.heeded_by && keys.includes(callKey(call));
  const calls = board.health?.calls ?? [];
  const seen = keys.filter((key) => !calls.some((call) => callKey(call) === key));
  const heeded = calls.map((call) => (isMine(call) ? { ...call, heeded_by: HERE } : call));
  const next = {
    ...board,
    health: board.health && { ...board.health, calls: heeded },
    heeded: [...new Set([...board.heeded, ...seen])],
  };
  const frames = calls.filter(isMine);
  return [next, frames.map(({ contact_id }) => send({ type: 'heed', contact_id }))];
}

function askLook(board: Board, event: Extract<Event, { is: 'look' }>): Step {
  const others = board.looks.filter((look) => look.contact_id !== event.contact_id);
  const isFull = others.filter((look) => look.fate !== 'over').length >= looks.LOOKS_MAX;
  if (isFull) return [{ ...board, trouble: 'too_many_looks' }, []];
  const look = looks.asked(event);
  const next = { ...board, trouble: null, looks: [look, ...others] };
  return [next, board.link === 'up' ? [send(looks.ask(look))] : []];
}

function lookAway(board: Board, contact_id: string): Step {
  const look = board.looks.find((one) => one.contact_id === contact_id);
  const next = { ...board, looks: board.looks.filter((one) => one !== look) };
  const isTold = look && look.fate !== 'over' && board.link === 'up';
  return [next, isTold ? [send({ type: 'look_away', contact_id })] : []];
}

function whisper(board: Board, event: Extract<Event, { is: 'whisper' }>): Step {
  const { contact_id, client_id, text } = event;
  const next = change(board, contact_id, (look) => looks.whispered(look, client_id, text));
  const isOpen = board.looks.some((one) => one.contact_id === contact_id && one.fate === 'open');
  return [next, isOpen ? [send({ type: 'whisper', contact_id, client_id, text })] : []];
}

// ── what the server tells ─────────────────────────────────────────────

function handleFrame(board: Board, frame: ToDesk, now: number): Step {
  switch (frame.type) {
    case 'welcome':
      return handleWelcome(board, frame, now);
    case 'queue_health':
      return [{ ...board, health: frame }, []];
    case 'sos':
      return [called(board, frame), []];
    case 'looking':
      return handleLooking(board, frame, now);
    case 'look_ended':
      return [change(board, frame.contact_id, (look) => looks.ended(look, frame.reason)), []];
    case 'message':
      return [change(board, frame.contact_id, (look) => looks.heard(look, frame)), []];
    case 'whisper':
      return [change(board, frame.contact_id, (look) => looks.whisperHeard(look, frame)), []];
    case 'contact_state':
      return [change(board, frame.contact_id, (look) => looks.changed(look, frame)), []];
    case 'typing':
      return handleTyping(board, frame);
    case 'error':
      return handleError(board, frame);
    case 'bye':
      if (frame.reason === 'replaced')
        return [{ ...board, link: 'elsewhere' }, [{ do: 'hang_up' }]];
      return [board, [{ do: 'check_session' }]];
    default:
      return [board, []];
  }
}

/** Asks for the health, and for every look that the cut ended, with its reason. */
function handleWelcome(board: Board, frame: Frame<'welcome'>, now: number): Step {
  const skew_ms = Date.parse(frame.server_time) - now;
  const wanted = board.looks.filter((look) => look.fate !== 'over');
  const effects: Effect[] = [
    { do: 'beat', seconds: frame.heartbeat_s },
    send({ type: 'subscribe', topic: 'queue_health' }),
    ...wanted.map((look) => send(looks.ask(look))),
  ];
  return [{ ...board, link: 'up', skew_ms }, effects];
}

/** Whoever looks because of a call for help has gone there: the others need not. */
function handleLooking(board: Board, frame: Frame<'looking'>, now: number): Step {
  const { contact_id } = frame.contact;
  const shown = change(board, contact_id, (look) => looks.shown(look, frame, now + board.skew_ms));
  const isForCall = shown.looks.some(
    (look) => look.contact_id === contact_id && look.reason === 'sos',
  );
  const calls = isForCall ? (shown.health?.calls ?? []) : [];
  const mine = calls.filter((call) => call.contact_id === contact_id).map(callKey);
  const [next, frames] = heed(shown, mine);
  return [next, [...unsaidOf(next, contact_id), ...frames]];
}

function handleTyping(board: Board, { contact_id, from }: Frame<'typing'>): Step {
  if (from === 'system') return [board, []];
  const next = change(board, contact_id, (look) => ({ ...look, typing: from }));
  return [next, [{ do: 'after', ms: TYPING_MS, event: { is: 'typing_over', contact_id } }]];
}

function handleError(board: Board, frame: Frame<'error'>): Step {
  const { code, contact_id, client_id } = frame;
  const look = board.looks.find((one) => one.contact_id === contact_id);
  if (!look) return [{ ...board, trouble: code }, []];
  if (client_id && AGAIN.includes(code)) {
    const event = { is: 'whisper_again', contact_id: look.contact_id } as const;
    return [board, [{ do: 'after', ms: AGAIN_MS, event }]];
  }
  if (client_id)
    return [
      change(board, look.contact_id, (one) => looks.whisperRefused(one, client_id, code)),
      [],
    ];
  if (look.fate !== 'asking') return [{ ...board, trouble: code }, []];
  // Never shown: nothing to keep. Shown before a cut: what was seen stays, and why it ended.
  if (look.since !== null)
    return [change(board, look.contact_id, (one) => looks.ended(one, code)), []];
  return [{ ...board, trouble: code, looks: board.looks.filter((one) => one !== look) }, []];
}

function unsaidOf(board: Board, contact_id: string): Effect[] {
  const look = board.looks.find((one) => one.contact_id === contact_id);
  return look ? looks.unsaid(look).map(send) : [];
}

function change(board: Board, contactId: string, act: (look: looks.Look) => looks.Look): Board {
  const changed = board.looks.map((look) => (look.contact_id === contactId ? act(look) : look));
  return { ...board, looks: changed };
}

/** Shown at once; the next board tells it too. */
function called(board: Board, { contact_id, counselor_id, counselor, at }: Frame<'sos'>): Board {
  if (!board.health) return board;
  const others = board.health.calls.filter((one) => one.contact_id !== contact_id);
  const call = { contact_id, counselor_id, counselor, at, heeded_by: null };
  return { ...board, health: { ...board.health, calls: [...others, call] } };
}

export function callKey({ contact_id }: CallForHelp): string {
  return `sos ${contact_id}`;
}

/** The largest of the waits by risk, ms. */
export function longestWaitMs(line: { longest_wait_ms_by_risk: readonly number[] }): number {
  return Math.max(0, ...line.longest_wait_ms_by_risk);
}

export function waitingOf(line: { waiting_by_risk: readonly number[] }): number {
  return line.waiting_by_risk.reduce((sum, count) => sum + count, 0);
}
