/** Faults, lengths and drafts in words. */
import { sayLength } from '../i18n/console';
import type { OfficeSay } from '../i18n/office';
import { named } from '../i18n/say';
import type { Lists } from '../model/office';
import type { Fault } from '../model/office-fault';
import { clockOf, endOf, hoursOf, shownOn, type WeekDraft } from '../model/office-hours';
import type { LineDraft } from '../model/office-line';
import type { CounselorDraft, ReplyDraft } from '../model/office-people';
import type { Rung, StepDraft } from '../model/office-plan';
import type { OfficeLine, OfficeSkill } from '../protocol/office';

/** What is wrong and what would be right; the server's own words where it complained. */
export function sayFault(say: OfficeSay, fault: Fault): string {
  const theirs = say.lang === 'en' ? fault.message : fault.message_zh;
  return theirs || say.code('fault', fault.code, fault.values);
}

/** Words for the fields of a draft, by the first part of the path, or by what follows a number. */
const LABELS: Record<string, string> = {
  'lines.code': 'line.code',
  'lines.name': 'line.name',
  'lines.name_en': 'line.name_en',
  'lines.owner': 'line.owner',
  'lines.numbers': 'line.numbers',
  'lines.greeting': 'line.greeting',
  'lines.greeting_en': 'line.greeting_en',
  'lines.crisis_numbers': 'line.crisis',
  'lines.week': 'week.title',
  'lines.steps': 'plan.title',
  'lines.last_rung': 'rung.title',
  'lines.threshold_s': 'line.threshold_s',
  'lines.greeting_s': 'line.greeting_s',
  'lines.waiting_max': 'line.waiting_max',
  'lines.triage_seats': 'line.seats',
  'counselors.alias': 'counselor.alias',
  'counselors.chats_max': 'counselor.chats_max',
  'counselors.skills': 'counselor.skills',
  'counselors.removed': 'counselor.present',
  'skills.code': 'skill.code',
  'skills.name': 'skill.name',
  'skills.name_en': 'skill.name_en',
  'replies.title': 'reply.title',
  'replies.text': 'reply.text',
  'replies.line': 'reply.line',
  'accounts.username': 'account.username',
  'accounts.alias': 'account.alias',
  'accounts.role': 'account.role',
};

/** The marks between words, as the language writes them. */
export const colonOf = (say: OfficeSay): string => (say.lang === 'en' ? ': ' : '：');
export const semicolonOf = (say: OfficeSay): string => (say.lang === 'en' ? '; ' : '；');
const inBrackets = (say: OfficeSay, text: string) =>
  say.lang === 'en' ? ` (${text})` : `（${text}）`;
const sayWhether = (say: OfficeSay, is: boolean) => say(is ? 'conflict.yes' : 'conflict.no');

/** Which field, in words, with a colon; a step and a day are named. */
export function sayField(say: OfficeSay, section: string, field: string): string {
  const [first = '', second = '', third = ''] = field.split('.');
  const key = LABELS[`${section}.${first}`];
  const parts = key ? [say(key as Parameters<OfficeSay>[0])] : [];
  if (first === 'steps' && second) parts.push(say('plan.step', { place: Number(second) + 1 }));
  if (first === 'week' && second === 'days') parts.push(sayDay(say, Number(third)));
  return parts.length ? parts.join(say('rung.comma')) + colonOf(say) : '';
}

export const sayDay = (say: OfficeSay, day: number): string => say.code('week', `day_${day}`);

/** A length of time from seconds. */
export function sayS(say: OfficeSay, seconds: number): string {
  const isHours = seconds > 0 && seconds % 3600 === 0;
  return isHours ? say('plan.hours', { h: seconds / 3600 }) : sayLength(say, seconds * 1000);
}

export function sayLevel(say: OfficeSay, level: number): string {
  return say('level.said', { level, word: say.code('level', String(level)) });
}

export function saySkill(say: OfficeSay, skills: readonly OfficeSkill[], code: string): string {
  const skill = skills.find((one) => one.code === code);
  return skill ? named(say.lang, skill) : code;
}

