import { describe, expect, it } from 'vitest';
import { unreadOf } from './desk';
import {
  columnsOf,
  keepColumns,
  lastWordsAt,
  longestWaiting,
  lookupColumns,
  sinceMs,
  waitsSince,
} from './desk-columns';
import { AT, aContact, aMessage, aPane, NOW, type Played } from './fake-desk';

const threeInHand = () => aPane(aContact('c1'), aContact('c2'), aContact('c3'), aContact('c4'));
const open = ({ desk }: Played) => columnsOf(desk).map(({ contact }) => contact.contact_id);
const pin = (contact_id: string) => ({ is: 'pin', contact_id }) as const;
const choose = (contact_id: string) => ({ is: 'choose', contact_id }) as const;
const room = (columns: number) => ({ is: 'room', columns }) as const;
const at = (s: number) => `2026-01-01T00:00:${String(s).padStart(2, '0')}.000Z`;

describe('talks side by side', () => {
  it('are the chosen one alone until another is pinned', () => {
    expect(open(threeInHand().play(room(3)))).toEqual(['c1']);
    expect(open(threeInHand().play(room(3), pin('c3')))).toEqual(['c1', 'c3']);
  });

  it('are never more than the window has room for, and the chosen one is always among them', () => {
    const pane = threeInHand().play(room(3), pin('c2'), pin('c3'), pin('c4'));
    expect(open(pane)).toEqual(['c1', 'c3', 'c4']);
    expect(open(pane.play(room(2)))).toEqual(['c1', 'c4']);
    expect(open(pane.play(room(1)))).toEqual(['c1']);
  });

  it('keep the order of the list whichever is chosen', () => {
    const pane = threeInHand().play(room(2), pin('c1'), choose('c3'));
    expect(open(pane)).toEqual(['c1', 'c3']);
    expect(open(pane.play(choose('c1')))).toEqual(['c1', 'c3']);
  });

  it('stay open when one goes from one to the other', () => {
    const pane = threeInHand().play(room(2), pin('c1'), choose('c3'), choose('c1'));
    expect(open(pane)).toEqual(['c1', 'c3']);
    expect(open(pane.play(choose('c2')))).toEqual(['c2', 'c3']);
  });

  it('close when unpinned, when the contact goes, and not with the line', () => {
    const pane = threeInHand().play(room(3), pin('c2'), pin('c3'), { is: 'down' }, pin('c3'));
    expect(open(pane)).toEqual(['c1', 'c2']);
    const gone = { type: 'contact_state', contact_id: 'c2', state: 'released', reason: 'x' };
    expect(open(pane.play(gone as never))).toEqual(['c1']);
    expect(pane.desk.pinned).toEqual([]);
  });

  it('are all read while the page is in front', () => {
    const pane = threeInHand().play(room(2), pin('c2'));
    pane.play(aMessage(1, { contact_id: 'c2' }), aMessage(1, { contact_id: 'c3' }));
    expect(['c2', 'c3'].map((id) => unreadOf(pane.held(id)))).toEqual([0, 1]);
    expect(pane.sent()).toContainEqual({ type: 'read', contact_id: 'c2', seq: 1 });
  });

  it('are gone through in a ring', () => {
    const pane = threeInHand();
    const chosen = (is: 'next' | 'previous') => pane.play({ is }).desk.chosen;
    expect([chosen('previous'), chosen('next'), chosen('next')]).toEqual(['c4', 'c1', 'c2']);
    expect(aPane().play({ is: 'next' }, { is: 'previous' }).desk.chosen).toBeNull();
  });

  it('open again after a reload by their ids alone', () => {
    const kept = new Map<string, string>();
    const storage = () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
    keepColumns(storage, { chosen: 'c2', pinned: ['c1'] });
    expect([...kept.values()]).toEqual(['{"chosen":"c2","pinned":["c1"]}']);
    expect(lookupColumns(storage)).toEqual({ chosen: 'c2', pinned: ['c1'] });
    keepColumns(storage, { chosen: null, pinned: [] });
    expect(kept.size).toBe(0);
  });

  it('do without a storage that is denied or full of nonsense', () => {
    const denied = () => {
      throw new Error('denied');
    };
    keepColumns(denied, { chosen: 'c1', pinned: [] });
    expect(lookupColumns(denied)).toEqual({ chosen: null, pinned: [] });
    const nonsense = { getItem: () => '{"pinned":7}', setItem() {}, removeItem() {} };
    expect(lookupColumns(() => nonsense)).toEqual({ chosen: null, pinned: [] });
  });
});

describe('who waits for an answer', () => {
  it('waits since the first word after ours', () => {
    const pane = aPane(aContact()).play(
      aMessage(1, { at: at(1) }),
      aMessage(2, { at: at(2), from: 'counselor' }),
      aMessage(3, { at: at(3) }),
      aMessage(4, { at: at(4) }),
    );
    expect(waitsSince(pane.held())).toBe(at(3));
    expect(lastWordsAt(pane.held())).toBe(at(4));
    pane.play({ is: 'write', contact_id: 'c1', client_id: 'x', text: '在' });
    expect(waitsSince(pane.held())).toBeNull();
  });

  it('waits on while only a transfer note was written', () => {
    const note = { from: 'counselor', kind: 'transfer_note', at: at(2) };
    const pane = aPane(aContact()).play(aMessage(1, { at: at(1) }), aMessage(2, note));
    expect(waitsSince(pane.held())).toBe(at(1));
  });

  it('is nobody once the talk is over', () => {
    const pane = aPane(aContact('c1', { state: 'wrap_up' })).play(aMessage(1, { at: at(1) }));
    expect(waitsSince(pane.held())).toBeNull();
  });

  it('is gone to by one key, the longest first', () => {
    const pane = threeInHand().play(
      aMessage(1, { contact_id: 'c2', at: at(9) }),
      aMessage(1, { contact_id: 'c4', at: at(5) }),
    );
    expect(longestWaiting(pane.desk)).toBe('c4');
    expect(pane.play({ is: 'oldest' }).desk.chosen).toBe('c4');
    expect(aPane(aContact()).play({ is: 'oldest' }).desk.chosen).toBe('c1');
  });

  it('has waited by the server’s clock', () => {
    expect(sinceMs({ skew_ms: 5_000 }, AT, NOW)).toBe(5_000);
    expect(sinceMs({ skew_ms: -5_000 }, AT, NOW)).toBe(0);
  });
});
