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

/** Where the ticket of a living contact lies; gone with the contact. */
export interface Keeper {
  lookup(): Ticket | null;
  keep(ticket: Ticket): void;
  wipe(): void;
}

export interface VisitWorld {
  clock: Clock;
  random(): number;
  call: Call;
  /** A socket to this path of the server. */
  open(path: string): RawSocket;
  keeper: Keeper;
}

/** A typing person is told of at most this often. */
const TYPING_EVERY_MS = 2_000;

export class Visit {
  contact: Contact = atTheDoor;
  private readonly watchers = new Set<(contact: Contact) => void>();
  private readonly timers = new Map<string, () => void>();
  private readonly socket: LiveSocket<ToSeeker, FromSeeker>;
  private typed_at = 0;

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
    const ticket = world.keeper.lookup();
    if (ticket) this.turn({ is: 'resume', ticket });
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
  danger(): void {
    this.turn({ is: 'danger' });
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
    const [contact, effects] = step(this.contact, event);
    this.contact = contact;
    for (const effect of effects) this.carryOut(effect);
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
        return this.world.keeper.keep(effect.ticket);
      case 'wipe':
        return this.world.keeper.wipe();
      case 'after':
        return this.wakeAfter(effect.timer, effect.ms);
    }
  }

  private async make(body: NewContact): Promise<void> {
    try {
      const made = await this.world.call<ContactMade>('POST', '/api/v1/contacts', body);
      this.turn({ is: 'made', made });
    } catch (error) {
      const { code, retry_after_s } = error instanceof Problem ? error : new Problem('unknown', 0);
      this.turn({ is: 'not_made', code, retry_after_s });
    }
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
    const id = encodeURIComponent(this.contact.ticket?.contact_id ?? '');
    return this.world.open(`/api/v1/contacts/${id}/socket`);
  }
}
