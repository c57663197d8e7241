/**
 * One visit of a seeker: turns the contact's machine and carries out its effects.
 *
 * The only place of the widget that knows the socket, the calls and the tab's storage.
 */
import type { ContactMade, FromSeeker, LineDoor, NewContact, ToSeeker } from '../protocol/lobby';
import { type Clock, freshId } from '../wire/clock';
import { type Call, Problem } from '../wire/rest';
import { LiveSocket, type RawSocket } from '../wire/socket';
import {
  atTheDoor,
  type Contact,
  type Effect,
  type Event,
  type Ticket,
  type Timer,
} from './contact';
import { step } from './contact-step';
import type { Keeper } from './keeper';
import { unsent } from './talk';

export interface VisitWorld {
  clock: Clock;
  random(): number;
  call: Call;
  /** A socket to this path of the server. */
  open(path: string): RawSocket;
  /** Posts to this path while the page goes away; nobody hears the answer. */
  sayGoodbye(path: string, token: string): void;
  keeper: Keeper;
}

/** A typing person is told of at most this often. */
const TYPING_EVERY_MS = 2_000;
/** A draft is kept this long after a key: some in-app browsers limit how often that may be done. */
const KEEP_AFTER_MS = 300;
/** Quick exit waits no longer than this for the server to hear of it. */
const VANISH_MS = 300;

export class Visit {
  contact: Contact = atTheDoor;
  private readonly watchers = new Set<(contact: Contact) => void>();
  private readonly timers = new Map<string, () => void>();
  private readonly socket: LiveSocket<ToSeeker, FromSeeker>;
  private typed_at = 0;
  private kept_unsent = '[]';
  private isGone = false;
  /** Half-typed: put back into its field after a reload, never sent by itself. */
  draft = '';

  constructor(
    private readonly world: VisitWorld,
    readonly line: string,
  ) {
    this.socket = new LiveSocket(
      { clock: world.clock, random: () => world.random(), open: () => this.openSocket() },
      {
        up: () => this.turn({ is: 'up' }),
        frame: (frame) => this.turn({ is: 'frame', frame }),
        down: (retry_at) => this.turn({ is: 'down', retry_at }),
      },
    );
    const kept = world.keeper.lookup();
    if (!kept) return;
    this.draft = kept.draft;
    this.turn({ is: 'resume', ticket: kept.ticket, unsent: kept.unsent });
  }

