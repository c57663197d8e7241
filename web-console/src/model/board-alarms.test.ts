import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import { type Board, emptyBoard, step } from './board';
import { alarmsOf, stillHeeded } from './board-alarms';

const AT = '2026-01-01T00:00:10.000Z';
const NOW = Date.parse(AT);
const LONG_MS = 180_000;
const waits = (contact_id: string, risk = 'none', waited_ms = 0) => ({
  contact_id,
  alias: `化名-${contact_id}`,
  risk,
  waited_ms,
  line: '12355',
});
const health = (over: object = {}) => ({
  type: 'queue_health',
  at: AT,
  lines: [],
  counselors: [{ counselor_id: 'k1', alias: '小禾', presence: 'available' }],
  waiting: [],
  talks: [{ contact_id: 'c1', alias: '蓝鲸-417' }],
  picks: [],
  store_ok: true,
  calls: [],
  ...over,
});
const sos = (contact_id: string, at = AT) =>
  ({ type: 'sos', contact_id, counselor_id: 'k1', counselor: '小禾', at }) as ToDesk;

const told = (board: Board, ...frames: object[]) =>
  frames.reduce<Board>(
    (now, frame) => step(now, { is: 'frame', frame: frame as ToDesk, now: NOW })[0],
    board,
  );
const kinds = (board: Board, now = NOW) => alarmsOf(board, LONG_MS, now).map((one) => one.kind);
const heed = (board: Board) =>
  step(board, { is: 'heed', keys: alarmsOf(board, LONG_MS, NOW).flatMap((one) => one.keys) })[0];

describe('an alarm', () => {
  it('is silent on a calm night', () => expect(kinds(told(emptyBoard, health()))).toEqual([]));

  it('of a call for help names who calls and with whom, and comes first', () => {
    const board = told(emptyBoard, health({ waiting: [waits('w', 'imminent')] }), sos('c1'));
    expect(alarmsOf(board, LONG_MS, NOW)).toMatchObject([
      { kind: 'sos', alias: '蓝鲸-417', call: { counselor: '小禾' } },
      { kind: 'danger', count: 1 },
    ]);
  });

  it.each([
    ['danger', { waiting: [waits('a', 'high'), waits('b')] }],
    ['long', { waiting: [waits('a', 'none', LONG_MS)] }],
    ['store', { store_ok: false }],
    ['nobody', { counselors: [{ counselor_id: 'k1', presence: 'offline' }] }],
  ])('is raised for %s', (kind, over) => {
    expect(kinds(told(emptyBoard, health(over)))).toEqual([kind]);
  });

  it('is raised when nothing is told any more', () => {
    expect(kinds(told(emptyBoard, health()), NOW + 20_000)).toEqual(['stale']);
  });

  it('stays heeded for those it named, and rings again for the next', () => {
    const one = heed(told(emptyBoard, health({ waiting: [waits('a', 'high')] })));
    expect(kinds(one)).toEqual([]);
    expect(kinds(told(one, health({ waiting: [waits('a', 'high'), waits('b', 'high')] })))).toEqual(
      ['danger'],
    );
    expect(kinds(told(one, health({ waiting: [waits('a', 'imminent')] })))).toEqual(['danger']);
  });

  const call = { contact_id: 'c1', counselor_id: 'k1', counselor: '小禾', at: AT };
  const calls = (heeded_by: string | null) => health({ calls: [{ ...call, heeded_by }] });

  it('of a call is heeded at the server, for every supervisor', () => {
    const board = told(emptyBoard, calls(null));
    const [after, effects] = step(board, { is: 'heed', keys: ['sos c1'] });
    expect(kinds(after)).toEqual([]);
    expect(effects).toEqual([{ do: 'send', frame: { type: 'heed', contact_id: 'c1' } }]);
    expect(after.heeded).toEqual([]);
  });

  it('of a call is heeded by looking in because of it', () => {
    const look = { is: 'look', contact_id: 'c1', alias: '', reason: 'sos', words: '' } as const;
    const asked = step({ ...told(emptyBoard, calls(null)), link: 'up' }, look)[0];
    expect(kinds(asked)).toEqual(['sos']);
    const contact = { contact_id: 'c1', alias: '蓝鲸-417', last_seq: 0 };
    expect(kinds(told(asked, { type: 'looking', contact, counselor: '小禾' }))).toEqual([]);
  });

  it('of a call that somebody else heeds falls silent here; called again, it rings again', () => {
    expect(kinds(told(emptyBoard, calls('值班')))).toEqual([]);
    expect(kinds(told(emptyBoard, calls('值班'), calls(null)))).toEqual(['sos']);
    expect(kinds(told(emptyBoard, calls('值班'), sos('c1')))).toEqual(['sos']);
  });

  it('is forgotten as heeded once it is over, so that it can come again', () => {
    const bad = heed(told(emptyBoard, health({ store_ok: false })));
    expect(stillHeeded(bad, LONG_MS, NOW)).toEqual(['store']);
    expect(stillHeeded(told(bad, health()), LONG_MS, NOW)).toEqual([]);
  });
});
