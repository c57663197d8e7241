/** Telephone numbers that help now, one tap each. */
import { named } from '../i18n/say';
import type { WidgetSay } from '../i18n/widget';
import type { CrisisNumber, LineDoor } from '../protocol/lobby';
import { h } from './dom';

export function numbersView(say: WidgetSay, line: string, door: LineDoor | null): HTMLElement {
  const rows = numbersOf(say, line, door).map((entry) => {
    const link = h('a', { href: `tel:${entry.number}` }, `${named(say.lang, entry)} `);
    link.append(h('b', {}, entry.number));
    return h('li', {}, link);
  });
  const title = say('numbers.title');
  return h(
    'section',
    { class: 'numbers', 'aria-label': title },
    h('h2', {}, title),
    h('ul', {}, ...rows),
  );
}

/** The line's own list first, then the numbers that hold everywhere; each once. */
function numbersOf(say: WidgetSay, line: string, door: LineDoor | null): CrisisNumber[] {
  const here = (number: string, key: 'police' | 'ambulance' | '12356' | 'line') => {
    const name = say(`numbers.${key}`);
    return { number, name, name_en: name };
  };
  const own = door ? { number: line, name: door.name, name_en: door.name_en } : here(line, 'line');
  const always = [here('110', 'police'), here('120', 'ambulance'), here('12356', '12356'), own];
  const all = [...(door?.crisis_numbers ?? []), ...always];
  return all.filter((one, at) => all.findIndex((other) => other.number === one.number) === at);
}
