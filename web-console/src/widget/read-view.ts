/** A list of short readings, one open at a time. */
import { h } from './dom';
import { lookupReadings, type Reading } from './readings';
import type { Room } from './view';

export function readView({ home, memory, say }: Room): HTMLElement {
  const { calm } = memory;
  const el = h('div', { class: 'read' });
  let readings: readonly Reading[] = [];

  function open(at: number | null, movesFocus = true): void {
    calm.reading = at;
    el.textContent = '';
    const reading = at === null ? undefined : readings[at];
    const shown = reading ? article(reading, () => open(null)) : list();
    el.append(shown);
    if (movesFocus) shown.querySelector<HTMLElement>('h3, button')?.focus();
  }
  function list(): HTMLElement {
    const rows = readings.map(({ title }, at) => {
      const button = h('button', { type: 'button', class: 'wide', onclick: () => open(at) }, title);
      return h('li', {}, button);
    });
    return h('ul', {}, ...rows);
  }
  function article({ title, paragraphs }: Reading, onback: () => void): HTMLElement {
    const heading = h('h3', { tabindex: -1 }, title);
    const back = h('button', { type: 'button', onclick: onback }, say('read.back'));
    return h('article', {}, heading, ...paragraphs.map((text) => h('p', {}, text)), back);
  }
  async function load(): Promise<void> {
    el.append(h('p', { class: 'small soft' }, say('read.loading')));
    try {
      readings = await lookupReadings(home, say.lang);
      open(calm.reading, false);
    } catch {
      el.textContent = '';
      el.append(h('p', { class: 'notice small', role: 'alert' }, say('read.failed')));
    }
  }
  void load();
  return el;
}
