/** Where the keyboard goes: each part of a talk has a place with an id of its own. */
import { tick } from 'svelte';

export type Part = 'write' | 'note' | 'whisper' | 'risk' | 'head' | 'outcomes';

export const partId = (part: Part, contactId: string) => `${part}-${contactId}`;

/** Puts the focus there once it is drawn; the first of `parts` that is there. */
export async function focusPart(contactId: string | null, ...parts: Part[]): Promise<void> {
  await tick();
  for (const part of parts) {
    const place = document.getElementById(partId(part, contactId ?? ''));
    if (!place) continue;
    const inside = place.querySelector<HTMLElement>('[aria-pressed="true"], input:checked');
    const first = place.querySelector<HTMLElement>('button, input, textarea');
    (inside ?? (place.matches('textarea, h1, h2') ? place : first))?.focus();
    return;
  }
}

/** Whether letters typed now would become text. */
export function isWriting(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement;
}
