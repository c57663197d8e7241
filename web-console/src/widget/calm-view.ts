/** What to do while waiting: breathe, look around, read. One at a time, closed again at a tap. */
import { breatheView } from './breathe-view';
import { domId, h } from './dom';
import { groundView } from './ground-view';
import { readView } from './read-view';
import { lookupReadings } from './readings';
import type { Calm, Room } from './view';

const TABS = ['breathe', 'ground', 'read'] as const;
/** The queue first; then what may be read, so that it is there when the network is not. */
const FETCH_AFTER_MS = 3_000;

export function calmView(room: Room): HTMLElement {
  const { memory, say } = room;
  const id = domId();
  const panel = h('div', { id, class: 'panel' });
  const buttons = TABS.map((tab) => {
    const onclick = () => open(memory.calm.tab === tab ? null : tab);
    return h('button', { type: 'button', 'aria-controls': id, onclick }, say(`calm.${tab}`));
  });

  function open(tab: Calm['tab']): void {
    memory.calm.tab = tab;
    buttons.forEach((button, at) => {
      button.setAttribute('aria-expanded', String(TABS[at] === tab));
    });
    panel.textContent = '';
    if (tab === 'breathe') panel.append(breatheView(say));
    if (tab === 'ground') panel.append(groundView(room));
    if (tab === 'read') panel.append(readView(room));
  }
  open(memory.calm.tab);
  setTimeout(() => lookupReadings(room.home, say.lang).catch(() => {}), FETCH_AFTER_MS);
  const choice = h('div', { class: 'row tabs' }, ...buttons);
  return h('section', { class: 'calm', 'aria-label': say('calm.title') }, choice, panel);
}
