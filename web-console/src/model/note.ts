/**
 * A note while it is typed: saved by itself, and the writer always knows whether it is.
 *
 * A version counts the keystrokes; only the answer to the newest version makes it `saved`.
 */
import type { NoteBody } from '../protocol/desk';

export type NoteFate = 'loading' | 'saved' | 'typed' | 'saving' | 'unsaved';

export interface Note {
  text: string;
  outcome: string | null;
  fate: NoteFate;
  version: number;
  /** "Wrapped up" was pressed: close as soon as the note is on disk. */
  isClosing: boolean;
}

/** Rest after the last keystroke before it is saved. */
export const NOTE_REST_MS = 800;
/** Rest after a failed save. */
export const NOTE_RETRY_MS = 3_000;

export const blankNote: Note = {
  text: '',
  outcome: null,
  fate: 'loading',
  version: 0,
  isClosing: false,
};

/** What was kept arrives; what has been typed meanwhile wins. */
export function loaded(note: Note, kept: NoteBody | null): Note {
  if (note.version > 0 || note.fate !== 'loading') return note;
  const outcome = kept?.outcome ?? null;
  // With an outcome it is the closing note, written before the page was loaded again.
  return { ...note, text: kept?.text ?? '', outcome, fate: 'saved', isClosing: outcome !== null };
}

export function edited(note: Note, change: Partial<NoteBody>): Note {
  return { ...note, ...change, fate: 'typed', version: note.version + 1 };
}

export function saving(note: Note): Note {
  return { ...note, fate: 'saving' };
}

export function saved(note: Note, version: number): Note {
  return version === note.version ? { ...note, fate: 'saved' } : note;
}

export function notSaved(note: Note, version: number): Note {
  return version === note.version ? { ...note, fate: 'unsaved' } : note;
}

/** The outcome makes a note the closing one, for good: it goes out only with "wrapped up". */
export function bodyOf(note: Note): NoteBody {
  return { text: note.text, outcome: note.isClosing ? note.outcome : null };
}

/** Something typed is not yet on the server's disk. */
export function isUnkept(note: Note): boolean {
  return note.fate === 'typed' || note.fate === 'saving' || note.fate === 'unsaved';
}

/** A contact closes with an outcome and a note that is on disk. */
export function canClose(note: Note): boolean {
  return note.outcome !== null && note.fate === 'saved';
}
