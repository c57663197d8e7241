import { describe, expect, it } from 'vitest';
import type { OfficeCounselor } from '../protocol/office';
import { checkPlan, moved, reachesOf, type StepDraft } from './office-plan';

function counselor(alias: string, skills: Record<string, number>, more = {}): OfficeCounselor {
  return {
    counselor_id: alias,
    username: alias,
    alias,
    role: 'counselor',
    skills: Object.entries(skills).map(([skill, level]) => ({ skill, level })),
    takes_voice: true,
    chats_max: 2,
    removed: false,
    saved_at: '',
    ...more,
  };
}
const step = (skills: Record<string, number> | null, widens_after_s = 20): StepDraft => ({
  skills: skills && Object.entries(skills).map(([skill, at_least]) => ({ skill, at_least })),
  widens_after_s,
  fixed: skills === null,
  stored_step: null,
});
const TEAM = [
  counselor('谷雨', { teens: 5, english: 3 }),
  counselor('白露', { teens: 2 }),
  counselor('小满', {}),
  counselor('走了', { teens: 5 }, { removed: true }),
];
const check = (...steps: StepDraft[]) => checkPlan(steps, TEAM);
const names = (steps: ReturnType<typeof check>) =>
  steps.map(({ counselors }) => counselors?.map(({ alias }) => alias) ?? null);

describe('a plan while it is written', () => {
  it('says who would be asked at each step', () => {
    const steps = check(step({ teens: 3 }), step({ teens: 1 }), step({}));
    expect(names(steps)).toEqual([['谷雨'], ['谷雨', '白露'], ['谷雨', '白露', '小满']]);
    expect(steps.map(({ newcomers }) => newcomers)).toEqual([1, 1, 1]);
    expect(steps.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('needs all the skills of a step', () => {
    expect(names(check(step({ teens: 3, english: 4 })))).toEqual([[]]);
  });

  it('warns of a step that nobody meets', () => {
    expect(check(step({ hakka: 1 }))[0]?.warnings).toEqual(['nobody']);
  });

  it('warns of a step that asks the same people again, unless it is the last', () => {
    const steps = check(step({ teens: 3 }), step({ teens: 4 }), step({ teens: 5 }));
    expect(steps.map(({ warnings }) => warnings)).toEqual([[], ['same'], []]);
  });

  it('warns of people who are no longer asked', () => {
    const last = check(step({}), step({ teens: 3 }))[1];
    expect(last).toMatchObject({ lost: 2, warnings: ['loses'] });
  });

  it('warns where no chat or no call would find anybody', () => {
    const silent = [
      counselor('甲', {}, { takes_voice: false }),
      counselor('乙', {}, { chats_max: 0 }),
    ];
    expect(checkPlan([step({})], silent.slice(0, 1))[0]?.warnings).toEqual(['no_voice']);
    expect(checkPlan([step({})], silent.slice(1))[0]?.warnings).toEqual(['no_chat']);
    expect(checkPlan([step({})], silent)[0]?.warnings).toEqual([]);
  });

  it('does not guess at a step it cannot read', () => {
    expect(check(step(null))[0]).toMatchObject({ counselors: null, warnings: ['unread'] });
  });

  it('widens over time', () => {
    const steps = [step({ teens: 3 }, 20), step({}, 40)];
    expect(reachesOf(steps, checkPlan(steps, TEAM))).toEqual([
      { from_s: 0, to_s: 20, count: 1 },
      { from_s: 20, to_s: 60, count: 3 },
    ]);
  });

  it('has its steps moved, but not over the edge', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
  });
});
