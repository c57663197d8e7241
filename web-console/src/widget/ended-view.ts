/** After the talk: who ended it, that nothing is left behind, and the way back. */
import type { Contact } from '../model/contact';
import { h } from './dom';
import type { Room, View } from './view';

/** Ends at which nobody had been there to talk with: the line's own words are shown too. */
const UNHEARD = ['service_full', 'call_back_promised', 'line_closed', 'line_outage'];

export function endedView({ say }: Room, contact: Contact, onagain: () => void): View {
  const reason = contact.phase.at === 'ended' ? contact.phase.reason : 'unknown';
  const title = say(reason === 'left_waiting' ? 'end.title_left' : 'end.title');
  const heading = h('h2', { tabindex: -1 }, title);
  const lost = contact.talk.entries.filter((entry) => entry.fate === 'refused');
  const isUnheard = UNHEARD.includes(reason);
  const told = contact.talk.entries.filter((entry) => entry.from === 'system').pop();
  const again = say(contact.returning ? 'end.come_back' : 'end.again');
  const el = h(
    'div',
    { class: 'stack' },
    heading,
    h('p', {}, say.code('end', reason)),
    isUnheard && contact.danger !== 'no' && h('p', { class: 'notice' }, say('end.in_danger')),
    isUnheard && told !== undefined && h('p', {}, told.text),
    ...lost.map((entry) => h('p', { class: 'notice small' }, `${say('no.ended')} ${entry.text}`)),
    h('button', { type: 'button', class: 'main wide', onclick: onagain }, again),
    h('p', { class: 'small soft' }, say('end.trace')),
  );
  return { el, draw: () => {}, heading };
}