  /** Tells the state now and at every change; the answer ends it. */
  watch(watcher: (contact: Contact) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.contact);
    return () => this.watchers.delete(watcher);
  }

  lookupDoor(): Promise<LineDoor> {
    return this.world.call('GET', `/api/v1/lines/${encodeURIComponent(this.line)}`);
  }

  knock(wish: Omit<NewContact, 'line' | 'channel'>): void {
    this.turn({ is: 'knock', wish: { line: this.line, channel: 'chat', ...wish } });
  }
  write(text: string): void {
    this.typed_at = 0;
    this.turn({ is: 'write', client_id: freshId(), text });
  }
  type(): void {
    const now = this.world.clock.now();
    if (now - this.typed_at < TYPING_EVERY_MS) return;
    this.typed_at = now;
    this.turn({ is: 'type' });
  }
  /** Keeps what is half-typed, in this tab alone. */
  keepDraft(draft: string): void {
    if (draft === this.draft) return;
    this.draft = draft;
    this.timers.get('keep')?.();
    this.timers.set(
      'keep',
      this.world.clock.after(KEEP_AFTER_MS, () => this.keep()),
    );
  }
  /** The page goes to sleep or away. */
  rest(): void {
    this.keep();
  }
  /** From wherever the person is: it is said at once, or knocks with it. */
  danger(locale: string): void {
    if (this.contact.phase.at === 'ended') this.turn({ is: 'again' });
    if (this.contact.phase.at !== 'door') return this.turn({ is: 'danger' });
    this.knock({ locale, screening: { danger_now: true } });
  }
  askPhrase(): void {
    this.turn({ is: 'ask_phrase' });
  }
  rate(score: number): void {
    this.turn({ is: 'rate', score });
  }
  /**
   * Quick exit: ends, forgets at once, and calls `gone` when the server knows or cannot be waited for.
   */
  vanish(gone: () => void): void {
    const { phase, ticket } = this.contact;
    const isLiving = phase.at === 'waiting' || phase.at === 'connected';
    if (isLiving && ticket) this.world.sayGoodbye(pathOf(ticket, 'leave'), ticket.token);
    if (isLiving) this.turn({ is: 'leave' });
    this.forget();
    const isHeard = () => !this.contact.isLeaving || this.contact.link !== 'up';
    const go = () => {
      if (this.isGone) return;
      this.isGone = true;
      this.close();
      this.contact = atTheDoor;
      gone();
    };
    this.watchers.add(() => isHeard() && go());
    this.world.clock.after(VANISH_MS, go);
    if (isHeard()) go();
  }
  /** Stops: the element was taken off its page. The contact lives on for a while, to be resumed. */
  close(): void {
    this.keep();
    this.watchers.clear();
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.socket.stop();
  }
  leave(): void {
    this.turn({ is: 'leave' });
  }
  look(isLooking: boolean): void {
    this.turn({ is: 'look', isLooking });
  }
  takeOver(): void {
    this.turn({ is: 'take_over' });
  }
  again(): void {
    this.turn({ is: 'again' });
  }
  nudge(): void {
    this.socket.nudge();
  }

  private turn(event: Event): void {
    if (this.isGone) return;
    const [contact, effects] = step(this.contact, event);
    this.contact = contact;
    for (const effect of effects) this.carryOut(effect);
    if (event.is === 'again') this.draft = '';
    if (JSON.stringify(this.unsent()) !== this.kept_unsent) this.keep();
    for (const watcher of this.watchers) watcher(this.contact);
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'make':
        return void this.make(effect.body);
      case 'connect':
        return this.socket.start();
      case 'reopen':
        return this.socket.reopen();
      case 'hang_up':
        return this.socket.stop();
      case 'beat':
        return this.socket.beatEvery(effect.seconds);
      case 'send':
        return void this.socket.send(effect.frame);
      case 'keep':
        return this.keep();
      case 'wipe':
        return this.world.keeper.wipe();
      case 'ask_phrase':
        return void this.askServerForPhrase(effect.ticket);
      case 'rate':
        return void this.tellRating(effect.ticket, effect.score);
      case 'after':
        return this.wakeAfter(effect.timer, effect.ms);
    }
  }

  private async make(body: NewContact): Promise<void> {
    try {
      const made = await this.world.call<ContactMade>('POST', '/api/v1/contacts', body);
      if (this.isGone) this.world.sayGoodbye(pathOf(made, 'leave'), made.token);
      this.turn({ is: 'made', made });
    } catch (error) {
      const { code, retry_after_s } = error instanceof Problem ? error : new Problem('unknown', 0);
      this.turn({ is: 'not_made', code, retry_after_s });
    }
  }

  private async askServerForPhrase(ticket: Ticket): Promise<void> {
    const path = pathOf(ticket, 'return-phrase');
    try {
      const call = this.world.call<{ return_phrase: string }>('POST', path, {}, ticket.token);
      this.turn({ is: 'phrase', words: (await call).return_phrase });
    } catch (error) {
      this.turn({ is: 'no_phrase', code: error instanceof Problem ? error.code : 'unknown' });
    }
  }

  private async tellRating(ticket: Ticket, score: number): Promise<void> {
    try {
      await this.world.call('POST', pathOf(ticket, 'rating'), { score }, ticket.token);
      this.turn({ is: 'rated' });
    } catch {
      this.turn({ is: 'not_rated' });
    }
  }

  private unsent() {
    const { phase, talk } = this.contact;
    if (phase.at !== 'waiting' && phase.at !== 'connected') return [];
    return unsent(talk).map((entry) => ({ client_id: entry.key, text: entry.text }));
  }

  /** A living contact is kept with what is unsent; any other leaves nothing. */
  private keep(): void {
    const { phase, ticket } = this.contact;
    const isLiving = phase.at === 'waiting' || phase.at === 'connected';
    if (!ticket || !isLiving) return;
    const waiting = this.unsent();
    this.kept_unsent = JSON.stringify(waiting);
    this.world.keeper.keep({ ticket, draft: this.draft, unsent: waiting });
  }

  private forget(): void {
    this.draft = '';
    this.timers.get('keep')?.();
    this.world.keeper.wipe();
  }

  private wakeAfter(timer: Timer, ms: number): void {
    // A hole is not forgotten because more keeps arriving; typing starts over each time.
    if (timer === 'gap_over' && this.timers.has(timer)) return;
    this.timers.get(timer)?.();
    const fire = () => {
      this.timers.delete(timer);
      this.turn({ is: timer });
    };
    this.timers.set(timer, this.world.clock.after(ms, fire));
  }

  private openSocket(): RawSocket {
    const contact_id = this.contact.ticket?.contact_id ?? '';
    return this.world.open(pathOf({ contact_id }, 'socket'));
  }
}

function pathOf({ contact_id }: Pick<Ticket, 'contact_id'>, what: string): string {
  return `/api/v1/contacts/${encodeURIComponent(contact_id)}/${what}`;
}
