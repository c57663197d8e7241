/** The whole of what a seeker sees, in a page of ours or inside somebody else's. */
import { type Lang, named } from '../i18n/say';
import { sayWidget } from '../i18n/widget';
import type { Contact } from '../model/contact';
import type { Visit } from '../model/visit';
import { h, show } from './dom';
import { type DoorState, doorView } from './door-view';
import { endedView } from './ended-view';
import { numbersView } from './numbers-view';
import { roomView } from './room-view';
import type { Room, View } from './view';

type Kind = 'door' | 'room' | 'ended';

export class ChatView {
  readonly el = h('div', { class: 'xq widget' });
  private readonly memory: Room['memory'] = { draft: '', ask: '', isInDanger: false };
  private readonly state: DoorState = { door: null, isUnreachable: false };
  private kind: Kind | null = null;
  private view: View | null = null;
  private band: HTMLElement = h('p');
  private elsewhere: HTMLElement = h('p');
  readonly close: () => void;

  constructor(
    private readonly visit: Visit,
    private lang: Lang,
    private readonly onlang?: (lang: Lang) => void,
  ) {
    this.build();
    this.close = visit.watch((contact) => this.draw(contact));
    void this.lookupDoor();
  }

  private room(): Room {
    return { say: sayWidget(this.lang), visit: this.visit, memory: this.memory };
  }

  /** Everything anew: at the start, in another language, and when the line's door is known. */
  private build(): void {
    const { say } = this.room();
    this.onlang?.(this.lang);
    this.kind = null;
    this.band = h('p', { class: 'band', role: 'status' }, say('link.down'));
    const takeOver = () => this.visit.takeOver();
    const here = h('button', { type: 'button', onclick: takeOver }, say('link.take_over'));
    this.elsewhere = h(
      'div',
      { class: 'band', role: 'status' },
      h('p', {}, say('link.elsewhere')),
      here,
    );
    this.el.lang = this.lang;
    this.el.textContent = '';
    this.el.append(this.header(), this.band, this.elsewhere, h('main', { class: 'page' }));
  }

  private header(): HTMLElement {
    const { say } = this.room();
    const { door } = this.state;
    const who = h('span', { class: 'who' }, say('head.service'));
    if (door) who.append(h('span', { class: 'soft' }, ` · ${named(this.lang, door)}`));
    const other: Lang = this.lang === 'en' ? 'zh-CN' : 'en';
    const onclick = () => {
      this.lang = other;
      this.rebuild();
    };
    const button = h(
      'button',
      { type: 'button', class: 'plain', lang: other, onclick },
      say('lang.other'),
    );
    return h('header', { class: 'head' }, who, button);
  }

  private rebuild(): void {
    this.build();
    this.draw(this.visit.contact, false);
  }

  private draw(contact: Contact, movesFocus = true): void {
    const kind = kindOf(contact);
    if (kind !== this.kind) this.enter(kind, contact, movesFocus);
    show(this.band, contact.link === 'down' && kind === 'room' && !contact.isElsewhere);
    show(this.elsewhere, contact.isElsewhere);
    this.view?.draw(contact);
  }

  private enter(kind: Kind, contact: Contact, movesFocus: boolean): void {
    const isFirst = this.kind === null;
    const main = this.el.querySelector('main');
    if (!main) return;
    this.kind = kind;
    this.view = this.viewOf(kind, contact);
    main.className = kind === 'room' ? 'room' : 'page';
    main.textContent = '';
    main.append(this.view.el);
    if (kind !== 'room')
      main.append(numbersView(this.room().say, this.visit.line, this.state.door));
    this.view.draw(contact);
    // A new view is read from its heading; the first one from the top of the page.
    if (movesFocus && !isFirst) this.view.heading?.focus();
  }

  private viewOf(kind: Kind, contact: Contact): View {
    if (kind === 'room') return roomView(this.room());
    if (kind === 'ended') return endedView(this.room(), contact, () => this.again());
    return doorView(this.room(), this.state, () => void this.lookupDoor());
  }

  private again(): void {
    this.memory.draft = '';
    this.memory.isInDanger = false;
    this.visit.again();
    void this.lookupDoor();
  }

  private async lookupDoor(): Promise<void> {
    const before = JSON.stringify(this.state);
    try {
      this.state.door = await this.visit.lookupDoor();
      this.state.isUnreachable = false;
    } catch {
      this.state.isUnreachable = true;
    }
    if (JSON.stringify(this.state) !== before) this.doorChanged();
  }

  private doorChanged(): void {
    if (this.kind === 'door') this.rebuild();
    else this.el.querySelector('header')?.replaceWith(this.header());
  }
}

function kindOf({ phase }: Contact): Kind {
  if (phase.at === 'ended') return 'ended';
  return phase.at === 'door' || phase.at === 'knocking' ? 'door' : 'room';
}
