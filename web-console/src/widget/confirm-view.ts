/** Asks once more before something that cannot be taken back. Escape means no. */
import { domId, h } from './dom';

export interface Question {
  question: string;
  yes: string;
  no: string;
  onyes: () => void;
  onno: () => void;
}

/** The safe answer stands last, nearest the thumb, and has the focus. */
export function confirmView({ question, yes, no, onyes, onno }: Question): HTMLElement {
  const id = domId();
  const onkeydown = (event: Event) => {
    if ((event as KeyboardEvent).key === 'Escape') onno();
  };
  const refuse = h('button', { type: 'button', class: 'main', onclick: onno }, no);
  const agree = h('button', { type: 'button', onclick: onyes }, yes);
  const props = { class: 'confirm', role: 'alertdialog', 'aria-labelledby': id, onkeydown };
  const el = h('div', props, h('p', { id }, question), h('div', { class: 'row' }, agree, refuse));
  setTimeout(() => refuse.focus());
  return el;
}
