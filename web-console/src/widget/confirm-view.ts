/** Asks once more before something that cannot be taken back. Escape means no. */
import { domId, h } from './dom';

export interface Question {
  question: string;
  yes: string;
  no: string;
  onyes: () => void;
  onno: () => void;
}

export function confirmView({ question, yes, no, onyes, onno }: Question): HTMLElement {
  const id = domId();
  const onkeydown = (event: Event) => {
    if ((event as KeyboardEvent).key === 'Escape') onno();
  };
  const refuse = h('button', { type: 'button', onclick: onno }, no);
  const agree = h('button', { type: 'button', class: 'main', onclick: onyes }, yes);
  const props = { class: 'confirm', role: 'alertdialog', 'aria-labelledby': id, onkeydown };
  const el = h('div', props, h('p', { id }, question), h('div', { class: 'row' }, refuse, agree));
  setTimeout(() => refuse.focus());
  return el;
}
