/** How it was: five faces, one tap, or none at all. */
import type { Contact } from '../model/contact';
import { domId, h, put, show } from './dom';
import type { Room, View } from './view';

const SCORES = [1, 2, 3, 4, 5] as const;
export function ratingView({ ear, say, visit }: Room): View {
  const id = domId();
  const buttons = SCORES.map((score) => {
    const onclick = () => visit.rate(score);
    const props = { type: 'button', class: 'score', 'aria-pressed': 'false', onclick };
    const face = h('span', { class: `face face-${score}`, 'aria-hidden': 'true' });
    return h('button', props, face, h('span', {}, say(`rate.${score}`)));
  });
  const told = h('p', { class: 'small told' }, say('rate.hint'));
  const skip = h('button', { type: 'button', class: 'plain', onclick: () => show(el, false) });
  skip.append(say('rate.skip'));
  const question = h('h3', { id }, say('rate.question'));
  const foot = h('div', { class: 'foot' }, told, skip);
  const scores = h('div', { class: 'scores' }, ...buttons);
  const props = { class: 'rating', role: 'group', 'aria-labelledby': id };
  const el = h('section', props, question, scores, foot);

  function draw({ rating }: Contact): void {
    const chosen = rating.at === 'sending' || rating.at === 'given' ? rating.score : 0;
    buttons.forEach((button, at) => {
      button.setAttribute('aria-pressed', String(at + 1 === chosen));
    });
    const isDone = rating.at === 'given' || rating.at === 'refused';
    const text = say(rating.at === 'given' ? 'rate.thanks' : isDone ? 'rate.failed' : 'rate.hint');
    if (isDone && told.textContent !== text) ear.tell(text);
    put(told, text);
    // Its place stays: nothing jumps under the thumb.
    skip.classList.toggle('unseen', isDone);
  }
  return { el, draw };
}
