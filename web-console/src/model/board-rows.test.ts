import { describe, expect, it } from 'vitest';
import type {
  CounselorHealth,
  PickShown,
  QueueHealth,
  RiskLevel,
  TalkGoing,
  WaitingContact,
} from '../protocol/desk';
import {
  abandonedBp,
  counselorRows,
  everything,
  glanceOf,
  pickRows,
  talkRows,
  waitingRows,
} from './board-rows';

const waits = (contact_id: string, risk: RiskLevel, waited_ms: number, line = '12355') =>
  ({ contact_id, risk, waited_ms, line }) as WaitingContact;
const rows = [waits('a', 'imminent', 5), waits('b', 'low', 90), waits('c', 'high', 40, '966525')];
const ids = (of: readonly { contact_id: string }[]) => of.map((one) => one.contact_id).join('');

describe('the queue', () => {
  it.each([
    [{}, 'abc'],
    [{ order: 'wait' }, 'bca'],
    [{ order: 'risk' }, 'acb'],
    [{ risk: 'high' }, 'ac'],
    [{ line: '966525' }, 'c'],
    [{ line: '966525', risk: 'imminent' }, ''],
  ] as const)('asked for %j shows %s', (wish, shown) => {
    expect(ids(waitingRows(rows, { ...everything, ...wish }))).toBe(shown);
  });

  it('is not disturbed by being looked at in another order', () => {
    waitingRows(rows, { ...everything, order: 'wait' });
    expect(ids(rows)).toBe('abc');
  });
});

describe('the lists beside it', () => {
  it('show the gravest talk first', () => {
    const talks = [
      { contact_id: 'a', risk: 'low', talking_ms: 9 },
      { contact_id: 'b', risk: 'high', talking_ms: 1 },
    ] as TalkGoing[];
    expect(ids(talkRows(talks, everything))).toBe('ba');
  });

  it('show who is free first, and nobody who is offline', () => {
    const all = [
      { alias: '乙', presence: 'engaged' },
      { alias: '甲', presence: 'offline' },
      { alias: '丙', presence: 'available' },
    ] as CounselorHealth[];
    expect(counselorRows(all).map((one) => one.alias)).toEqual(['丙', '乙']);
  });

  it('find a pick by contact, counselor or runner-up', () => {
    const picks = [
      { contact_alias: '蓝鲸-417', counselor: '小禾', runner_up: '阿宁' },
      { contact_alias: 'Heron-2', counselor: '小满', runner_up: null },
    ] as PickShown[];
    const count = (wanted: string) => pickRows(picks, wanted).length;
    expect([count(''), count('417'), count('阿宁'), count('heron'), count('没有')]).toEqual([
      2, 1, 1, 1, 0,
    ]);
  });
});

describe('a glance', () => {
  it('counts whoever rings as waiting still, and danger with its longest wait', () => {
    const line = {
      waiting_by_risk: [0, 1, 0, 1, 0],
      longest_wait_ms_by_risk: [0, 90, 0, 40, 0],
      offered: 1,
      talking: 2,
    };
    const counselors = [
      { presence: 'available' },
      { presence: 'engaged' },
      { presence: 'offline' },
    ];
    const health = { lines: [line], waiting: rows, counselors } as unknown as QueueHealth;
    expect(glanceOf(health)).toEqual({
      waiting: 3,
      longest_ms: 90,
      danger: 2,
      danger_ms: 40,
      talking: 2,
      on: 2,
      free: 1,
    });
  });

  it('says nothing of a share of nothing', () => {
    expect([
      abandonedBp({ answered: 0, abandoned: 0 }),
      abandonedBp({ answered: 3, abandoned: 1 }),
    ]).toEqual([null, 2_500]);
  });
});
