/** The start page: what this is, what it is not, and one button. */
import { named } from '../i18n/say';
import type { Contact } from '../model/contact';
import type { LineDoor } from '../protocol/lobby';
import { domId, h, put, show } from './dom';
import type { Room, View } from './view';

export interface DoorState {
  door: LineDoor | null;
  isUnreachable: boolean;
}

export function doorView(
  room: Room,
  { door, isUnreachable }: DoorState,
  onretry: () => void,
): View {
  const { say } = room;
  const heading = h('h1', { tabindex: -1 }, say('door.title'));
  const greeting = (say.lang === 'en' && door?.greeting_en) || door?.greeting || say('door.what');
  const back = h('p', { class: 'notice', role: 'status' }, say('door.back'));
  const start = h('button', { type: 'submit', class: 'main wide' });
  const trouble = h('p', { class: 'notice', role: 'alert' });
  const isClosed = door !== null && !door.open;
  const el = h(
    'div',
    { class: 'stack' },
    heading,
    h('p', {}, greeting),
    back,
    isUnreachable && unreachable(room, onretry),
    isClosed ? h('p', { class: 'notice' }, say('door.closed')) : form(room, door, start),
    trouble,
    facts(room),
  );

  function draw(contact: Contact): void {
    const isKnocking = contact.phase.at === 'knocking';
    start.disabled = isKnocking;
    const isBack = contact.returning !== null;
    put(start, say(isKnocking ? 'door.starting' : isBack ? 'door.come_back' : 'door.start'));
    show(back, isBack);
    show(trouble, contact.trouble !== null);
    put(trouble, contact.trouble ? sayTrouble(room, contact.trouble) : '');
  }
  return { el, draw, heading };
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

function form(room: Room, door: LineDoor | null, start: HTMLElement): HTMLElement {
  const { memory, say, visit } = room;
  function onsubmit(event: Event): void {
    event.preventDefault();
    const asks = memory.ask ? { asks: [memory.ask] } : {};
    visit.knock({ locale: say.lang, ...asks, screening: { danger_now: memory.isInDanger } });
  }
  const asks = door && door.asks.length > 0 && askField(room, door);
  return h('form', { onsubmit }, asks, dangerToggle(room), start);
}

function askField({ memory, say }: Room, door: LineDoor): HTMLElement {
  const id = domId();
  const options = door.asks.map((ask) => h('option', { value: ask.code }, named(say.lang, ask)));
  const onchange = () => {
    memory.ask = select.value;
  };
  const select = h('select', { id, onchange });
  select.append(h('option', { value: '' }, say('door.ask_any')), ...options);
  select.value = memory.ask;
  return h('p', {}, h('label', { for: id }, say('door.ask')), select);
}

function dangerToggle({ memory, say }: Room): HTMLElement {
  const onchange = () => {
    memory.isInDanger = box.checked;
  };
  const box = h('input', {
    type: 'checkbox',
    onchange,
  });
  box.checked = memory.isInDanger;
  const hint = h('span', { class: 'hint' }, say('door.danger_hint'));
  return h('label', { class: 'choice toggle' }, box, h('span', {}, say('door.danger'), hint));
}

function facts({ say }: Room): HTMLElement {
  const keys = ['door.anonymous', 'door.supervisor', 'door.emergency'] as const;
  return h('ul', { class: 'facts' }, ...keys.map((key) => h('li', {}, say(key))));
}
