/**
 * The keys of the desk: Alt with a letter, so that none acts on what is being written.
 *
 * Known by the key's place and not by its letter, because Alt with a letter types another
 * one on a Mac. AltGr is no Alt: it writes. Nothing acts while characters are being composed.
 */

export type KeyAct =
  | 'accept'
  | 'decline'
  | 'next'
  | 'previous'
  | 'oldest'
  | 'write'
  | 'canned'
  | 'note'
  | 'whisper'
  | 'risk'
  | 'sos'
  | 'transfer'
  | 'end'
  | 'pin'
  | 'undo'
  | 'close'
  | 'outcome_1'
  | 'outcome_2'
  | 'outcome_3'
  | 'outcome_4'
  | 'outcome_5'
  | 'outcome_6'
  | 'outcome_7'
  | 'available'
  | 'away'
  | 'offline'
  | 'pull_one'
  | 'overview';

export interface KeyPress {
  code: string;
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
  repeat: boolean;
}

/** Not E and F, which open browsers' own menus; not D alone but for the custom of the house. */
const ACTS: Readonly<Record<string, KeyAct>> = {
  KeyA: 'accept',
  KeyD: 'decline',
  KeyJ: 'next',
  KeyK: 'previous',
  KeyU: 'oldest',
  KeyM: 'write',
  KeyC: 'canned',
  KeyN: 'note',
  KeyW: 'whisper',
  KeyR: 'risk',
  KeyS: 'sos',
  KeyT: 'transfer',
  KeyX: 'end',
  KeyP: 'pin',
  KeyZ: 'undo',
  Enter: 'close',
  Digit1: 'outcome_1',
  Digit2: 'outcome_2',
  Digit3: 'outcome_3',
  Digit4: 'outcome_4',
  Digit5: 'outcome_5',
  Digit6: 'outcome_6',
  Digit7: 'outcome_7',
  KeyV: 'available',
  KeyB: 'away',
  KeyO: 'offline',
  KeyL: 'pull_one',
  Slash: 'overview',
};

/** In the order of a shift, for the overview. */
export const KEY_GROUPS: readonly (readonly [string, readonly KeyAct[]])[] = [
  ['shift', ['available', 'away', 'offline', 'pull_one']],
  ['ring', ['accept', 'decline']],
  ['chats', ['next', 'previous', 'oldest', 'pin']],
  ['talk', ['write', 'canned', 'note', 'whisper', 'risk', 'sos', 'transfer', 'end']],
  [
    'wrap',
    [
      'outcome_1',
      'outcome_2',
      'outcome_3',
      'outcome_4',
      'outcome_5',
      'outcome_6',
      'outcome_7',
      'close',
      'undo',
    ],
  ],
  ['page', ['overview']],
];

/** What a press asks for; null when it is not ours. `isWriting`: the focus is where one writes. */
export function actOf(press: KeyPress, isWriting: boolean): KeyAct | null {
  // 229: some input methods say "composing" only this way.
  if (press.isComposing || press.keyCode === 229 || press.repeat) return null;
  if (press.ctrlKey || press.metaKey) return null;
  if (press.altKey) return press.shiftKey ? null : (ACTS[press.code] ?? null);
  const asks = press.key === '?' || press.key === '？';
  return asks && !isWriting ? 'overview' : null;
}

/** How the key is written beside its button, and for `aria-keyshortcuts`. */
export function keyOf(act: KeyAct): string {
  const code = Object.keys(ACTS).find((one) => ACTS[one] === act) ?? '';
  return `Alt+${code === 'Slash' ? '/' : code.replace(/^(Key|Digit)/, '')}`;
}
