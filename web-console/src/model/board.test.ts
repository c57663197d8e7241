import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import {
  type Board,
  type Effect,
  type Event,
  emptyBoard,
  longestWaitMs,
  step,
  waitingOf,
} from './board';

const AT = '2026-01-01T00:00:10.000Z';
const WELCOME = { type: 'welcome', heartbeat_s: 20, server_time: AT } as ToDesk;
const sos = (contact_id: string) =>
  ({ type: 'sos', contact_id, counselor_id: 'k1', counselor: '小禾', at: AT }) as ToDesk;

function play(...frames: (ToDesk | Event)[]): [Board, Effect[]] {
  let board = emptyBoard;
  const done: Effect[] = [];
  for (const frame of frames) {
    const now = Date.parse(AT) - 4_000;
    const event: Event = 'is' in frame ? frame : { is: 'frame', frame, now };
    const [next, effects] = step(board, event);
    board = next;
    done.push(...effects);
  }
  return [board, done];
}

describe('a board', () => {
  it('asks for the health of the queue at every welcome', () => {
    const [, done] = play(WELCOME, { is: 'down' }, WELCOME);
    const asked = done.filter((effect) => effect.do === 'send');
    expect(asked).toEqual(
      Array(2).fill({ do: 'send', frame: { type: 'subscribe', topic: 'queue_health' } }),
    );
  });

  it('knows how wrong its own clock is', () => {
    expect(play(WELCOME)[0].skew_ms).toBe(4_000);
  });

  it('shows a call for help once, newest first, until somebody heeds it', () => {
    const [board] = play(sos('c1'), sos('c2'), sos('c1'));
    expect(board.alarms.map((one) => one.contact_id)).toEqual(['c1', 'c2']);
    const [after] = step(board, { is: 'heed', contact_id: 'c1' });
    expect(after.alarms.map((one) => one.contact_id)).toEqual(['c2']);
  });

  it('shows why an order was refused, until the next one', () => {
    const refused = { type: 'error', code: 'no_triage_seat', message: '' } as ToDesk;
    const [board] = play(WELCOME, refused);
    expect(board.trouble).toBe('no_triage_seat');
    const order: Event = { is: 'order', frame: { type: 'outage', line: '12355', on: true } };
    expect(step(board, order)[0].trouble).toBeNull();
  });

  it('adds up who waits and finds the longest wait', () => {
    const line = { waiting_by_risk: [1, 0, 2, 0, 1], longest_wait_ms_by_risk: [5, 0, 9, 0, 2] };
    expect([waitingOf(line), longestWaitMs(line)]).toEqual([4, 9]);
  });
});
