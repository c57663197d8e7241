/** Five things to see, four to touch, three to hear, two to smell, one to taste. */
import { h, put } from './dom';
import type { Room } from './view';

const STEPS = 5;

export function groundView({ ear, memory, say }: Room): HTMLElement {
  const { calm } = memory;
  const where = h('p', { class: 'small soft' });
  const what = h('p', { class: 'large' });
  const next = h('button', { type: 'button', onclick: go });

  function go(): void {
    calm.step = calm.step > STEPS ? 1 : calm.step + 1;
    draw();
    ear.tell(`${where.textContent} ${what.textContent}`);
  }
  function draw(): void {
    const { step } = calm;
    const isUnderWay = step > 0 && step <= STEPS;
    put(where, isUnderWay ? say('ground.step', { step }) : '');
    put(what, words(step));
    const verb = step === 0 ? 'start' : isUnderWay ? 'next' : 'again';
    put(next, say(`ground.${verb}`));
  }
  function words(step: number): string {
    if (step === 0) return say('ground.intro');
    return step > STEPS ? say('ground.done') : say.code('ground', String(step));
  }
  draw();
  return h('div', { class: 'ground' }, where, what, next);
}
