import { describe, expect, it } from 'vitest';
import { FakeClock, FakeSocket } from '../wire/fake';
import { Problem } from '../wire/rest';
import { tabKeeper } from './keeper';
import { Visit } from './visit';

const AT = '2026-01-01T00:00:00.000Z';
const WELCOME = { type: 'welcome', contact_id: 'c1', state: 'waiting', seq: 0, heartbeat_s: 20 };
const CONNECTED = { ...WELCOME, state: 'connected', counselor: '小禾' };

function aTab() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

function aVisit(tab = aTab(), answer: () => unknown = () => ({ contact_id: 'c1', token: 't1' })) {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const bodies: unknown[] = [];
  const paths: string[] = [];
  const goodbyes: string[] = [];
  const call = async (_method: string, path: string, body?: unknown) => {
    bodies.push(body);
    paths.push(path);
    return answer();
  };
  const open = () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  };
  const sayGoodbye = (path: string) => void goodbyes.push(path);
  const world = { clock, random: () => 0, call: call as never, open, sayGoodbye };
  const visit = new Visit({ ...world, keeper: tabKeeper('12355', () => tab) }, '12355');
  const socket = () => sockets[sockets.length - 1] as FakeSocket;
  const welcome = (frame: object = WELCOME) => {
    socket().open();
    socket().say(frame);
  };
  const knock = async () => {
    visit.knock({});
    await Promise.resolve().then(() => Promise.resolve());
  };
  const cutAndWait = () => {
    socket().cut();
    clock.pass(20_000);
  };
  const written = () => visit.contact.talk.entries.map((entry) => `${entry.text}:${entry.fate}`);
  const talk = { visit, written, knock, welcome, cutAndWait };
  return { ...talk, clock, sockets, socket, bodies, paths, goodbyes, tab };
}

async function waitingVisit(welcomed: object = WELCOME) {
  const room = aVisit();
  await room.knock();
  room.welcome(welcomed);
  return room;
}

describe('a seeker who reaches out', () => {
  it('knocks, says hello with the ticket, and waits', async () => {
    const { visit, socket, bodies } = await waitingVisit();
    expect(bodies).toEqual([{ line: '12355', channel: 'chat' }]);
    expect(socket().sent).toEqual([{ type: 'hello', token: 't1', last_seq: 0 }]);
    expect(visit.contact.phase.at).toBe('waiting');
  });

  it('is shown the true place, and a null estimate as unknown', async () => {
    const { visit, socket } = await waitingVisit();
    socket().say({ type: 'queue', position: 3, waiting: 7, estimate_s: null });
    const place = { position: 3, waiting: 7, estimate_s: null };
    expect(visit.contact.phase).toMatchObject({ at: 'waiting', place });
  });

  it('is told why the door stays shut, and stands there again', async () => {
    const room = aVisit(aTab(), () => {
      throw new Problem('rate_limited', 429, 9);
    });
    await room.knock();
    expect(room.visit.contact.phase.at).toBe('door');
    expect(room.visit.contact.trouble).toEqual({ code: 'rate_limited', retry_after_s: 9 });
  });

  it('may write while waiting, and sees it saved', async () => {
    const { visit, socket, written } = await waitingVisit();
    visit.write('在吗');
    const client_id = visit.contact.talk.entries[0]?.key;
    expect(written()).toEqual(['在吗:sending']);
    socket().say({ type: 'ack', client_id, seq: 1, message_id: 'm1', at: AT });
    expect(written()).toEqual(['在吗:saved']);
  });
});

