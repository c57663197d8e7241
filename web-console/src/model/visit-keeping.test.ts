import { describe, expect, it } from 'vitest';
import { FakeClock, FakeSocket } from '../wire/fake';
import { Problem } from '../wire/rest';
import { tabKeeper } from './keeper';
import { Visit } from './visit';

const AT = '2026-01-01T00:00:00.000Z';
const WELCOME = { type: 'welcome', contact_id: 'c1', state: 'waiting', seq: 0, heartbeat_s: 20 };
const TALK = { ...WELCOME, state: 'connected', counselor: '小禾' };
const settled = () => new Promise((done) => setTimeout(done));

class Tab {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
  get text() {
    return [...this.kept.values()].join();
  }
}

class Room {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly calls: { path: string; body: unknown; token: string | undefined }[] = [];
  readonly goodbyes: string[] = [];
  readonly visit: Visit;
  answer: (path: string) => unknown = () => ({ contact_id: 'c1', token: 't1' });

  constructor(readonly tab = new Tab()) {
    const call = async (_method: string, path: string, body: unknown, token?: string) => {
      this.calls.push({ path, body, token });
      return this.answer(path);
    };
    const open = () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    };
    const world = {
      clock: this.clock,
      random: () => 0,
      call: call as never,
      open,
      sayGoodbye: (path: string) => void this.goodbyes.push(path),
    };
    this.visit = new Visit({ ...world, keeper: tabKeeper('12355', () => tab) }, '12355');
  }
  get socket() {
    return this.sockets[this.sockets.length - 1] as FakeSocket;
  }
  welcome(frame: object = TALK) {
    this.socket.open();
    this.socket.say(frame);
  }
  static async talking() {
    const room = new Room();
    room.visit.knock({});
    await settled();
    room.welcome();
    return room;
  }
  draft(text: string) {
    this.visit.keepDraft(text);
    this.clock.pass(1_000);
  }
  textsSent() {
    return this.socket.sent.filter((frame) => frame.type === 'message').map((one) => one['text']);
  }
}

describe('a half-typed draft', () => {
  it('survives a reload and is not sent', async () => {
    const before = await Room.talking();
    before.draft('我其实');
    const after = new Room(before.tab);
    after.welcome();
    expect(after.visit.draft).toBe('我其实');
    expect(after.textsSent()).toEqual([]);
  });

  it('is not sent by a reconnect', async () => {
    const room = await Room.talking();
    room.draft('我其实');
    room.socket.cut();
    room.clock.pass(20_000);
    room.welcome();
    expect(room.textsSent()).toEqual([]);
    expect(room.visit.draft).toBe('我其实');
  });

  it('is kept at once when the page goes away', async () => {
    const room = await Room.talking();
    room.visit.keepDraft('我其实');
    expect(room.tab.text).not.toContain('我其实');
    room.visit.rest();
    expect(room.tab.text).toContain('我其实');
  });

  it('is wiped from the tab at the end, and still shown to its writer', async () => {
    const room = await Room.talking();
    room.draft('我其实');
    room.socket.say({ type: 'state', state: 'ended', reason: 'counselor_ended' });
    room.clock.pass(1_000);
    expect(room.tab.kept.size).toBe(0);
    expect(room.visit.draft).toBe('我其实');
    room.visit.again();
    expect(room.visit.draft).toBe('');
  });
});

describe('a message in flight', () => {
  it('is sent again after a reload under the same id, once', async () => {
    const before = await Room.talking();
    before.visit.write('在吗');
    const id = before.visit.contact.talk.entries[0]?.key as string;
    const after = new Room(before.tab);
    after.welcome({ ...TALK, seq: 1 });
    const again = after.socket.sent.filter((frame) => frame.type === 'message');
    expect(again).toEqual([{ type: 'message', client_id: id, text: '在吗' }]);
    after.socket.say({ type: 'ack', client_id: id, seq: 1, message_id: 'm1', at: AT });
    expect(after.visit.contact.talk.entries.map((entry) => entry.fate)).toEqual(['saved']);
    expect(after.tab.text).not.toContain('在吗');
  });
});

