import { expect, it } from 'vitest';
import { sayWatch } from '../i18n/watch';
import type { PickShown } from '../protocol/desk';
import { sayPick } from './pick';

const pick: PickShown = {
  at: '2026-01-01T00:00:00.000Z',
  contact_alias: '蓝鲸-417',
  line: '12355',
  counselor: '小禾',
  rule: 'risk_then_age',
  risk: 'high',
  waited_ms: 65_000,
  step: 0,
  fit: 7,
  idle_ms: 600_000,
  contacts_considered: 3,
  counselors_considered: 4,
  runner_up: '阿宁',
};

it('explains a pick in one sentence, in both languages', () => {
  expect(sayPick(sayWatch('zh-CN'), pick, [])).toBe(
    '12355 的 蓝鲸-417（高风险，已等 1 分 5 秒）派给 小禾：风险最高、等得最久；4 位可接的咨询员中匹配度最高（7 分），已空闲 10 分，其次是 阿宁。',
  );
  expect(
    sayPick(sayWatch('en'), { ...pick, counselors_considered: 1, runner_up: null, step: 1 }, []),
  ).toBe(
    '蓝鲸-417 of 12355 (High risk, waited 1 min 5 s) went to 小禾: highest risk, longest wait; the only one who could take it (fit 7, idle for 10 min), plan widened to step 2.',
  );
});
