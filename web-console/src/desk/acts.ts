/** What a key does on the desk. */
import { chosenOf, type Desk, type Event } from '../model/desk';
import { columnsOf } from '../model/desk-columns';
import type { KeyAct } from '../model/desk-keys';
import { focusPart } from './focus';
import { OUTCOMES } from './outcomes';

/** What stands open over a column. */
export type Asked = { contact_id: string; what: 'end' | 'transfer' | 'canned' } | null;

export interface Hands {
  desk: () => Desk;
  turn: (event: Event) => void;
  ask: (asked: Asked) => void;
  overview: () => void;
  now: () => number;
}

export function perform(hands: Hands, act: KeyAct): void {
  const { desk, turn } = hands;
  switch (act) {
    case 'accept':
    case 'decline':
      return turn({ is: act });
    case 'next':
    case 'previous':
    case 'oldest':
      turn({ is: act });
      return void focusPart(desk().chosen, 'write', 'note');
    case 'available':
    case 'away':
    case 'offline':
      return turn({ is: 'wish', wish: act });
    case 'pull_one':
      return desk().wish === 'available' ? turn({ is: act }) : undefined;
    case 'overview':
      return hands.overview();
    case 'undo':
      return undo(hands);
    default:
      return performOnChosen(hands, act);
  }
}

/** The chosen one if it is closing, else whichever open column is. */
function undo({ desk, turn }: Hands): void {
  const closing = columnsOf(desk()).filter((held) => held.closing !== null);
  const held = closing.find(({ contact }) => contact.contact_id === desk().chosen) ?? closing[0];
  if (!held) return;
  turn({ is: 'undo', contact_id: held.contact.contact_id });
  void focusPart(held.contact.contact_id, 'note');
}

function performOnChosen(hands: Hands, act: KeyAct): void {
  const { desk, turn, ask } = hands;
  const held = chosenOf(desk());
  if (!held) return;
  const { contact_id, state } = held.contact;
  if (act === 'pin') return turn({ is: 'pin', contact_id });
  if (act === 'note') return void focusPart(contact_id, 'note');
  if (state === 'wrap_up') return performInWrapUp(hands, act, contact_id);
  switch (act) {
    case 'write':
    case 'whisper':
    case 'risk':
      return void focusPart(contact_id, act);
    case 'sos':
      return desk().called.includes(contact_id) ? undefined : turn({ is: 'sos', contact_id });
    case 'canned':
    case 'transfer':
    case 'end':
      return ask({ contact_id, what: act });
  }
}

function performInWrapUp({ turn, now }: Hands, act: KeyAct, contact_id: string): void {
  if (act === 'close') return turn({ is: 'wrapped_up', contact_id });
  const number = /^outcome_(\d)$/.exec(act)?.[1];
  const outcome = OUTCOMES[Number(number) - 1];
  if (!outcome) return;
  if (outcome.isAtOnce) turn({ is: 'close_as', contact_id, outcome: outcome.code, now: now() });
  else turn({ is: 'note', contact_id, change: { outcome: outcome.code } });
}
