/** What an alarm says. */
import type { WatchSay } from '../i18n/watch';
import type { Alarm } from '../model/board-alarms';
import { aliases } from './orders';

/** The sentence on the board. */
export function sayAlarm(say: WatchSay, alarm: Alarm): string {
  switch (alarm.kind) {
    case 'sos':
      return say('watch.sos', { counselor: alarm.call.counselor });
    case 'danger':
    case 'long':
      return say(`watch.alarm_${alarm.kind}`, {
        count: alarm.count,
        aliases: aliases(say, alarm.aliases),
      });
    default:
      return say(`watch.alarm_${alarm.kind}`);
  }
}

/** For a lock screen that anybody may see: no name, no alias, no number. */
export function sayAlarmOutside(say: WatchSay, alarm: Alarm): string {
  return say(`watch.notify_${alarm.kind}`);
}

/** The list's key: one row for each kind, and for each call of help. */
export function alarmKey(alarm: Alarm): string {
  return alarm.kind === 'sos' ? (alarm.keys[0] ?? 'sos') : alarm.kind;
}
