import { describe, expect, it } from 'vitest';
import { type Board, emptyBoard, step } from './board';
import { alarmsOf, stillHeeded } from './board-alarms';
import type { ToBoard } from './board-wire';

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
  ...over,
});
const sos = (contact_id: string, at = AT) =>
  ({ type: 'sos', contact_id, counselor_id: 'k1', counselor: '小禾', at }) as ToBoard;

const told = (board: Board, ...frames: object[]) =>
  frames.reduce<Board>(
    (now, frame) => step(now, { is: 'frame', frame: frame as ToBoard, now: NOW })[0],
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
      { kind: 'sos', alias: '蓝鲸-417', counselor: '小禾' },
      { kind: 'danger', count: 1 },
    ]);
  });

  it('comes before any figures were told', () => {
    expect(kinds(told(emptyBoard, sos('c1')))).toEqual(['sos']);
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

  it('of a second call from the same talk rings again', () => {
    const board = heed(told(emptyBoard, health(), sos('c1')));
    expect(kinds(board)).toEqual([]);
    expect(kinds(told(board, sos('c1', '2026-01-01T00:05:00.000Z')))).toEqual(['sos']);
  });

  it('that somebody else heeds falls silent here, where the server keeps the calls', () => {
    const call = { contact_id: 'c1', counselor_id: 'k1', counselor: '小禾', at: AT };
    expect(kinds(told(emptyBoard, health({ calls: [{ ...call, heeded_by: null }] })))).toEqual([
      'sos',
    ]);
    expect(
      kinds(told(emptyBoard, sos('c1'), health({ calls: [{ ...call, heeded_by: '值班' }] }))),
    ).toEqual([]);
  });

  it('is forgotten as heeded once it is over, so that it can come again', () => {
    const bad = heed(told(emptyBoard, health({ store_ok: false })));
    expect(stillHeeded(bad, LONG_MS, NOW)).toEqual(['store']);
    expect(stillHeeded(told(bad, health()), LONG_MS, NOW)).toEqual([]);
  });
});