function sayStep(say: OfficeSay, step: StepDraft, skills: readonly OfficeSkill[]): string {
  if (step.skills === null) return say('plan.fixed');
  const needs = step.skills.map(
    ({ skill, at_least }) =>
      `${saySkill(say, skills, skill)} ${say('plan.at_least')} ${sayLevel(say, at_least)}`,
  );
  const who = needs.length ? needs.join(` ${say('plan.and')} `) : say('plan.anyone');
  return who + inBrackets(say, sayS(say, step.widens_after_s ?? 0));
}

export function sayRung(say: OfficeSay, rung: Rung, lines: readonly OfficeLine[]): string {
  if (rung.kind === '') return say('rung.none');
  const line = lines.find((one) => one.code === rung.line);
  const to = rung.kind === 'forward' && line ? ` ${named(say.lang, line)}` : '';
  return say(`rung.${rung.kind}`) + to;
}

function sayWeek(say: OfficeSay, week: WeekDraft): string {
  if (week.isAlways || !hoursOf(week)) return say('week.always');
  const days = week.days.map((_, day) => {
    const spans = shownOn(week, day).map(([from, to]) => `${clockOf(from)}–${endOf(to)}`);
    return `${sayDay(say, day)} ${spans.join(say('rung.comma')) || say('week.closed')}`;
  });
  return days.join(semicolonOf(say));
}

/** A line's draft as sentences, always in the same order. */
export function tellLine(
  say: OfficeSay,
  draft: LineDraft,
  { skills, lines, counselors }: Lists,
): [string, string][] {
  const numbers = draft.crisis_numbers.map((one) => `${one.number} ${one.name} ${one.name_en}`);
  const seats = counselors.filter((one) => draft.triage_seats.includes(one.counselor_id));
  const steps = draft.steps.map((step, at) => `${at + 1}. ${sayStep(say, step, skills)}`);
  return [
    [say('line.name'), draft.name],
    [say('line.name_en'), draft.name_en],
    [say('line.owner'), draft.owner],
    [say('line.numbers'), draft.numbers.join(say('rung.comma'))],
    [say('line.greeting'), draft.greeting],
    [say('line.greeting_en'), draft.greeting_en],
    [say('line.crisis'), numbers.join(semicolonOf(say))],
    [say('week.title'), sayWeek(say, draft.week)],
    [say('plan.title'), steps.join(semicolonOf(say))],
    [say('rung.title'), sayRung(say, draft.last_rung, lines)],
    [say('line.threshold_s'), String(draft.threshold_s)],
    [say('line.greeting_s'), String(draft.greeting_s)],
    [say('line.waiting_max'), String(draft.waiting_max)],
    [say('line.mixes'), sayWhether(say, draft.mixes_voice_and_chat)],
    [say('line.seats'), seats.map((one) => one.alias).join(say('rung.comma'))],
  ];
}

export function tellCounselor(
  say: OfficeSay,
  draft: CounselorDraft,
  skills: readonly OfficeSkill[],
): [string, string][] {
  const had = Object.entries(draft.levels).filter(([, level]) => level > 0);
  const said = had.map(([code, level]) => `${saySkill(say, skills, code)} ${level}`);
  return [
    [say('counselor.alias'), draft.alias],
    [say('counselor.skills'), said.join(say('rung.comma'))],
    [say('counselor.takes_voice'), sayWhether(say, draft.takes_voice)],
    [say('counselor.chats_max'), String(draft.chats_max)],
    [say('counselor.present'), say(draft.removed ? 'counselor.is_removed' : 'counselor.is_there')],
  ];
}

export function tellReply(say: OfficeSay, draft: ReplyDraft, { doors }: Lists): [string, string][] {
  const door = doors.find(({ line }) => line === draft.line);
  return [
    [say('reply.title'), draft.title],
    [say('reply.text'), draft.text],
    [say('reply.locale'), say(`reply.locale_${draft.locale}`)],
    [say('reply.line'), door ? named(say.lang, door) : draft.line || say('reply.line_all')],
  ];
}
