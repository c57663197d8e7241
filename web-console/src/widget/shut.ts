/** A line that takes nobody now: why, when it opens, and what to do instead. */
import type { WidgetSay } from '../i18n/widget';
import { type OpensWhen, whenOf } from '../model/opens';
import type { LineDoor } from '../protocol/lobby';
import { h } from './dom';

export interface Shut {
  because: 'hours' | 'outage' | 'plain' | 'full';
  opens_at: string | null;
}

/** What a door may say beside its name; a server that says less is believed as far as it goes. */
type Told = LineDoor & {
  opens_at?: string | null;
  closed_because?: 'hours' | 'outage' | null;
  is_full?: boolean;
};

export function shutOf(door: Told | null): Shut | null {
  if (!door) return null;
  if (!door.open)
    return { because: door.closed_because ?? 'plain', opens_at: door.opens_at ?? null };
  return door.is_full ? { because: 'full', opens_at: null } : null;
}

export function shutNotice(say: WidgetSay, { because, opens_at }: Shut): HTMLElement {
  const when = opens_at ? sayWhen(say, opens_at) : '';
  return h(
    'div',
    { class: 'notice stack' },
    h('p', {}, say(because === 'full' ? 'door.full' : `door.closed_${because}`)),
    when !== '' && h('p', { class: 'large' }, say('door.opens', { when })),
    because !== 'full' && h('p', {}, say('door.opens_here')),
    h('p', {}, say('door.call_now')),
  );
}

function sayWhen(say: WidgetSay, opens_at: string): string {
  const now = new Date();
  const when = whenOf(opens_at, now.getTime(), -now.getTimezoneOffset());
  return when ? say(`when.${when.day}`, valuesOf(say, when)) : '';
}

function valuesOf(say: WidgetSay, when: OpensWhen): Record<string, string | number> {
  if (when.day !== 'weekday') return { ...when };
  return { ...when, weekday: say.code('when', `weekday_${when.weekday}`) };
}
