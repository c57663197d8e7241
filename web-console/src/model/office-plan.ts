/**
 * A routing plan while it is written: who would match each step, and how it widens over time.
 *
 * A step stands for itself: who met the step before and not this one is no longer asked.
 */

import type {
  OfficeCounselor,
  OfficeLine,
  OfficeSkill,
  OfficeStep,
  StepSkill,
} from '../protocol/office';
import type { Faults, Typed } from './office-fault';

export interface StepDraft {
  /** `null` where the stored step says more than a list of skills can. */
  skills: StepSkill[] | null;
  widens_after_s: Typed;
  fixed: boolean;
  stored_step: number | null;
}
export type Rung = { kind: '' | 'full' | 'call_back' | 'forward'; line: string };

/** The server's limits. */
const STEPS_MAX = 20;
const SKILLS_MAX = 10;
export const WIDENS_AFTER_S_MAX = 86_400;

export const stepOf = (step: OfficeStep): StepDraft => ({
  skills: step.skills?.map((skill) => ({ ...skill })) ?? null,
  widens_after_s: step.widens_after_s,
  fixed: step.fixed,
  stored_step: step.stored_step ?? null,
});
/** A step that anybody meets. */
export const emptyStep = (): StepDraft => ({
  skills: [],
  widens_after_s: 30,
  fixed: false,
  stored_step: null,
});

export type StepWarning = 'nobody' | 'no_chat' | 'no_voice' | 'unread' | 'same' | 'loses';
export interface StepCheck {
  /** `null` where this screen cannot read the step. */
  counselors: readonly OfficeCounselor[] | null;
  /** How many are asked that the step before did not ask; all of them at the first. */
  newcomers: number;
  /** How many the step before asked and this one does not. */
  lost: number;
  warnings: readonly StepWarning[];
}

export function meets(counselor: OfficeCounselor, step: StepDraft): boolean {
  return (step.skills ?? []).every((wanted) =>
    counselor.skills.some(({ skill, level }) => skill === wanted.skill && level >= wanted.at_least),
  );
}

/** Who would be asked at each step, of those who take part. */
export function checkPlan(
  steps: readonly StepDraft[],
  counselors: readonly OfficeCounselor[],
): StepCheck[] {
  const present = counselors.filter(
    (one) => !one.removed && (one.takes_voice || one.chats_max > 0),
  );
  const matched = steps.map((step) =>
    step.skills === null ? null : present.filter((one) => meets(one, step)),
  );
  return matched.map((now, place) => {
    const before = place > 0 ? (matched[place - 1] ?? null) : [];
    if (!now) return { counselors: null, newcomers: 0, lost: 0, warnings: ['unread'] };
    const newcomers = now.filter((one) => !before?.includes(one)).length;
    const lost = before?.filter((one) => !now.includes(one)).length ?? 0;
    // The last step also drops what the seeker asked for, so it widens even to the same people.
    const isEnd = place === 0 || place === steps.length - 1;
    const hasChange = isEnd || before === null || newcomers > 0 || lost > 0;
    return { counselors: now, newcomers, lost, warnings: warningsOf(now, hasChange, lost) };
  });
}

function warningsOf(
  now: readonly OfficeCounselor[],
  hasChange: boolean,
  lost: number,
): StepWarning[] {
  if (now.length === 0) return ['nobody'];
  const warnings: StepWarning[] = [];
  if (now.every((one) => one.chats_max === 0)) warnings.push('no_chat');
  if (now.every((one) => !one.takes_voice)) warnings.push('no_voice');
  if (!hasChange) warnings.push('same');
  if (lost > 0) warnings.push('loses');
  return warnings;
}

export interface Reach {
  from_s: number;
  to_s: number;
  /** `null` where nobody can say. */
  count: number | null;
}

/** From when to when each step asks, and how many it asks. */
export function reachesOf(steps: readonly StepDraft[], checks: readonly StepCheck[]): Reach[] {
  let from_s = 0;
  return steps.map((step, place) => {
    const to_s = from_s + Math.max(0, step.widens_after_s ?? 0);
    const reach = { from_s, to_s, count: checks[place]?.counselors?.length ?? null };
    from_s = to_s;
    return reach;
  });
}

/** The steps with one moved up (-1) or down (+1). */
export function moved<T>(list: readonly T[], place: number, by: -1 | 1): T[] {
  const [one, other] = [list[place], list[place + by]];
  if (one === undefined || other === undefined) return [...list];
  return list.map((item, at) => (at === place ? other : at === place + by ? one : item));
}

/** Faults at `steps`, `steps.PLACE.…`, `last_rung.…`. */
export function checkSteps(
  steps: readonly StepDraft[],
  skills: readonly OfficeSkill[],
  faults: Faults,
): void {
  faults.count('steps', steps.length, 1, STEPS_MAX);
  for (const [place, step] of steps.entries()) {
    const field = `steps.${place}`;
    faults.number(`${field}.widens_after_s`, step.widens_after_s, 1, WIDENS_AFTER_S_MAX);
    const wanted = step.skills ?? [];
    if (wanted.length > SKILLS_MAX) faults.add(`${field}.skills`, 'too_many', { max: SKILLS_MAX });
    faults.eachOnce(
      `${field}.skills`,
      wanted.map(({ skill }) => skill),
      '.skill',
    );
    for (const [at, { skill, at_least }] of wanted.entries()) {
      if (skills.every((known) => known.code !== skill)) {
        faults.add(`${field}.skills.${at}.skill`, skill === '' ? 'choose_skill' : 'no_such_skill');
      }
      faults.number(`${field}.skills.${at}.at_least`, at_least, 1, 5);
    }
  }
}

/** What comes after the last step: required, and never the line itself. */
export function checkRung(
  rung: Rung,
  code: string,
  lines: readonly OfficeLine[],
  faults: Faults,
): void {
  if (rung.kind === '') faults.add('last_rung.kind', 'choose_rung');
  const isThere = lines.some((line) => line.code === rung.line && line.code !== code);
  if (rung.kind === 'forward' && !isThere) faults.add('last_rung.line', 'other_line');
}
