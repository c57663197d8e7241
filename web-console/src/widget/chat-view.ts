/** The whole of what a seeker sees, in a page of ours or inside somebody else's. */
import { type Lang, named } from '../i18n/say';
import { sayWidget } from '../i18n/widget';
import type { Contact } from '../model/contact';
import type { Visit } from '../model/visit';
import { h, put, show } from './dom';
import { type DoorState, doorView } from './door-view';
import { DoorWatch } from './door-watch';
import { Ear } from './ear';
import { endedView } from './ended-view';
import { QuickExit } from './exit';
import { numbersView } from './numbers-view';
import { roomView } from './room-view';
import { shutOf } from './shut';
import { urgentView } from './urgent-view';
import type { Room, View } from './view';

type Kind = 'door' | 'room' | 'ended';

export interface Place {
  /** Where the house's own files are. */
  home: string;
  /** The page that quick exit puts in this one's place. */
  exit_to: string;
  /** A whole page of ours: its keys are ours too. */
  isPage: boolean;
  onlang?: (lang: Lang) => void;
}

export class ChatView {
  readonly el = h('div', { class: 'xq widget' });
  private readonly ear = new Ear();
  private readonly memory: Room['memory'] = {
    ask: '',
    phrase: '',
    calm: { tab: 'breathe', step: 0, reading: null },
  };
  private state: DoorState = { door: null, isUnreachable: false, shut: null, hasOpened: false };
  private kind: Kind | null = null;
  private view: View | null = null;
  private urgent: View | null = null;
  private who = h('p');
  private elsewhere = h('div');
  private link: Contact['link'] = 'idle';
  private readonly watch = new DoorWatch(() => void this.lookupDoor());
  private readonly exit: QuickExit;
  private readonly unwatch: () => void;

  constructor(
    private readonly visit: Visit,
    private lang: Lang,
    private readonly place: Place,
  ) {
    this.exit = new QuickExit({
      visit,
      to: place.exit_to,
      wipe: () => this.vanish(),
      hint: () => this.ear.tell(this.room().say('exit.once_more')),
      isOurs: (event) => this.isOurs(event),
    });
    this.build();
    this.unwatch = visit.watch((contact) => this.draw(contact));
    void this.lookupDoor();
  }

  close(): void {
    this.unwatch();
    this.watch.close();
    this.exit.close();
    this.visit.close();
  }

  private room(): Room {
    const { ear, memory, visit } = this;
    return { say: sayWidget(this.lang), visit, ear, memory, home: this.place.home };
  }

  /** Everything anew: at the start and in another language. */
  private build(): void {
    const room = this.room();
    const { say } = room;
    this.place.onlang?.(this.lang);
    this.kind = null;
    const takeOver = () => this.visit.takeOver();
    const here = h('button', { type: 'button', onclick: takeOver }, say('link.take_over'));
    const words = h('p', {}, say('link.elsewhere'));
    this.elsewhere = h('div', { class: 'band', hidden: true }, words, here);
    this.urgent = urgentView(
      room,
      () => this.state.shut !== null && this.state.shut.because !== 'full',
    );
    this.el.lang = this.lang;
    this.el.textContent = '';
    const parts = [this.header(), this.ear.el, this.elsewhere, this.urgent.el, h('main')];
    this.el.append(...parts);
  }

  /** The way out stands first, for the thumb, the eye and the keyboard alike. */
  private header(): HTMLElement {
    const { say } = this.room();
    const other: Lang = this.lang === 'en' ? 'zh-CN' : 'en';
    const turn = () => {
      this.lang = other;
      this.build();
      this.draw(this.visit.contact, false);
      this.el.querySelector<HTMLElement>('[name=lang]')?.focus();
    };
    this.who = h('p', { class: 'who' });
    const props = { type: 'button', class: 'exit', title: say('exit.hint') };
    const leave = h('button', { ...props, onclick: () => this.exit.go() }, say('exit.button'));
    const lang = h('button', { type: 'button', class: 'plain', name: 'lang', lang: other });
    lang.addEventListener('click', turn);
    lang.append(say('lang.other'));
    return h('header', { class: 'head' }, leave, this.who, lang);
  }

  private draw(contact: Contact, movesFocus = true): void {
    const kind = kindOf(contact);
    if (kind !== this.kind) this.enter(kind, contact, movesFocus);
    this.drawLink(contact, kind);
    if (contact.isElsewhere === this.elsewhere.hidden) {
      this.ear.tell(contact.isElsewhere ? (this.elsewhere.textContent ?? '') : '');
    }
    show(this.elsewhere, contact.isElsewhere);
    this.urgent?.draw(contact);
    this.view?.draw(contact);
  }

  /** A cut line is said in the head, where nothing has to make room for it. */
  private drawLink({ isElsewhere, link }: Contact, kind: Kind): void {
    const { say } = this.room();
    const { door } = this.state;
    const isDown = link === 'down' && kind === 'room' && !isElsewhere;
    const name = door ? ` · ${named(this.lang, door)}` : '';
    put(this.who, isDown ? say('link.down') : say('head.service') + name);
    this.who.classList.toggle('cut', isDown);
    if (isDown && this.link !== 'down') this.ear.mention(say('link.down'));
    if (link === 'up' && this.link === 'down') this.ear.mention(say('link.up'));
    if (link !== 'connecting') this.link = link;
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
    if (kind === 'door') this.watchDoor();
    else this.watch.close();
  }

  private viewOf(kind: Kind, contact: Contact): View {
    if (kind === 'room') return roomView(this.room());
    if (kind === 'ended') return endedView(this.room(), contact, () => this.again());
    return doorView(this.room(), this.state, () => void this.lookupDoor());
  }

  private again(): void {
    this.memory.phrase = '';
    this.visit.again();
    void this.lookupDoor();
  }

  // ── the door, looked at again while it is shut ───────────────────────

  private async lookupDoor(): Promise<void> {
    const before = this.state;
    const door = await this.visit.lookupDoor().catch(() => null);
    const shut = shutOf(door ?? before.door);
    const hasOpened = door !== null && shut === null && (before.shut !== null || before.hasOpened);
    this.state = { door: door ?? before.door, isUnreachable: door === null, shut, hasOpened };
    if (JSON.stringify(this.state) !== JSON.stringify(before)) this.doorChanged();
    if (hasOpened && !before.hasOpened) this.ear.tell(this.room().say('door.now_open'));
    this.watchDoor();
  }

  private watchDoor(): void {
    const { isUnreachable, shut } = this.state;
    if (this.kind === 'door' && (isUnreachable || shut)) this.watch.again(shut?.opens_at);
    else this.watch.close();
  }

  /** Whoever is in the middle of the form keeps their place in it. */
  private doorChanged(): void {
    if (this.kind === 'door') {
      const root = this.el.getRootNode() as Document | ShadowRoot;
      const name = root.activeElement?.getAttribute('name');
      this.kind = null;
      this.enter('door', this.visit.contact, false);
      if (name) this.el.querySelector<HTMLElement>(`main [name=${name}]`)?.focus();
    }
    this.draw(this.visit.contact, false);
  }

  // ── quick exit ───────────────────────────────────────────────────────

  private isOurs(event: Event): boolean {
    return this.place.isPage || event.composedPath().includes(this.el) || this.kind === 'room';
  }

  private vanish(): void {
    this.unwatch();
    this.watch.close();
    this.el.textContent = '';
  }
}

function kindOf({ phase }: Contact): Kind {
  if (phase.at === 'ended') return 'ended';
  return phase.at === 'door' || phase.at === 'knocking' ? 'door' : 'room';
}
