/** Waiting and talking: one room, so that what was begun while waiting goes on. */
import type { Contact } from '../model/contact';
import { calmView } from './calm-view';
import { composerView } from './composer-view';
import { h, put, show } from './dom';
import { fold } from './fold';
import { leaveView } from './leave-view';
import { messagesView } from './messages-view';
import { phraseView } from './phrase-view';
import { placeView } from './place-view';
import type { Room, View } from './view';

export function roomView(room: Room): View {
  const { ear, say } = room;
  const heading = h('h2', { tabindex: -1 });
  const label = say('messages.title');
  const middle = h('div', { class: 'middle', tabindex: 0, role: 'group', 'aria-label': label });
  const line = h('p', { class: 'typing' });
  const place = placeView(room);
  const calm = calmView(room);
  const told = h('p', { class: 'small soft seen-in' }, say('talk.supervisor'));
  const messages = messagesView(room, () => middle);
  const leaving = leaveView(room);
  const phrase = phraseView(room);
  const more = fold(say('talk.more'), phrase.el);
  const composer = composerView(room);
  middle.append(calm, told, messages.el);
  const now = h('div', { class: 'now' }, heading, more.button, leaving.el);
  const parts = [now, leaving.question, more.panel, place.el, middle, line, composer.el];
  let was: Contact['phase']['at'] = 'waiting';

  return {
    el: h('div', { class: 'room' }, ...parts),
    heading,
    draw(contact) {
      const isTalk = contact.phase.at === 'connected';
      for (const view of [leaving, place, messages, phrase, composer]) view.draw(contact);
      put(heading, sayTitle(room, contact));
      show(calm, !isTalk);
      show(more.button, isTalk);
      if (!isTalk) more.toggle(false);
      if (isTalk && was !== 'connected') ear.tell(say('talk.here'));
      was = contact.phase.at;
      put(line, sayLine(room, contact));
      line.classList.toggle('fault', contact.trouble !== null);
    },
  };
}

function sayTitle({ say }: Room, { phase }: Contact): string {
  if (phase.at !== 'connected') return say('wait.title');
  const { counselor } = phase;
  return counselor ? say('talk.title', { counselor }) : say('talk.title_plain');
}

/** One line above the field, always there: what went wrong, what is unsent, who is typing. */
function sayLine({ say, visit }: Room, contact: Contact): string {
  if (contact.trouble) return say.code('no', contact.trouble.code);
  if (contact.link !== 'up' && visit.draft !== '') return say('composer.draft_kept');
  if (contact.isCounselorTyping) return say('talk.typing');
  return contact.phase.at === 'waiting' ? say('wait.write') : '';
}
