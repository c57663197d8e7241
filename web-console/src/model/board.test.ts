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
const LOOK: Event = {
  is: 'look',
  contact_id: 'c1',
  alias: '蓝鲸-417',
  reason: 'sos',
  words: ' 一起看 ',
};
const LOOKING = {
  type: 'looking',
  contact: { contact_id: 'c1', alias: '蓝鲸-417', last_seq: 2, risk: 'high', seeker_online: true },
  counselor: '小禾',
} as ToDesk;
const said = (seq: number, text: string) =>
  ({
    type: 'message',
    contact_id: 'c1',
    seq,
    from: 'seeker',
    kind: 'message',
    text,
    at: AT,
  }) as ToDesk;
const whisper = (whisper_id: string, text: string, client_id?: string) =>
  ({
    type: 'whisper',
    contact_id: 'c1',
    whisper_id,
    by: '督导',
    mine: !!client_id,
    text,
    at: AT,
    ...(client_id && { client_id }),
  }) as ToDesk;

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
const sentIn = (done: Effect[]) =>
  done.flatMap((effect) => (effect.do === 'send' ? [effect.frame] : []));

describe('a board', () => {
  it('asks for the health of the queue at every welcome', () => {
    const [, done] = play(WELCOME, { is: 'down' }, WELCOME);
    expect(sentIn(done)).toEqual(Array(2).fill({ type: 'subscribe', topic: 'queue_health' }));
  });

  it('knows how wrong its own clock is', () => {
    expect(play(WELCOME)[0].skew_ms).toBe(4_000);
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

describe('a look', () => {
  it('is asked for with its reason and shows nothing before the server does', () => {
    const [board, done] = play(WELCOME, LOOK);
    expect(sentIn(done)).toContainEqual({
      type: 'look',
      contact_id: 'c1',
      reason: 'sos',
      words: '一起看',
    });
    expect(board.looks[0]).toMatchObject({ fate: 'asking', since: null });
  });

  it('hears the talk in order, each message once', () => {
    const [board] = play(
      WELCOME,
      LOOK,
      LOOKING,
      said(1, '一'),
      said(3, '三'),
      said(2, '二'),
      said(2, '二'),
    );
    const look = board.looks[0];
    expect(look?.talk.entries.map((entry) => entry.text)).toEqual(['一', '二', '三']);
    expect(look).toMatchObject({ fate: 'open', since: Date.parse(AT), counselor: '小禾' });
  });

  it('survives a cut: it is asked for again with the same reason, and nothing seen is lost', () => {
    const [board, done] = play(
      WELCOME,
      LOOK,
      LOOKING,
      said(1, '一'),
      { is: 'down' },
      WELCOME,
      LOOKING,
      said(1, '一'),
    );
    const asked = sentIn(done).filter((frame) => frame.type === 'look');
    expect(asked).toEqual(
      Array(2).fill({ type: 'look', contact_id: 'c1', reason: 'sos', words: '一起看' }),
    );
    expect(board.looks[0]?.talk.entries).toHaveLength(1);
    expect(board.looks[0]?.since).toBe(Date.parse(AT));
  });

  it('is refused in words when four are open', () => {
    const four = ['a', 'b', 'c', 'd'].map((contact_id) => ({ ...LOOK, contact_id }) as Event);
    const [board, done] = play(WELCOME, ...four, LOOK);
    expect(board.trouble).toBe('too_many_looks');
    expect(board.looks).toHaveLength(4);
    expect(sentIn(done).filter((frame) => frame.type === 'look')).toHaveLength(4);
  });

  it('that the server refuses leaves nothing but the reason why', () => {
    const refused = { type: 'error', code: 'own_talk', contact_id: 'c1', message: '' } as ToDesk;
    const [board] = play(WELCOME, LOOK, refused);
    expect(board).toMatchObject({ looks: [], trouble: 'own_talk' });
  });

  it('that ends keeps what was seen until it is put away, and tells the server nothing then', () => {
    const ended = { type: 'look_ended', contact_id: 'c1', reason: 'closed' } as ToDesk;
    const [board, done] = play(WELCOME, LOOK, LOOKING, said(1, '一'), ended);
    expect(board.looks[0]).toMatchObject({ fate: 'over', over: 'closed' });
    expect(step(board, { is: 'look_away', contact_id: 'c1' })).toEqual([
      { ...board, looks: [] },
      [],
    ]);
    expect(sentIn(done).some((frame) => frame.type === 'look_away')).toBe(false);
  });

  it('follows the risk and the network of the seeker', () => {
    const state = (name: string, risk?: string) =>
      ({ type: 'contact_state', contact_id: 'c1', state: name, reason: '', risk }) as ToDesk;
    const [board] = play(WELCOME, LOOK, LOOKING, state('risk', 'imminent'), state('seeker_lost'));
    expect(board.looks[0]?.contact).toMatchObject({ risk: 'imminent', seeker_online: false });
  });
});

describe('a whisper', () => {
  const write: Event = {
    is: 'whisper',
    contact_id: 'c1',
    client_id: 'w1',
    text: '问问身边有没有人',
  };

  it('waits for the disk and is shown once, though the history tells it again', () => {
    const [board] = play(
      WELCOME,
      LOOK,
      LOOKING,
      write,
      whisper('id1', '问问身边有没有人', 'w1'),
      whisper('id1', '问问身边有没有人'),
    );
    expect(board.looks[0]?.whispers).toMatchObject([{ key: 'w1', id: 'id1', fate: 'saved' }]);
  });

  it('written while the line was cut is sent when the look is open again', () => {
    const [, done] = play(WELCOME, LOOK, LOOKING, { is: 'down' }, write, WELCOME, LOOKING);
    const sent = sentIn(done).filter((frame) => frame.type === 'whisper');
    expect(sent).toEqual([
      { type: 'whisper', contact_id: 'c1', client_id: 'w1', text: '问问身边有没有人' },
    ]);
  });

  it('that is refused says why', () => {
    const refused = {
      type: 'error',
      code: 'text_too_long',
      contact_id: 'c1',
      client_id: 'w1',
      message: '',
    } as ToDesk;
    const [board] = play(WELCOME, LOOK, LOOKING, write, refused);
    expect(board.looks[0]?.whispers).toMatchObject([{ fate: 'refused', fault: 'text_too_long' }]);
  });

  it('that found the house busy is said again by itself', () => {
    const busy = {
      type: 'error',
      code: 'busy',
      contact_id: 'c1',
      client_id: 'w1',
      message: '',
    } as ToDesk;
    const [board, done] = play(WELCOME, LOOK, LOOKING, write, busy);
    expect(done.at(-1)).toMatchObject({ do: 'after', event: { is: 'whisper_again' } });
    const [, again] = step(board, { is: 'whisper_again', contact_id: 'c1' });
    expect(sentIn([...again])).toHaveLength(1);
  });
});
