/** The explanation of a pick as one sentence that a supervisor can read aloud. */
import { sayLength } from '../i18n/console';
import { named } from '../i18n/say';
import type { WatchSay } from '../i18n/watch';
import type { LineHealth, PickShown } from '../protocol/desk';

export function sayPick(say: WatchSay, pick: PickShown, lines: readonly LineHealth[]): string {
  const line = lines.find((one) => one.line === pick.line);
  return say('watch.pick', {
    line: line ? named(say.lang, line) : pick.line || say('watch.pick_line'),
    contact: pick.contact_alias,
    risk: say(`risk.${pick.risk}`),
    waited: sayLength(say, pick.waited_ms),
    counselor: pick.counselor,
    rule: say.code('rule', pick.rule),
    who: sayWho(say, pick),
  });
}

function sayWho(say: WatchSay, pick: PickShown): string {
  const values = {
    considered: pick.counselors_considered,
    fit: pick.fit,
    idle: sayLength(say, pick.idle_ms),
  };
  const who = say(
    pick.counselors_considered > 1 ? 'watch.pick_who' : 'watch.pick_who_only',
    values,
  );
  const { runner_up } = pick;
  const next = runner_up ? say('watch.pick_runner_up', { runner_up }) : '';
  return who + next + (pick.step > 0 ? say('watch.pick_step', { step: pick.step + 1 }) : '');
}
