/** Waiting and talking: one room, so that what was begun while waiting goes on. */
import type { Contact } from '../model/contact';
import { composerView } from './composer-view';
import { confirmView } from './confirm-view';
import { h, put, show } from './dom';
import { messagesView } from './messages-view';
import { placeView } from './place-view';
import type { Room, View } from './view';

export function roomView(room: Room): View {
  const { say } = room;
  const heading = h('h2', { tabindex: -1 });
  const middle = h('div', {
    class: 'middle',
    tabindex: 0,
    role: 'group',
    'aria-label': say('messages.title'),
  });
  const trouble = h('p', { class: 'band', role: 'alert' });
  const typing = h('p', { class: 'typing', role: 'status' });
  const place = placeView(room);
  const messages = messagesView(room, () => middle);
  const urgent = urgentView(room);
  const leaving = leaveView(room);
  middle.append(place.el, messages.el);
  const now = h('div', { class: 'now' }, heading, leaving.el);
  const parts = [urgent.el, now, leaving.question, trouble, middle, typing, composerView(room).el];

  return {
    el: h('div', { class: 'room' }, ...parts),
    heading,
    draw(contact) {
      for (const view of [urgent, leaving, place, messages]) view.draw(contact);
      put(heading, sayTitle(room, contact));
      show(trouble, contact.trouble !== null);
      put(trouble, contact.trouble ? say.code('no', contact.trouble.code) : '');
      const isWaiting = contact.phase.at === 'waiting';
      put(
        typing,
        contact.isCounselorTyping ? say('talk.typing') : isWaiting ? say('wait.write') : '',
      );
    },
  };
}

function sayTitle({ say }: Room, { phase }: Contact): string {
  if (phase.at !== 'connected') return say('wait.title');
  const { counselor } = phase;
  return counselor ? say('talk.title', { counselor }) : say('talk.title_plain');
}

/** "I am in danger now", never more than one tap away, with police and ambulance beside it. */
function urgentView({ say, visit }: Room): View {
  const danger = h('button', { type: 'button', class: 'danger', onclick: () => visit.danger() });
  danger.append(say('danger.button'));
  const told = h('p', { class: 'small', role: 'status' });
  const call = (number: string, key: 'numbers.police' | 'numbers.ambulance') => {
    const label = say('numbers.call', { name: say(key), number });
    return h(
      'a',
      { class: 'button', href: `tel:${number}`, 'aria-label': label },
      `${say(key)} ${number}`,
    );
  };
  const row = h(
    'div',
    { class: 'row' },
    danger,
    call('110', 'numbers.police'),
    call('120', 'numbers.ambulance'),
  );
  const el = h('section', { class: 'urgent', 'aria-label': say('danger.title') }, row, told);
  return {
    el,
    draw(contact) {
      show(danger, contact.danger === 'no');
      put(told, contact.danger === 'no' ? '' : say(`danger.${contact.danger}`));
    },
  };
}

function leaveView({ say, visit }: Room): View & { question: HTMLElement } {
  let verb: 'end' | 'leave' = 'leave';
  const question = h('div');
  const close = () => {
    question.textContent = '';
    el.focus();
  };
  const ask = () => {
    question.textContent = '';
    const words = {
      question: say(`talk.${verb}_sure`),
      yes: say(`talk.${verb}_yes`),
      no: say(`talk.${verb}_no`),
    };
    question.append(confirmView({ ...words, onyes: () => visit.leave(), onno: close }));
  };
  const el = h('button', { type: 'button', class: 'plain', onclick: ask });
  return {
    el,
    question,
    draw({ phase }) {
      const isTalk = phase.at === 'connected';
      if (isTalk !== (verb === 'end')) question.textContent = '';
      verb = isTalk ? 'end' : 'leave';
      put(el, say(`talk.${verb}`));
    },
  };
}
