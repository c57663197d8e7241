/** "I am in danger now": one tap in every state, police and ambulance beside it, without network too. */
import type { Contact } from '../model/contact';
import { h, put, show } from './dom';
import type { Room, View } from './view';

/** `isShut`: nobody could come, so the tap says at once whom to call. */
export function urgentView({ ear, say, visit }: Room, isShut: () => boolean): View {
  let isToldShut = false;
  const press = () => {
    const { phase, danger } = visit.contact;
    isToldShut = isShut() && phase.at !== 'waiting' && phase.at !== 'connected';
    if (isToldShut || (danger !== 'no' && phase.at !== 'ended')) draw(visit.contact);
    else visit.danger(say.lang);
  };
  const button = h('button', { type: 'button', class: 'danger', name: 'danger', onclick: press });
  button.append(say('danger.button'));
  const told = h('p', { class: 'small told' });
  const row = h('div', { class: 'row' }, button, call('110', 'police'), call('120', 'ambulance'));

  function call(number: string, key: 'police' | 'ambulance'): HTMLElement {
    const name = say(`numbers.${key}`);
    const label = say('numbers.call', { name, number });
    const props = { class: 'button', href: `tel:${number}`, 'aria-label': label };
    return h('a', props, h('span', { class: 'name' }, `${name} `), number);
  }
  function wordsFor({ danger, link, phase }: Contact): string {
    if (isToldShut) return say('danger.closed');
    if (danger === 'no' || phase.at === 'ended') return '';
    if (phase.at === 'door') return say('danger.offline');
    if (danger === 'noted' && phase.at === 'connected') return say('danger.noted_talk');
    return say(danger === 'said' && link === 'down' ? 'danger.offline' : `danger.${danger}`);
  }
  function draw(contact: Contact): void {
    const text = wordsFor(contact);
    // That a counselor has come is told by the talk; the same news is not read out again.
    const isSame = told.textContent === say('danger.noted') && contact.phase.at === 'connected';
    if (text && text !== told.textContent && !isSame) ear.tell(text);
    button.setAttribute('aria-pressed', String(text !== ''));
    put(told, text);
    show(told, text !== '');
  }
  return {
    el: h('section', { class: 'urgent', 'aria-label': say('danger.title') }, row, told),
    draw,
  };
}
