/** Six words to come back with, and how it was: asked of the server beside the talk. */
import type { Contact, Event, Step, Ticket } from './contact';

type After = Extract<
  Event,
  { is: 'ask_phrase' | 'phrase' | 'no_phrase' | 'rate' | 'rated' | 'not_rated' }
>;

export function stepAfter(contact: Contact, event: After): Step {
  switch (event.is) {
    case 'ask_phrase':
      return askPhrase(contact);
    case 'phrase':
      return [{ ...contact, phrase: { at: 'told', words: event.words } }, []];
    case 'no_phrase':
      return [{ ...contact, phrase: { at: 'refused', code: event.code } }, []];
    case 'rate':
      return rate(contact, event.score);
    case 'rated':
      return [rated(contact), []];
    case 'not_rated':
      return [{ ...contact, rating: { at: 'refused' } }, []];
  }
}

/** The contact that lives, or the one that has just ended. */
function proofOf(contact: Contact): Ticket | null {
  return contact.phase.at === 'ended' ? contact.past : contact.ticket;
}

function askPhrase(contact: Contact): Step {
  const ticket = proofOf(contact);
  if (!ticket || contact.phrase.at === 'asked') return [contact, []];
  return [{ ...contact, phrase: { at: 'asked' } }, [{ do: 'ask_phrase', ticket }]];
}

function rate(contact: Contact, score: number): Step {
  const { past: ticket, hasTalked } = contact;
  if (!ticket || !hasTalked) return [contact, []];
  return [{ ...contact, rating: { at: 'sending', score } }, [{ do: 'rate', ticket, score }]];
}

function rated(contact: Contact): Contact {
  const { rating } = contact;
  return rating.at === 'sending'
    ? { ...contact, rating: { at: 'given', score: rating.score } }
    : contact;
}
