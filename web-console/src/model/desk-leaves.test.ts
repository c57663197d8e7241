import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import { FakeClock, FakeSocket } from '../wire/fake';
import type { Call } from '../wire/rest';
import { type Desk, type Event, emptyDesk } from './desk';
import { step } from './desk-step';
import { AT, aContact, aMessage, anOffer, aWelcome } from './fake-desk';
import { Pane } from './pane';

const GONE = 'gone-1';
const WORDS = '只有这一次来访说过';
/** Longer than any timer of a contact runs. */
const LONG_MS = 20_000;

/** A pane on a line of its own; the house says what the test says. */
function atWork() {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const call: Call = async <Answer>(_: string, path: string) =>
    ({ text: path.includes(GONE) ? WORDS : '', outcome: null }) as Answer;
  const world = { clock, call, random: () => 0, open: () => socket, checkSession: () => {} };
  const pane = new Pane<Desk, Event>(world, step, emptyDesk);
  pane.start();
  socket.open();
  socket.say(aWelcome([aContact('stays')]));
  return { pane, clock, say: (frame: ToDesk) => socket.say(frame) };
}

/** What stands in a thing, by name; the socket keeps all that was ever sent, and is the test's own. */
function partsOf(one: unknown): [string, unknown][] {
  if (typeof one !== 'object' || one === null || one instanceof FakeSocket) return [];
  if (one instanceof Map) return [...one].map((part) => [String(part[0]), part]);
  return Object.entries(one instanceof Set ? [...one] : one);
}

/** Every path by which something of `what` can still be reached. */
function traces(of: unknown, what: string): string[] {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const look = (one: unknown, path: string) => {
    if (typeof one === 'string' && one.includes(what)) found.push(path);
    if (typeof one === 'object' && seen.has(one)) return;
    seen.add(one);
    for (const [name, part] of partsOf(one)) look(part, `${path}.${name}`);
  };
  look(of, 'pane');
  return found;
}

type House = ReturnType<typeof atWork>;
const state = (more: object) =>
  ({ type: 'contact_state', contact_id: GONE, reason: 'closed', ...more }) as ToDesk;

/** A talk in which everything is done that can be done. */
function live({ pane, say }: House): void {
  const contact_id = GONE;
  say({ type: 'offer', ...anOffer(GONE) } as ToDesk);
  pane.turn({ is: 'accept' });
  say({ type: 'assigned', contact: aContact(GONE) } as ToDesk);
  pane.turn({ is: 'pin', contact_id });
  for (const seq of [1, 2, 5]) say(aMessage(seq, { contact_id, text: WORDS }));
  say({ type: 'typing', contact_id, from: 'seeker' } as ToDesk);
  say({ type: 'looked_at', contact_id, by: [WORDS] } as ToDesk);
  const whispered = { contact_id, whisper_id: 'w', by: '督导', mine: false, text: WORDS, at: AT };
  say({ type: 'whisper', ...whispered } as ToDesk);
  pane.turn({ is: 'write', contact_id, client_id: 'a', text: WORDS });
  pane.turn({ is: 'whisper', contact_id, client_id: 'b', text: WORDS });
  pane.turn({ is: 'draft', contact_id, text: WORDS });
  pane.turn({ is: 'aside', contact_id, text: WORDS });
  pane.turn({ is: 'sos', contact_id });
  pane.turn({ is: 'note', contact_id, change: { text: WORDS } });
}

describe('after a contact has gone', () => {
  it.each([
    ['closed while talking', []],
    ['closed after its wrap-up', [state({ state: 'wrap_up', until: AT })]],
  ])('nothing of it is kept: %s', async (_, before) => {
    const house = atWork();
    live(house);
    for (const frame of before) house.say(frame);
    house.pane.turn({ is: 'close_as', contact_id: GONE, outcome: 'silent', now: 0 });
    expect(traces(house.pane, GONE)).not.toEqual([]);
    house.say(state({ state: 'closed' }));
    for (const { id } of house.pane.state.notices) house.pane.turn({ is: 'dismiss', id });
    await Promise.resolve();
    house.clock.pass(LONG_MS);
    await Promise.resolve();
    expect(traces(house.pane, GONE)).toEqual([]);
    expect(traces(house.pane, WORDS)).toEqual([]);
  });

  it('an accepted one that went to somebody else is forgotten', () => {
    const house = atWork();
    const offer = anOffer(GONE);
    house.say({ type: 'offer', ...offer } as ToDesk);
    house.pane.turn({ is: 'accept' });
    house.say({ type: 'offer_gone', offer_id: offer.offer_id, reason: 'taken' } as ToDesk);
    for (const { id } of house.pane.state.notices) house.pane.turn({ is: 'dismiss', id });
    expect(traces(house.pane, GONE)).toEqual([]);
  });

  it('a thousand more leave as little as one', () => {
    const house = atWork();
    // Notices are numbered; the number may grow by a digit, what is kept may not.
    const size = () => JSON.stringify(house.pane.state).replace(/\d+/g, '0').length;
    const pass = (contact_id: string) => {
      house.say({ type: 'assigned', contact: aContact(contact_id) } as ToDesk);
      house.say(aMessage(1, { contact_id, text: WORDS }));
      house.say({ ...state({ state: 'closed' }), contact_id } as ToDesk);
    };
    for (let count = 1000; count < 1100; count += 1) pass(`c${count}`);
    const before = size();
    for (let count = 1100; count < 2100; count += 1) pass(`c${count}`);
    expect(size()).toBe(before);
  });
});
