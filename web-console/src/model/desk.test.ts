import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import { type Event, emptyDesk, leftMs, unreadOf } from './desk';
import { step } from './desk-step';
import { AT, aContact, aMessage, anOffer, aPane, aWelcome, NOW, Played } from './fake-desk';

describe('a pane after a reload', () => {
  it('asks for the whole talk of every contact in hand', () => {
    const pane = aPane(aContact('c1'), aContact('c2'));
    expect(pane.sent()).toEqual([
      { type: 'history', contact_id: 'c1', after_seq: 0 },
      { type: 'history', contact_id: 'c2', after_seq: 0 },
    ]);
    expect(pane.desk.chosen).toBe('c1');
  });

  it('shows the ringing offer again', () => {
    const pane = new Played().play(aWelcome([], { offer: anOffer() }));
    expect(pane.desk.ring?.offer_id).toBe('o-c1');
  });

  it('fetches the note of a contact in wrap-up', () => {
    const pane = aPane(aContact('c1', { state: 'wrap_up' }));
    expect(pane.done).toContainEqual({ do: 'load_note', contact_id: 'c1' });
  });

  it('counts as unread what the seeker wrote after the last answer', () => {
    const pane = aPane(aContact('c1'), aContact('c2', { last_seq: 4 }));
    for (const seq of [1, 2, 3, 4]) {
      const from = seq === 2 ? 'counselor' : 'seeker';
      pane.play(aMessage(seq, { contact_id: 'c2', from }));
    }
    expect(unreadOf(pane.held('c2'))).toBe(2);
  });
});

describe('lines saved in the office', () => {
  it('are read again, and replace the names that were known', () => {
    const old = [{ id: '12355', name: '旧名', name_en: 'Old name' }];
    const pane = new Played().play(aWelcome([], { lines: old }), { type: 'lines_saved' });
    expect(pane.done).toContainEqual({ do: 'read_lines' });
    const lines = [{ id: '12355', name: '新名', name_en: 'New name' }];
    expect(pane.play({ is: 'lines_read', lines }).desk.lines).toEqual(lines);
  });
});

describe('a cut line', () => {
  it('asks only for what is missing and sends again what was not acked, once shown', () => {
    const pane = aPane(aContact()).play(aMessage(1));
    pane.play({ is: 'write', contact_id: 'c1', client_id: 'x', text: '你好' }, { is: 'down' });
    pane.done = [];
    pane.play(aWelcome([aContact('c1', { last_seq: 2 })]));
    const text = '你好';
    expect(pane.sent()).toContainEqual({ type: 'history', contact_id: 'c1', after_seq: 1 });
    expect(pane.sent()).toContainEqual({ type: 'message', contact_id: 'c1', client_id: 'x', text });
    pane.play(aMessage(2, { from: 'counselor', text, client_id: 'x' }));
    pane.play({ type: 'ack', contact_id: 'c1', client_id: 'x', seq: 2, message_id: 'm2', at: AT });
    expect(pane.held().talk.entries.map((entry) => `${entry.text}:${entry.fate}`)).toEqual([
      '1:saved',
      '你好:saved',
    ]);
  });

  it('asks whether the sign-in still holds', () => {
    expect(aPane().play({ is: 'down' }).done).toContainEqual({ do: 'check_session' });
  });

  it('keeps what is written offline unsent until the welcome', () => {
    const pane = aPane(aContact()).play({ is: 'down' });
    pane.done = [];
    pane.play({ is: 'write', contact_id: 'c1', client_id: 'x', text: '在' });
    expect(pane.sent()).toEqual([]);
  });

  it('asks again for a hole, and only once for the same one', () => {
    const gap = { is: 'gap_over', contact_id: 'c1' } as const;
    const pane = aPane(aContact()).play(aMessage(1), aMessage(3));
    pane.done = [];
    pane.play(gap, gap, gap);
    expect(pane.sent().filter((frame) => frame.type === 'history')).toHaveLength(1);
  });
});

