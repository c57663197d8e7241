import { describe, expect, it } from 'vitest';
import type { ToDesk } from '../protocol/desk';
import { unheardOf } from './desk';
import { AT, aContact, aMessage, aPane, aWelcome } from './fake-desk';

const aWhisper = (whisper_id: string, more: object = {}) =>
  ({
    type: 'whisper',
    contact_id: 'c1',
    whisper_id,
    by: '督导',
    mine: false,
    text: '问问身边有没有人',
    at: AT,
    ...more,
  }) as ToDesk;
const answer = { is: 'whisper', contact_id: 'c1', client_id: 'w', text: '好' } as const;

describe('a whisper', () => {
  it('stands apart from the talk and is shown once', () => {
    const pane = aPane(aContact()).play(aMessage(1), aWhisper('w1'), aWhisper('w1'));
    expect(pane.held().whispers).toHaveLength(1);
    expect(pane.held().talk.entries).toHaveLength(1);
  });

  it('to a talk behind is new until that talk is looked at', () => {
    const pane = aPane(aContact('c0'), aContact('c1')).play(aWhisper('w1'));
    expect(unheardOf(pane.held())).toBe(1);
    expect(unheardOf(pane.play({ is: 'choose', contact_id: 'c1' }).held())).toBe(0);
  });

  it('answered is kept when the server says so, and is no message of the talk', () => {
    const pane = aPane(aContact()).play(answer);
    expect(pane.held().whispers[0]).toMatchObject({ fate: 'sending', isMine: true });
    expect(pane.sent()).toContainEqual({
      type: 'whisper',
      contact_id: 'c1',
      client_id: 'w',
      text: '好',
    });
    pane.play(aWhisper('w2', { mine: true, client_id: 'w', text: '好' }));
    expect(pane.held().whispers).toMatchObject([{ fate: 'saved', whisper_id: 'w2' }]);
    expect(pane.held().talk.entries).toEqual([]);
  });

  it('answered without a line goes out when there is one', () => {
    const pane = aPane(aContact()).play({ is: 'down' }, answer);
    pane.done = [];
    pane.play(aWelcome([aContact()]));
    expect(pane.sent()).toContainEqual({
      type: 'whisper',
      contact_id: 'c1',
      client_id: 'w',
      text: '好',
    });
  });

  it('refused says so, and nothing of the talk is refused with it', () => {
    const pane = aPane(aContact()).play(answer);
    const fault = { type: 'error', code: 'not_talking', client_id: 'w', contact_id: 'c1' };
    pane.play(fault as ToDesk);
    expect(pane.held().whispers[0]).toMatchObject({ fate: 'refused', fault: 'not_talking' });
  });

  it('comes from those who look in, whose names are told', () => {
    const pane = aPane(aContact()).play({ type: 'looked_at', contact_id: 'c1', by: ['督导'] });
    expect(pane.held().contact.looked_at_by).toEqual(['督导']);
  });
});
