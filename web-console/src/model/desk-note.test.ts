import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import type { Event } from './desk';
import { UNDO_MS } from './desk-note';
import { AT, aContact, aPane, aWelcome, NOW, type Played } from './fake-desk';

const typed = (text: string): Event => ({ is: 'note', contact_id: 'c1', change: { text } });
const rest: Event = { is: 'note_rest', contact_id: 'c1' };
const blank: Event = { is: 'note_loaded', contact_id: 'c1', note: null };
const later = (s: number) => new Date(NOW + s * 1000).toISOString();
const inWrapUp = (until = later(60)) =>
  aPane(aContact('c1', { state: 'wrap_up', wrap_up_until: until })).play(blank);
const asPrank: Event = { is: 'close_as', contact_id: 'c1', outcome: 'prank', now: NOW };
const due: Event = { is: 'close_due', contact_id: 'c1' };
const savedNotes = ({ done }: Played) =>
  done.flatMap((effect) => (effect.do === 'save_note' ? [effect.note] : []));

describe('a note beside the talk', () => {
  it('is fetched as soon as the contact is in hand', () => {
    const pane = aPane().play({ type: 'assigned', contact: aContact() });
    expect(pane.done).toContainEqual({ do: 'load_note', contact_id: 'c1' });
  });

  it('that could not be fetched is asked for again, and no more when the contact has gone', () => {
    const pane = aPane(aContact()).play({ is: 'note_not_loaded', contact_id: 'c1' });
    const again = { is: 'note_load', contact_id: 'c1' } as const;
    expect(pane.done).toContainEqual({ do: 'after', ms: 3_000, event: again });
    pane.play({ type: 'contact_state', contact_id: 'c1', state: 'released', reason: '' });
    pane.done = [];
    expect(pane.play(again).done).toEqual([]);
  });

  it('is a draft on the server while the talk goes on', () => {
    const pane = aPane(aContact()).play(blank, typed('想家'), rest);
    expect(savedNotes(pane)).toEqual([{ text: '想家', outcome: null }]);
  });

  it('typed without a line is saved when there is one again', () => {
    const pane = aPane(aContact()).play(blank, { is: 'down' }, typed('想家'), rest);
    pane.play({ is: 'note_failed', contact_id: 'c1', version: 1 });
    pane.done = [];
    pane.play(aWelcome([aContact()]));
    expect(savedNotes(pane)).toEqual([{ text: '想家', outcome: null }]);
  });

  it('goes out at once when the lid closes', () => {
    const pane = aPane(aContact()).play(blank, typed('想家'), { is: 'flush' });
    expect(savedNotes(pane)).toEqual([{ text: '想家', outcome: null }]);
    pane.play({ is: 'flush' });
    expect(savedNotes(pane)).toHaveLength(1);
  });

  it.each(['released', 'closed'])(
    'of a contact %s before it was saved is shown to be copied',
    (state) => {
      const gone = { type: 'contact_state', contact_id: 'c1', state, reason: 'wrap_up_over' };
      const pane = aPane(aContact()).play(blank, typed('想家'), gone as ToDesk);
      const [, left] = pane.desk.notices;
      expect(left).toMatchObject({ code: 'note_unkept', text: '想家' });
    },
  );

  it('of a contact that went while the line was cut is sent once more, and shown until it is kept', () => {
    const pane = aPane(aContact()).play(blank, { is: 'down' }, typed('想家'), aWelcome([]));
    expect(pane.desk.notices).toMatchObject([{ code: 'note_unkept', text: '想家' }]);
    expect(savedNotes(pane)).toEqual([{ text: '想家', outcome: null }]);
    pane.play({ is: 'note_saved', contact_id: 'c1', version: 0 });
    expect(pane.desk.notices).toMatchObject([{ code: 'note_unkept' }]);
    pane.play({ is: 'note_saved', contact_id: 'c1', version: 1 });
    expect(pane.desk.notices).toMatchObject([{ code: 'note_kept', text: '' }]);
  });
});

describe('an outcome by one press', () => {
  it('closes the contact when the time to take it back is over', () => {
    const pane = inWrapUp().play(asPrank);
    expect(pane.held().closing).toBe('prank');
    expect(pane.done).toContainEqual({ do: 'after', ms: UNDO_MS, event: due });
    expect(savedNotes(pane)).toEqual([]);
    pane.play(due, { is: 'note_saved', contact_id: 'c1', version: 1 });
    expect(savedNotes(pane)).toEqual([{ text: '', outcome: 'prank' }]);
    expect(pane.sent()).toContainEqual({ type: 'wrapped_up', contact_id: 'c1' });
  });

  it('taken back leaves everything as it was', () => {
    const pane = inWrapUp().play(typed('想'), asPrank, { is: 'undo', contact_id: 'c1' }, due);
    expect(pane.held()).toMatchObject({ closing: null, note: { text: '想', isClosing: false } });
    expect(savedNotes(pane)).toEqual([]);
  });

  it('keeps what was noted', () => {
    const pane = inWrapUp().play(typed('想'), asPrank, due);
    expect(savedNotes(pane)).toEqual([{ text: '想', outcome: 'prank' }]);
  });

  it('does not wait longer than the wrap-up lasts', () => {
    const pane = inWrapUp(later(4)).play(asPrank);
    expect(pane.done).toContainEqual({ do: 'after', ms: 2_500, event: due });
    expect(inWrapUp(AT).play(asPrank).done).toContainEqual({ do: 'after', ms: 0, event: due });
  });

  it('is for a talk that is over', () => {
    expect(aPane(aContact()).play(asPrank).held().closing).toBeNull();
  });
});

describe('a page at which somebody else signs in', () => {
  it('keeps nothing of the first one’s', () => {
    const other = { counselor: { counselor_id: 'k2' } };
    const pane = aPane(aContact()).play({ is: 'draft', contact_id: 'c1', text: '别怕' });
    expect(pane.play(aWelcome([aContact()])).held().draft).toBe('别怕');
    expect(pane.play(aWelcome([aContact()], other)).held().draft).toBe('');
  });

  it('or out keeps nothing at all', () => {
    const pane = aPane(aContact()).play(typed('想家'), { is: 'forget' });
    expect(pane.desk).toMatchObject({ held: [], me: null, notices: [] });
  });
});