describe('an offer', () => {
  it('accepted is chosen, and the ringing stops', () => {
    const pane = aPane(aContact('c1')).play({ type: 'offer', ...anOffer('c2') }, { is: 'accept' });
    expect(pane.sent()).toContainEqual({ type: 'accept', offer_id: 'o-c2' });
    pane.play({ type: 'offer_gone', offer_id: 'o-c2', reason: 'accepted' });
    pane.play({ type: 'assigned', contact: aContact('c2') });
    expect([pane.desk.chosen, pane.desk.ring]).toEqual(['c2', null]);
  });

  it.each([
    ['expired', 1],
    ['seeker_gone', 1],
    ['declined', 0],
  ])('that is gone because %s leaves %i notices', (reason, count) => {
    const pane = aPane().play(
      { type: 'offer', ...anOffer() },
      { type: 'offer_gone', offer_id: 'o-c1', reason },
    );
    expect(pane.desk.ring).toBeNull();
    expect(pane.desk.notices).toHaveLength(count);
  });

  it('counts down by the server’s clock, not by a wrong one of ours', () => {
    const slow = NOW - 60_000;
    const [desk] = step(emptyDesk, { is: 'frame', frame: aWelcome([]), now: slow });
    expect(leftMs(desk, '2026-01-01T00:00:20.000Z', slow + 5_000)).toBe(15_000);
    expect(leftMs(desk, AT, slow + 5_000)).toBe(0);
  });
});

describe('unread counts', () => {
  it('grow in the talks behind and not in the one in front', () => {
    const pane = aPane(aContact('c1'), aContact('c2'));
    pane.play(aMessage(1), aMessage(1, { contact_id: 'c2' }));
    expect([unreadOf(pane.held('c1')), unreadOf(pane.held('c2'))]).toEqual([0, 1]);
    pane.play({ is: 'choose', contact_id: 'c2' });
    expect(unreadOf(pane.held('c2'))).toBe(0);
    expect(pane.sent()).toContainEqual({ type: 'read', contact_id: 'c2', seq: 1 });
  });

  it('grow in front too while the page is in the background', () => {
    const pane = aPane(aContact()).play({ is: 'look', isLooking: false }, aMessage(1));
    expect(unreadOf(pane.held())).toBe(1);
    expect(unreadOf(pane.play({ is: 'look', isLooking: true }).held())).toBe(0);
  });
});

describe('a note', () => {
  const inWrapUp = () => {
    const pane = aPane(aContact());
    const state = {
      type: 'contact_state',
      contact_id: 'c1',
      state: 'wrap_up',
      reason: 'seeker_ended',
      until: AT,
    };
    pane.play(state as ToDesk, { is: 'note_loaded', contact_id: 'c1', note: null });
    pane.done = [];
    return pane;
  };
  const typed = (text: string): Event => ({ is: 'note', contact_id: 'c1', change: { text } });
  const rest: Event = { is: 'note_rest', contact_id: 'c1' };
  const fate = (pane: Played) => pane.held().note.fate;

  it('is saved after a rest, and says where it is', () => {
    const pane = inWrapUp().play(typed('想'), typed('想家'));
    expect(fate(pane)).toBe('typed');
    pane.play(rest);
    expect(fate(pane)).toBe('saving');
    const note = { text: '想家', outcome: null };
    expect(pane.done).toContainEqual({ do: 'save_note', contact_id: 'c1', version: 2, note });
    expect(fate(pane.play({ is: 'note_saved', contact_id: 'c1', version: 2 }))).toBe('saved');
  });

  it('typed on while it was being saved is not yet saved', () => {
    const pane = inWrapUp().play(typed('想'), rest, typed('想家'));
    expect(fate(pane.play({ is: 'note_saved', contact_id: 'c1', version: 1 }))).toBe('typed');
  });

  it('that could not be saved says so and is tried again', () => {
    const pane = inWrapUp().play(typed('想'), rest, {
      is: 'note_failed',
      contact_id: 'c1',
      version: 1,
    });
    expect(fate(pane)).toBe('unsaved');
    expect(fate(pane.play(rest))).toBe('saving');
  });

  it('goes out as a draft until it is closed, and closes only when it is on disk', () => {
    const close: Event = { is: 'wrapped_up', contact_id: 'c1' };
    const pane = inWrapUp().play(typed('好'), close);
    pane.play({ is: 'note', contact_id: 'c1', change: { outcome: 'helped' } }, rest, close);
    const bodies = pane.done.flatMap((effect) => (effect.do === 'save_note' ? [effect] : []));
    expect(bodies.map(({ version, note }) => [version, note.outcome])).toEqual([
      [2, null],
      [3, 'helped'],
    ]);
    pane.play({ is: 'note_saved', contact_id: 'c1', version: 2 });
    expect(pane.sent()).toEqual([]);
    pane.play({ is: 'note_saved', contact_id: 'c1', version: 3 });
    expect(pane.sent()).toEqual([{ type: 'wrapped_up', contact_id: 'c1' }]);
  });

  it('that was closed before a reload closes the contact after it', () => {
    const note = { text: '好', outcome: 'helped' };
    const pane = aPane(aContact('c1', { state: 'wrap_up' }));
    pane.play({ is: 'note_loaded', contact_id: 'c1', note });
    expect(pane.sent()).toContainEqual({ type: 'wrapped_up', contact_id: 'c1' });
  });

  it('kept on the server comes back after a reload and never over what is typed', () => {
    const kept = { text: '旧', outcome: null };
    const load: Event = { is: 'note_loaded', contact_id: 'c1', note: kept };
    const fresh = aPane(aContact('c1', { state: 'wrap_up' }));
    expect(fresh.play(load).held().note.text).toBe('旧');
    const typing = aPane(aContact('c1', { state: 'wrap_up' })).play(typed('新'), load);
    expect(typing.held().note.text).toBe('新');
  });
});

