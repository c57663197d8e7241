/**
 * What a reload of this tab must not lose: which alarms were seen, and which looks are open.
 *
 * Ids and the chosen reasons only; no name, alias or word is ever kept. A look goes on with its
 * reason, and the server journals it anew; whoever signs in here next has no look of another's.
 */
import { type Board, emptyBoard } from '../model/board';
import { asked } from '../model/look';
import type { LookReason } from '../protocol/desk';

const KEY = 'xinqiao.board';
const WANTS_KEY = 'xinqiao.watch';
/** A chat is to be answered within three minutes, as government hotlines promise. */
const LONG_WAIT_S = 180;

interface Kept {
  /** Whose board it was: a look is a person's own. */
  username: string;
  heeded: string[];
  looks: { contact_id: string; reason: LookReason }[];
}

export function keptBoard(username: string): Board {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    if (kept?.username !== username) return emptyBoard;
    return { ...emptyBoard, heeded: kept.heeded, looks: kept.looks.map(asked) };
  } catch {
    return emptyBoard;
  }
}

let last = '';

export function keepBoard(username: string, board: Board): void {
  const looks = board.looks
    .filter((look) => look.fate !== 'over')
    .map(({ contact_id, reason }) => ({ contact_id, reason }));
  const kept: Kept = { username, heeded: [...board.heeded], looks };
  const text = JSON.stringify(kept);
  if (text === last) return;
  last = text;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // Denied storage: a reload then asks the server alone.
  }
}

/** How this screen calls for a supervisor: choices, nothing about anybody. */
export interface Wants {
  sound: boolean;
  /** Notifications of the desktop. */
  banner: boolean;
  /** From which wait on an alarm is raised. */
  long_s: number;
  /** The question was answered; it does not stand in the way again. */
  isAsked: boolean;
}

export function lookupWants(): Wants {
  const wants: Wants = { sound: false, banner: false, long_s: LONG_WAIT_S, isAsked: false };
  try {
    const kept = JSON.parse(localStorage.getItem(WANTS_KEY) ?? 'null') as Partial<Wants> | null;
    return { ...wants, ...kept, long_s: Number(kept?.long_s) || LONG_WAIT_S };
  } catch {
    return wants;
  }
}

export function keepWants(wants: Wants): void {
  try {
    localStorage.setItem(WANTS_KEY, JSON.stringify(wants));
  } catch {
    // Denied storage costs only the memory of a choice.
  }
}