describe('quick exit', () => {
  it('says leave, forgets at once, and goes when the server knows', async () => {
    const room = await Room.talking();
    room.draft('我其实');
    let isGone = false;
    room.visit.vanish(() => {
      isGone = true;
    });
    expect(room.socket.typesSent()).toEqual(['hello', 'leave']);
    expect(room.goodbyes).toEqual(['/api/v1/contacts/c1/leave']);
    expect(room.tab.kept.size).toBe(0);
    expect(isGone).toBe(false);
    room.socket.say({ type: 'state', state: 'ended', reason: 'seeker_ended' });
    expect(isGone).toBe(true);
    expect(room.visit.contact.talk.entries).toEqual([]);
  });

  it('does not wait for a server that says nothing', async () => {
    const room = await Room.talking();
    let count = 0;
    room.visit.vanish(() => {
      count += 1;
    });
    room.clock.pass(300);
    expect(count).toBe(1);
    expect(room.socket.isClosed).toBe(true);
  });

  it('does not wait at all without a network', async () => {
    const room = await Room.talking();
    room.socket.cut();
    let isGone = false;
    room.visit.vanish(() => {
      isGone = true;
    });
    expect(isGone).toBe(true);
    expect(room.goodbyes).toHaveLength(1);
  });

  it('while knocking takes back what is made too late', async () => {
    const room = new Room();
    room.visit.knock({});
    room.visit.vanish(() => {});
    await settled();
    expect(room.goodbyes).toEqual(['/api/v1/contacts/c1/leave']);
    expect(room.tab.kept.size).toBe(0);
    expect(room.sockets).toHaveLength(0);
  });
});

describe('six words to come back with', () => {
  it('are asked for with the token and never kept in the tab', async () => {
    const room = await Room.talking();
    room.answer = () => ({ return_phrase: '山 水 日 月 云 天' });
    room.visit.askPhrase();
    expect(room.visit.contact.phrase.at).toBe('asked');
    await settled();
    expect(room.visit.contact.phrase).toEqual({ at: 'told', words: '山 水 日 月 云 天' });
    expect(room.calls.pop()).toMatchObject({
      path: '/api/v1/contacts/c1/return-phrase',
      token: 't1',
    });
    expect(room.tab.text).not.toContain('山');
  });

  it('can still be asked for after the end', async () => {
    const room = await Room.talking();
    room.socket.say({ type: 'state', state: 'ended', reason: 'counselor_ended' });
    room.answer = () => ({ return_phrase: 'a b c d e f' });
    room.visit.askPhrase();
    await settled();
    expect(room.visit.contact.phrase.at).toBe('told');
    expect(room.tab.kept.size).toBe(0);
  });

  it('that nobody knows leave the person at the door, who may start without', async () => {
    const room = new Room();
    room.answer = () => {
      throw new Problem('unknown_return_phrase', 422);
    };
    room.visit.knock({ return_phrase: '一 二 三 四 五 六' });
    await settled();
    expect(room.visit.contact).toMatchObject({
      phase: { at: 'door' },
      trouble: { code: 'unknown_return_phrase' },
    });
  });
});

describe('a rating', () => {
  it('is sent once the talk has ended, and can be changed', async () => {
    const room = await Room.talking();
    room.visit.rate(5);
    expect(room.calls).toHaveLength(1);
    room.socket.say({ type: 'state', state: 'ended', reason: 'counselor_ended' });
    room.visit.rate(4);
    await settled();
    expect(room.visit.contact.rating).toEqual({ at: 'given', score: 4 });
    room.visit.rate(5);
    expect(room.calls.map(({ body }) => body).slice(1)).toEqual([{ score: 4 }, { score: 5 }]);
  });

  it('is not asked of who talked with nobody', async () => {
    const room = new Room();
    room.visit.knock({});
    await settled();
    room.welcome(WELCOME);
    room.visit.leave();
    expect(room.visit.contact.hasTalked).toBe(false);
    room.visit.rate(5);
    expect(room.calls).toHaveLength(1);
  });
});

describe('danger', () => {
  it('said at the door knocks with it, in one tap', async () => {
    const room = new Room();
    room.visit.danger('en');
    await settled();
    expect(room.calls[0]?.body).toMatchObject({ screening: { danger_now: true }, locale: 'en' });
    expect(room.visit.contact.danger).toBe('noted');
  });

  it('said after the end knocks anew', async () => {
    const room = await Room.talking();
    room.visit.leave();
    room.visit.danger('zh-CN');
    await settled();
    expect(room.calls[1]?.body).toMatchObject({ screening: { danger_now: true } });
  });
});