describe('a network that fails', () => {
  it('comes back with the last number heard and sends again what was not acked', async () => {
    const room = await waitingVisit(CONNECTED);
    const { visit, socket } = room;
    socket().say({
      type: 'message',
      seq: 1,
      message_id: 'm1',
      from: 'counselor',
      text: '你好',
      at: AT,
    });
    visit.write('一');
    room.cutAndWait();
    visit.write('二');
    room.welcome({ ...CONNECTED, seq: 1 });
    const [hello, ...rest] = socket().sent;
    expect(hello).toEqual({ type: 'hello', token: 't1', last_seq: 1 });
    expect(rest.map((frame) => frame['text'])).toEqual(['一', '二']);
  });

  it('shows once what was saved before the cut and acked after it', async () => {
    const room = await waitingVisit(CONNECTED);
    room.visit.write('一');
    const client_id = room.visit.contact.talk.entries[0]?.key as string;
    room.cutAndWait();
    room.welcome({ ...CONNECTED, seq: 1 });
    const own = { type: 'message', seq: 1, message_id: 'm1', from: 'seeker', text: '一', at: AT };
    room.socket().say({ ...own, client_id });
    room.socket().say({ type: 'ack', client_id, seq: 1, message_id: 'm1', at: AT });
    expect(room.written()).toEqual(['一:saved']);
  });

  it('says again that a person is in danger, until it is noted', async () => {
    const room = await waitingVisit();
    room.socket().cut();
    room.visit.danger('zh-CN');
    room.clock.pass(20_000);
    room.welcome();
    expect(room.socket().typesSent()).toEqual(['hello', 'danger']);
    room.socket().say({ type: 'state', state: 'waiting', reason: 'danger_noted' });
    expect(room.visit.contact).toMatchObject({
      danger: 'noted',
      phase: { at: 'waiting', why: null },
    });
  });

  it('asks again for a hole that does not close by itself, and only once', async () => {
    const room = await waitingVisit(CONNECTED);
    const say = (seq: number) =>
      room.socket().say({
        type: 'message',
        seq,
        message_id: `m${seq}`,
        from: 'counselor',
        text: `${seq}`,
        at: AT,
      });
    say(1);
    say(3);
    room.clock.pass(1_500);
    expect(room.sockets).toHaveLength(2);
    room.welcome({ ...CONNECTED, seq: 3 });
    expect(room.socket().sent[0]).toEqual({ type: 'hello', token: 't1', last_seq: 1 });
    say(2);
    say(3);
    expect(room.written()).toEqual(['1:saved', '2:saved', '3:saved']);
    room.clock.pass(10_000);
    expect(room.sockets).toHaveLength(2);
  });

  it('carries a leave after the person who pressed it offline', async () => {
    const room = await waitingVisit();
    room.socket().cut();
    room.visit.leave();
    expect(room.visit.contact.phase).toEqual({ at: 'ended', reason: 'left_waiting' });
    room.clock.pass(1_000);
    room.welcome();
    expect(room.socket().typesSent()).toEqual(['hello', 'leave']);
    room.socket().say({ type: 'state', state: 'ended', reason: 'left_waiting' });
    expect(room.socket().isClosed).toBe(true);
    expect(room.visit.contact.ticket).toBeNull();
  });
});

describe('a page that is loaded again', () => {
  it('resumes by the ticket of its tab and hears the whole talk again', async () => {
    const before = await waitingVisit();
    const after = aVisit(before.tab);
    after.welcome({ ...CONNECTED, seq: 1 });
    const own = { type: 'message', seq: 1, message_id: 'm1', from: 'seeker', text: '一', at: AT };
    after.socket().say({ ...own, client_id: 'x' });
    expect(after.visit.contact.phase).toEqual({ at: 'connected', counselor: '小禾' });
    expect(after.written()).toEqual(['一:saved']);
  });

  it('works where storage is denied', async () => {
    const denied = () => {
      throw new Error('SecurityError');
    };
    const keeper = tabKeeper('12355', denied);
    const kept = { ticket: { contact_id: 'c', token: 't' }, draft: '', unsent: [] };
    keeper.keep(kept);
    expect(keeper.lookup()).toEqual(kept);
    keeper.wipe();
    expect(keeper.lookup()).toBeNull();
  });

  it('is silent when a newer tab took over, until the person takes it back', async () => {
    const room = await waitingVisit();
    room.socket().say({ type: 'bye', reason: 'replaced' });
    room.clock.pass(60_000);
    expect(room.visit.contact.isElsewhere).toBe(true);
    expect(room.sockets).toHaveLength(1);
    room.visit.takeOver();
    room.welcome();
    expect(room.visit.contact.isElsewhere).toBe(false);
  });
});