describe('a contact in hand', () => {
  const say = (state: string, reason = '', more: object = {}) =>
    ({ type: 'contact_state', contact_id: 'c1', state, reason, ...more }) as ToDesk;

  it.each([
    ['seeker_lost', { seeker_online: false }],
    ['seeker_back', { seeker_online: true }],
    ['wrap_up', { state: 'wrap_up', ended: 'why' }],
  ])('shows that it is %s', (state, expected) => {
    expect(aPane(aContact()).play(say(state, 'why')).held().contact).toMatchObject(expected);
  });

  it('shows a risk that somebody raised', () => {
    expect(
      aPane(aContact())
        .play(say('risk', '', { risk: 'imminent' }))
        .held().contact.risk,
    ).toBe('imminent');
  });

  it('that is released makes room for the next and says why', () => {
    const pane = aPane(aContact('c1'), aContact('c2')).play(say('released', 'transferred'));
    expect(pane.desk.chosen).toBe('c2');
    expect(pane.desk.notices).toMatchObject([{ room: 'gone', code: 'transferred' }]);
  });

  it('that we closed ourselves goes without a word', () => {
    const pane = aPane(aContact('c1', { state: 'wrap_up' }));
    pane.play({ is: 'note', contact_id: 'c1', change: { outcome: 'helped' } });
    pane.play({ is: 'wrapped_up', contact_id: 'c1' }, say('closed', 'counselor_ended'));
    expect(pane.desk.held).toEqual([]);
    expect(pane.desk.notices).toEqual([]);
  });

  it('sends a message again that found the house busy', () => {
    const pane = aPane(aContact()).play({
      is: 'write',
      contact_id: 'c1',
      client_id: 'x',
      text: '…',
    });
    const fault = { type: 'error', code: 'busy', message: '', client_id: 'x', contact_id: 'c1' };
    pane.done = [];
    pane.play(fault as ToDesk, { is: 'resend', contact_id: 'c1' });
    expect(pane.held().talk.entries[0]?.fate).toBe('sending');
    expect(pane.sent()).toMatchObject([{ type: 'message', client_id: 'x' }]);
  });

  it('refuses a message by its own fault and not the whole talk', () => {
    const pane = aPane(aContact()).play({
      is: 'write',
      contact_id: 'c1',
      client_id: 'x',
      text: '…',
    });
    pane.play({
      type: 'error',
      code: 'text_too_long',
      message: '',
      message_en: '',
      client_id: 'x',
      contact_id: 'c1',
    });
    expect(pane.held().talk.entries[0]).toMatchObject({ fate: 'refused', fault: 'text_too_long' });
  });
});

describe('a counselor', () => {
  it('set away by the machine is told why', () => {
    const pane = aPane().play({
      type: 'presence',
      presence: 'away',
      wish: 'away',
      reason: 'missed_twice',
    });
    expect(pane.desk.notices).toMatchObject([{ room: 'presence', code: 'missed_twice' }]);
  });

  it('who asked for one more while nobody waited is told so until somebody rings', () => {
    const pane = aPane().play({
      type: 'error',
      code: 'nobody_waits',
      message: '',
      message_en: '',
      client_id: '',
      contact_id: '',
    });
    expect(pane.desk.notices).toMatchObject([{ code: 'nobody_waits' }]);
    pane.play({ type: 'offer', ...anOffer() });
    expect(pane.desk.notices).toEqual([]);
  });

  it('who changed presence is not', () => {
    const pane = aPane().play({
      type: 'presence',
      presence: 'away',
      wish: 'away',
      reason: 'wished',
    });
    expect(pane.desk.notices).toEqual([]);
  });
});
