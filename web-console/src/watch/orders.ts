/** Orders that change somebody's night: what each will do, said before it is given. */

import { named } from '../i18n/say';
import type { WatchSay } from '../i18n/watch';
import { waitingOf } from '../model/board';
import { isDanger } from '../model/board-alarms';
import type { FromDesk, LineHealth, QueueHealth } from '../protocol/desk';

/** What somebody is about to order; looked at against the newest health until it is given. */
export type Asked =
  | { is: 'outage' | 'switchboard'; line: string; on: boolean }
  | { is: 'log_out'; counselor_id: string }
  | { is: 'close'; contact_id: string };

export interface Order {
  title: string;
  /** What happens, one sentence each. */
  points: string[];
  yes: string;
  frame: FromDesk;
}

export const aliases = (say: WatchSay, names: readonly string[]) =>
  names.join(say.lang === 'en' ? ', ' : '、');

/** Null when there is nothing left to order. */
export function orderOf(say: WatchSay, asked: Asked, health: QueueHealth): Order | null {
  switch (asked.is) {
    case 'outage':
      return outage(say, asked, health);
    case 'switchboard':
      return switchboard(say, asked, health);
    case 'log_out':
      return logOut(say, asked.counselor_id, health);
    case 'close':
      return close(say, asked.contact_id, health);
  }
}

type Switch = Extract<Asked, { line: string }>;

function outage(say: WatchSay, { line, on }: Switch, health: QueueHealth): Order | null {
  const found = lineOf(health, line);
  if (!found) return null;
  const values = { line: named(say.lang, found) };
  const frame: FromDesk = { type: 'outage', line, on };
  if (!on) {
    const points = [say('watch.outage_off_new'), say('watch.outage_off_gone')];
    return { title: say('watch.outage_off', values), points, yes: say('watch.outage_end'), frame };
  }
  const waiting = waitingOf(found) + found.offered;
  const danger = health.waiting.filter((one) => one.line === line && isDanger(one.risk)).length;
  const points = [
    say('watch.outage_on_new'),
    waiting > 0 ? say('watch.outage_on_waiting', { waiting }) : say('watch.outage_on_nobody'),
    ...(danger > 0 ? [say('watch.outage_on_danger', { danger })] : []),
    say('watch.outage_on_talks', { talking: found.talking }),
    say('watch.outage_on_until'),
  ];
  return { title: say('watch.outage_ask', values), points, yes: say('watch.outage'), frame };
}

function switchboard(say: WatchSay, { line, on }: Switch, health: QueueHealth): Order | null {
  const found = lineOf(health, line);
  if (!found) return null;
  const values = { line: named(say.lang, found) };
  const frame: FromDesk = { type: 'switchboard_mode', line, on };
  if (!on) {
    const points = [say('watch.switchboard_off_new')];
    const title = say('watch.switchboard_off', values);
    return { title, points, yes: say('watch.switchboard_end'), frame };
  }
  const points = [
    say('watch.switchboard_on_new'),
    say('watch.switchboard_on_talks'),
    say('watch.switchboard_on_seats'),
  ];
  const title = say('watch.switchboard_ask', values);
  return { title, points, yes: say('watch.switchboard'), frame };
}

function logOut(say: WatchSay, counselor_id: string, health: QueueHealth): Order | null {
  const found = health.counselors.find((one) => one.counselor_id === counselor_id);
  if (!found) return null;
  const { alias: counselor, talks, wrap_ups, ringing, contacts } = found;
  const points = [
    talks > 0
      ? say('watch.log_out_talks', { talks, aliases: aliases(say, contacts) })
      : say('watch.log_out_free'),
    ...(talks > 0 ? [say('watch.log_out_told')] : []),
    ...(wrap_ups > 0 ? [say('watch.log_out_notes', { wrap_ups })] : []),
    ...(ringing ? [say('watch.log_out_ringing')] : []),
    say('watch.log_out_back'),
  ];
  const frame: FromDesk = { type: 'log_out', counselor_id };
  return {
    title: say('watch.log_out_ask', { counselor }),
    points,
    yes: say('watch.log_out'),
    frame,
  };
}

function close(say: WatchSay, contact_id: string, health: QueueHealth): Order | null {
  const talk = health.talks.find((one) => one.contact_id === contact_id);
  if (!talk) return null;
  const points = [
    say('watch.close_seeker'),
    say('watch.close_counselor', { counselor: talk.counselor }),
    ...(isDanger(talk.risk) ? [say('watch.close_danger', { risk: say(`risk.${talk.risk}`) })] : []),
  ];
  const title = say('watch.close_ask', { alias: talk.alias });
  return { title, points, yes: say('watch.close'), frame: { type: 'close', contact_id } };
}

function lineOf(health: QueueHealth, line: string): LineHealth | undefined {
  return health.lines.find((one) => one.line === line);
}
