/**
 * What a reload of this tab must not lose: calls for help, and which alarms were heeded.
 *
 * Ids and times only; no name, alias or word is ever kept. A look is not kept: after a
 * reload its reason is given again.
 */
import { type Board, emptyBoard } from '../model/board';

const KEY = 'xinqiao.board';
const WAIT_KEY = 'xinqiao.board.long_wait_s';
/** A chat is to be answered within three minutes, as government hotlines promise. */
const LONG_WAIT_S = 180;

interface Kept {
  calls: { contact_id: string; counselor_id: string; at: string }[];
  heeded: string[];
}

export function keptBoard(): Board {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    if (!kept) return emptyBoard;
    const calls = kept.calls.map((call) => ({ ...call, counselor: '' }));
    return { ...emptyBoard, calls, heeded: kept.heeded };
  } catch {
    return emptyBoard;
  }
}

let last = '';

export function keepBoard(board: Board): void {
  const kept: Kept = {
    calls: board.calls.map(({ contact_id, counselor_id, at }) => ({
      contact_id,
      counselor_id,
      at,
    })),
    heeded: [...board.heeded],
  };
  const text = JSON.stringify(kept);
  if (text === last) return;
  last = text;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // Denied storage: a reload then asks the server alone.
  }
}

export function lookupLongWait(): number {
  try {
    return Number(localStorage.getItem(WAIT_KEY)) || LONG_WAIT_S;
  } catch {
    return LONG_WAIT_S;
  }
}

export function keepLongWait(seconds: number): void {
  try {
    localStorage.setItem(WAIT_KEY, String(seconds));
  } catch {
    // Denied storage costs only the memory of a preference.
  }
}
