/**
 * Something to breathe with: a circle that grows and shrinks; for who asks for less motion,
 * and on a low screen, the same count in a still row to follow with a finger.
 */
import type { WidgetSay } from '../i18n/widget';
import { h } from './dom';

export function breatheView(say: WidgetSay): HTMLElement {
  const circle = h(
    'div',
    { class: 'circle', 'aria-hidden': 'true' },
    h('span', {}, say('breathe.in')),
    h('span', {}, say('breathe.out')),
  );
  const counts = h(
    'div',
    { class: 'counts', 'aria-hidden': 'true' },
    count(say('breathe.in'), 4),
    count(say('breathe.out'), 6),
  );
  const how = h('p', { class: 'small' }, say('breathe.how'));
  return h('div', { class: 'breathe' }, h('h3', {}, say('breathe.title')), circle, counts, how);
}

function count(word: string, to: number): HTMLElement {
  const beats = Array.from({ length: to }, (_, at) => h('b', {}, String(at + 1)));
  return h('p', {}, h('span', {}, word), ...beats);
}
