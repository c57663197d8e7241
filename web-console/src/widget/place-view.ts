/** The truth about the queue, in words a frightened person can hold on to. It stays in sight. */
import type { WidgetSay } from '../i18n/widget';
import type { Contact } from '../model/contact';
import type { Place } from '../model/place';
import { h, put, show } from './dom';
import type { Room, View } from './view';

const MINUTE_S = 60;
/** From here on hours are said, and another number is named. */
const LONG_S = 30 * MINUTE_S;
const HOURS_S = 90 * MINUTE_S;

export function placeView({ ear, say }: Room): View {
  const position = h('p', { class: 'position' });
  const estimate = h('p', { class: 'estimate' });
  const all = h('span', { class: 'small soft all' });
  const note = h('p', { class: 'small soft note' });
  const el = h(
    'div',
    { class: 'place' },
    h('div', { class: 'line' }, position, all),
    estimate,
    note,
  );

  return {
    el,
    draw({ phase }) {
      show(el, phase.at === 'waiting');
      if (phase.at !== 'waiting') return;
      const { place } = phase;
      const where = place ? sayPosition(say, place) : say('wait.placing');
      const isMoved = where !== position.textContent;
      put(position, where);
      put(estimate, place ? sayEstimate(say, place.estimate_s) : '');
      put(all, place && place.waiting > 1 ? say('wait.all', { waiting: place.waiting }) : '');
      put(note, noteOn(say, phase));
      // The estimate alone changes often; it is read out with the next step forward.
      if (isMoved && place) {
        ear.mention(
          say('wait.aloud', { where, estimate: sayEstimate(say, place.estimate_s) }) +
            badNews(say, place),
        );
      }
    },
  };
}

function sayPosition(say: WidgetSay, { position }: Place): string {
  return position <= 1 ? say('wait.next') : say('wait.place', { position });
}

/** Whole minutes, never more exact than the server's own range. */
function sayEstimate(say: WidgetSay, range: Place['estimate_s']): string {
  if (!range) return say('wait.no_estimate');
  const [low_s, high_s] = range;
  const span = (unit_s: number) => ({
    low: Math.max(1, Math.floor(low_s / unit_s)),
    high: Math.ceil(high_s / unit_s),
  });
  if (high_s > HOURS_S) return say('wait.estimate_hours', span(60 * MINUTE_S));
  if (high_s <= 3 * MINUTE_S) return say('wait.estimate_soon');
  return say('wait.estimate', span(MINUTE_S));
}

/** One place for what explains, always there, so that nothing below it jumps. */
function noteOn(say: WidgetSay, phase: Extract<Contact['phase'], { at: 'waiting' }>): string {
  const { place, why } = phase;
  const bad = place ? badNews(say, place) : '';
  const reason = why ? say.code('why', why) : '';
  const calm = place && !place.estimate_s ? 'wait.not_forgotten' : 'wait.keep';
  return bad || reason || say(isLong(place) ? 'wait.long' : calm);
}

function badNews(say: WidgetSay, { worse }: Place): string {
  return worse ? say(`wait.${worse}`) : '';
}

function isLong(place: Place | null): boolean {
  return (place?.estimate_s?.[0] ?? 0) >= LONG_S;
}
