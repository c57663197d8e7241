/** The start page: what this is, what it is not, and one button. */
import { named } from '../i18n/say';
import type { Contact } from '../model/contact';
import type { LineDoor } from '../protocol/lobby';
import { domId, h, put, show } from './dom';
import { type Fold, fold } from './fold';
import { type Shut, shutNotice } from './shut';
import type { Room, View } from './view';

export interface DoorState {
  door: LineDoor | null;
  isUnreachable: boolean;
  shut: Shut | null;
  /** It was shut while the person stood here, and has opened. */
  hasOpened: boolean;
}

export function doorView(room: Room, state: DoorState, onretry: () => void): View {
  const { say } = room;
  const { door, shut } = state;
  const heading = h('h1', { tabindex: -1 }, say('door.title'));
  const greeting = (say.lang === 'en' && door?.greeting_en) || door?.greeting || say('door.what');
  const back = h('p', { class: 'notice' }, say('door.back'));
  const start = h('button', { type: 'submit', class: 'main wide', name: 'start' });
  const trouble = troubleView(room);
  const ask = door && door.asks.length > 0 ? askFold(room, door) : null;
  const returning = phraseFold(room);
  const words = shut ? shutNotice(say, shut) : null;
  const opened = state.hasOpened && h('p', { class: 'notice' }, say('door.now_open'));
  const folds = [ask, returning].filter((one): one is Fold => one !== null);
  const form = h(
    'form',
    { class: 'stack', autocomplete: 'off', onsubmit },
    start,
    facts(room),
    ...folds.flatMap((one) => [one.button, one.panel]),
  );
  const el = h(
    'div',
    { class: 'stack door' },
    heading,
    words ?? h('p', {}, greeting),
    opened,
    back,
    state.isUnreachable && unreachable(room, onretry),
    trouble.el,
    !shut && form,
  );

  function onsubmit(event: Event): void {
    event.preventDefault();
    knock(room, room.memory.phrase.trim());
  }
  function draw(contact: Contact): void {
    const isKnocking = contact.phase.at === 'knocking';
    start.disabled = isKnocking;
    const isBack = contact.returning !== null;
    put(start, say(isKnocking ? 'door.starting' : isBack ? 'door.come_back' : 'door.start'));
    show(back, isBack);
    if (contact.trouble?.code === 'unknown_return_phrase') returning.toggle(true);
    trouble.draw(contact);
  }
  return { el, draw, heading };
}

function knock({ memory, say, visit }: Room, return_phrase: string): void {
  const asks = memory.ask ? { asks: [memory.ask] } : {};
  const words = return_phrase ? { return_phrase } : {};
  visit.knock({ locale: say.lang, ...asks, ...words, screening: { danger_now: false } });
}

/** Why the knock was not taken, and the way round it. */
function troubleView(room: Room): View {
  const { memory, say } = room;
  const words = h('p');
  const without = h('button', { type: 'button', onclick: startWithout }, say('back.without'));
  const el = h('div', { class: 'notice stack', role: 'alert' }, words, without);
  function startWithout(): void {
    memory.phrase = '';
    knock(room, '');
  }
  function draw({ trouble }: Contact): void {
    show(el, trouble !== null);
    show(without, trouble?.code === 'unknown_return_phrase');
    put(words, trouble ? sayTrouble(room, trouble) : '');
  }
  return { el, draw };
}

function sayTrouble(
  { say }: Room,
  { code, retry_after_s }: NonNullable<Contact['trouble']>,
): string {
  const soon = code === 'rate_limited' && retry_after_s === null ? 'rate_limited_soon' : code;
  return say.code('no', soon, { seconds: Math.ceil(retry_after_s ?? 0) });
}

function unreachable({ say }: Room, onretry: () => void): HTMLElement {
  const retry = h('button', { type: 'button', onclick: onretry }, say('door.retry'));
  return h('div', { class: 'notice', role: 'alert' }, h('p', {}, say('door.unreachable')), retry);
}

function askFold({ memory, say }: Room, door: LineDoor): Fold {
  const id = domId();
  const options = door.asks.map((ask) => h('option', { value: ask.code }, named(say.lang, ask)));
  const onchange = () => {
    memory.ask = select.value;
  };
  const select = h('select', { id, name: 'ask', onchange });
  select.append(h('option', { value: '' }, say('door.ask_any')), ...options);
  select.value = memory.ask;
  const opened = fold(say('door.ask_title'), h('label', { for: id }, say('door.ask')), select);
  if (memory.ask) opened.toggle(true);
  return opened;
}

function phraseFold({ memory, say }: Room): Fold {
  const [id, hintId] = [domId(), domId()];
  const oninput = () => {
    memory.phrase = field.value;
  };
  const quiet = { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' };
  const props = { id, name: 'phrase', maxlength: 200, 'aria-describedby': hintId, oninput };
  const field = h('input', { ...quiet, ...props });
  field.value = memory.phrase;
  const label = h('label', { for: id }, say('back.label'));
  const hint = h('p', { id: hintId, class: 'small soft' }, say('back.hint'));
  const opened = fold(say('back.title'), label, hint, field);
  if (memory.phrase) opened.toggle(true);
  return opened;
}

function facts({ say }: Room): HTMLElement {
  const keys = ['door.anonymous', 'door.supervisor', 'door.emergency'] as const;
  return h('ul', { class: 'facts' }, ...keys.map((key) => h('li', {}, say(key))));
}