describe('a message', () => {
  it('that found the house busy is sent again after a rest', async () => {
    const { visit, socket, clock, written } = await waitingVisit(CONNECTED);
    visit.write('一');
    const client_id = visit.contact.talk.entries[0]?.key;
    socket().say({ type: 'error', code: 'busy', message: '', client_id });
    clock.pass(3_000);
    expect(socket().typesSent()).toEqual(['hello', 'message', 'message']);
    expect(written()).toEqual(['一:sending']);
  });

  it('after a reload knows that the danger is known, and how far was read', async () => {
    const { visit, socket } = await waitingVisit({ ...CONNECTED, danger_noted: true, read_seq: 3 });
    expect([visit.contact.danger, visit.contact.read]).toEqual(['noted', 3]);
    socket().cut();
    expect([visit.contact.danger, visit.contact.read]).toEqual(['noted', 3]);
  });

  it('that danger was said is not said again once the house knows it', async () => {
    const room = await waitingVisit();
    room.socket().cut();
    room.visit.danger('zh-CN');
    room.clock.pass(20_000);
    room.welcome({ ...WELCOME, danger_noted: true });
    expect(room.socket().typesSent()).toEqual(['hello']);
    expect(room.visit.contact.danger).toBe('noted');
  });

  it('is told as read only while the page is in front', async () => {
    const { visit, socket } = await waitingVisit(CONNECTED);
    const say = (seq: number) =>
      socket().say({ type: 'message', seq, message_id: 'm', from: 'counselor', text: '', at: AT });
    visit.look(false);
    say(1);
    expect(socket().typesSent()).toEqual(['hello']);
    visit.look(true);
    expect(socket().sent.at(-1)).toEqual({ type: 'read', seq: 1 });
  });
});

describe('an end', () => {
  it('that happened while the page slept says who ended it', async () => {
    const { visit, socket } = await waitingVisit({ ...WELCOME, state: 'ended' });
    socket().say({ type: 'state', state: 'ended', reason: 'lost_waiting' });
    expect(visit.contact.phase).toEqual({ at: 'ended', reason: 'lost_waiting' });
    expect(visit.contact.returning).not.toBeNull();
  });

  it.each(['counselor_ended', 'supervisor_ended', 'service_full', 'line_closed'])(
    'by %s leaves nothing in the tab',
    async (reason) => {
      const { visit, socket, tab } = await waitingVisit();
      socket().say({ type: 'state', state: 'ended', reason });
      expect(visit.contact.phase).toEqual({ at: 'ended', reason });
      expect(tab.kept.size).toBe(0);
      expect(socket().isClosed).toBe(true);
    },
  );

  it('by a drop lets the person come back to the head', async () => {
    const room = await waitingVisit();
    room.socket().say({ type: 'state', state: 'ended', reason: 'seeker_lost' });
    room.visit.again();
    await room.knock();
    const returning = { contact_id: 'c1', token: 't1' };
    expect(room.bodies.at(-1)).toEqual({ line: '12355', channel: 'chat', returning });
  });

  it('of their own will does not', async () => {
    const room = await waitingVisit(CONNECTED);
    room.visit.leave();
    room.visit.again();
    await room.knock();
    expect(room.bodies.at(-1)).toEqual({ line: '12355', channel: 'chat' });
  });
});

describe('a counselor on the other side', () => {
  it('is seen typing for a moment', async () => {
    const { visit, socket, clock } = await waitingVisit(CONNECTED);
    socket().say({ type: 'typing', from: 'counselor' });
    expect(visit.contact.isCounselorTyping).toBe(true);
    clock.pass(4_000);
    expect(visit.contact.isCounselorTyping).toBe(false);
  });

  it('is lost: the person is back at the head and told so', async () => {
    const { visit, socket } = await waitingVisit(CONNECTED);
    socket().say({ type: 'state', state: 'transferring', reason: 'counselor_lost' });
    expect(visit.contact.phase).toEqual({ at: 'waiting', place: null, why: 'counselor_lost' });
  });

  it('is told of typing at most every two seconds', async () => {
    const { visit, socket, clock } = await waitingVisit(CONNECTED);
    for (let key = 0; key < 5; key += 1) visit.type();
    clock.pass(2_000);
    visit.type();
    expect(socket().typesSent()).toEqual(['hello', 'typing', 'typing']);
  });
});
