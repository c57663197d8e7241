/** The ordinary way out, asked once more. */
import { confirmView } from './confirm-view';
import { h, put } from './dom';
import type { Room, View } from './view';

export function leaveView({ say, visit }: Room): View & { question: HTMLElement } {
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
