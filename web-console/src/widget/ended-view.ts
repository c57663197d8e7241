/** After the talk: who ended it, what could not be sent, how it was, and the way back. */
import type { Contact } from '../model/contact';
import { domId, h } from './dom';
import { fold } from './fold';
import { phraseView } from './phrase-view';
import { ratingView } from './rating-view';
import type { Room, View } from './view';

/** Ends at which nobody had been there to talk with: the line's own words are shown too. */
const UNHEARD = ['service_full', 'call_back_promised', 'line_closed', 'line_outage'];

export function endedView(room: Room, contact: Contact, onagain: () => void): View {
  const { say } = room;
  const reason = contact.phase.at === 'ended' ? contact.phase.reason : 'unknown';
  const title = say(reason === 'left_waiting' ? 'end.title_left' : 'end.title');
  const heading = h('h2', { tabindex: -1 }, title);
  const isUnheard = UNHEARD.includes(reason);
  const told = contact.talk.entries.filter((entry) => entry.from === 'system').pop();
  const again = say(contact.returning ? 'end.come_back' : 'end.again');
  const views = contact.hasTalked && contact.past ? [ratingView(room), phraseView(room)] : [];
  const [rating, phrase] = views;
  const more = phrase && fold(say('phrase.open'), phrase.el);
  const el = h(
    'div',
    { class: 'stack' },
    heading,
    h('p', {}, say.code('end', reason)),
    isUnheard && contact.danger !== 'no' && h('p', { class: 'notice' }, say('end.in_danger')),
    isUnheard && told !== undefined && h('p', {}, told.text),
    ...unsent(room, contact),
    rating?.el ?? null,
    h('button', { type: 'button', class: 'main wide', name: 'again', onclick: onagain }, again),
    more?.button ?? null,
    more?.panel ?? null,
    h('p', { class: 'small soft' }, say('end.trace')),
  );
  return {
    el,
    heading,
    draw(now) {
      for (const view of views) view.draw(now);
      if (now.phrase.at !== 'none') more?.toggle(true);
    },
  };
}

/** Nothing a person wrote is thrown away behind their back: it is shown until the page goes. */
function unsent({ say, visit }: Room, { talk }: Contact): HTMLElement[] {
  const lost = talk.entries.filter((entry) => entry.fate === 'refused');
  const rows = lost.map((entry) =>
    h('p', { class: 'notice small' }, `${say('no.ended')} ${entry.text}`),
  );
  if (visit.draft.trim() === '') return rows;
  const id = domId();
  const draft = h('textarea', { id, readonly: true, rows: 3, autocomplete: 'off' });
  draft.value = visit.draft;
  return [...rows, h('div', {}, h('label', { for: id, class: 'small' }, say('end.draft')), draft)];
}
