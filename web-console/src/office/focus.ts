/** Where the keyboard goes when a row of a form comes or goes: never to nowhere. */
import { tick } from 'svelte';

/** The rows around a button, which stays when one of them goes. */
const boxOf = (event: Event) =>
  (event.currentTarget as HTMLElement).closest<HTMLElement>('.needs, li, fieldset');

/** Takes a row away and goes on at the button that adds one. */
export async function takeAway(event: Event, remove: () => void): Promise<void> {
  const box = boxOf(event);
  remove();
  await tick();
  [...(box?.querySelectorAll<HTMLElement>('button') ?? [])].at(-1)?.focus();
}

/** Adds a row of so many fields and goes on at its first. */
export async function addRow(event: Event, fields: number, add: () => void): Promise<void> {
  const box = boxOf(event);
  add();
  await tick();
  [...(box?.querySelectorAll<HTMLElement>('input, select') ?? [])].at(-fields)?.focus();
}
