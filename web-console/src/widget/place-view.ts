/** The truth about the queue, in words a frightened person can hold on to. */
import type { WidgetSay } from '../i18n/widget';
import type { Place } from '../model/contact';
import { h, put, show } from './dom';
import type { Room, View } from './view';

export function placeView({ say }: Room): View {
  const why = h('p', { role: 'status' });
  const position = h('p', { class: 'position' });
  const estimate = h('p');
  const all = h('p', { class: 'small soft' });
  const status = h('div', { role: 'status' }, position, estimate);
  const rest = h('p', { class: 'small soft' }, say('wait.keep'));
  const circle = breathing(say);
  const el = h('div', { class: 'place' }, why, status, all, rest, circle);

  return {
    el,
    draw({ phase, talk }) {
      show(el, phase.at === 'waiting');
      if (phase.at !== 'waiting') return;
      const { place } = phase;
      put(why, phase.why ? say.code('why', phase.why) : '');
      put(position, place ? sayPosition(say, place) : say('wait.placing'));
      put(estimate, place ? sayEstimate(say, place.estimate_s) : '');
      put(all, place && place.waiting > 1 ? say('wait.all', { waiting: place.waiting }) : '');
      show(circle, talk.entries.length === 0);
    },
  };
}

function sayPosition(say: WidgetSay, { position }: Place): string {
  return position <= 1 ? say('wait.next') : say('wait.place', { position });
}

/** Whole minutes, never more exact than the server's own range. */
function sayEstimate(say: WidgetSay, range: Place['estimate_s']): string {
  if (!range) return say('wait.no_estimate');
  const low = Math.max(1, Math.floor(range[0] / 60));
  const high = Math.ceil(range[1] / 60);
  return high <= 2 ? say('wait.estimate_soon') : say('wait.estimate', { low, high });
}

/** A circle to breathe with; still, and only words, for those who ask for less motion. */
function breathing(say: WidgetSay): HTMLElement {
  const words = [h('span', {}, say('breathe.in')), h('span', {}, say('breathe.out'))];
  return h(
    'section',
    { class: 'breathe', 'aria-label': say('breathe.title') },
    h('h3', {}, say('breathe.title')),
    h('div', { class: 'circle', 'aria-hidden': 'true' }, ...words),
    h('p', { class: 'small soft' }, say('breathe.how')),
  );
}
