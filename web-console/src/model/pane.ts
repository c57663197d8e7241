/**
 * A console's pane at work: the machine, the socket and the calls.
 *
 * Used by the desk and by the board; what differs is the machine.
 */
import type { FromDesk, Named, NoteBody, ToDesk } from '../protocol/desk';
import type { LineDoor } from '../protocol/lobby';
import type { Clock } from '../wire/clock';
import { type Call, Problem } from '../wire/rest';
import { LiveSocket, type RawSocket } from '../wire/socket';

export interface PaneWorld {
  clock: Clock;
  random(): number;
  call: Call;
  open(path: string): RawSocket;
  /** Asks whether the sign-in still holds; the entry shows the door if not. */
  checkSession(): void;
}

type Linked = { is: 'up' } | { is: 'down' } | { is: 'frame'; frame: ToDesk; now: number };
type LinesAnswer = { is: 'lines_read'; lines: readonly Named[] };
type NoteAnswer =
  | { is: 'note_loaded'; contact_id: string; note: NoteBody | null }
  | { is: 'note_not_loaded'; contact_id: string }
  | { is: 'note_saved' | 'note_failed'; contact_id: string; version: number };

type Timed<Event> = Event & { is: string; contact_id: string };

export type PaneEffect<Event> =
  | { do: 'send'; frame: FromDesk }
  | { do: 'beat'; seconds: number }
  | { do: 'check_session' }
  | { do: 'connect' }
  | { do: 'hang_up' }
  | { do: 'after'; ms: number; event: Timed<Event> }
  | { do: 'load_note'; contact_id: string }
  | { do: 'save_note'; contact_id: string; version: number; note: NoteBody }
  | { do: 'read_lines' };

export type Turn<State, Event> = (
  state: State,
  event: Event,
) => readonly [State, readonly PaneEffect<Event>[]];

export class Pane<State, Event> {
  private readonly watchers = new Set<(state: State) => void>();
  private readonly timers = new Map<string, () => void>();
  private lines_reads = 0;
  private readonly socket: LiveSocket<ToDesk, FromDesk>;

  constructor(
    private readonly world: PaneWorld,
    private readonly step: Turn<State, Event>,
    public state: State,
  ) {
    const { clock } = world;
    this.socket = new LiveSocket(
      { clock, random: () => world.random(), open: () => world.open('/api/v1/console/socket') },
      {
        up: () => this.tell({ is: 'up' }),
        frame: (frame) => this.tell({ is: 'frame', frame, now: clock.now() }),
        down: () => this.tell({ is: 'down' }),
      },
    );
  }

  start(): void {
    this.socket.start();
  }

  stop(): void {
    this.socket.stop();
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  nudge(): void {
    this.socket.nudge();
  }

  watch(watcher: (state: State) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => this.watchers.delete(watcher);
  }

  turn(event: Event): void {
    const [state, effects] = this.step(this.state, event);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    for (const watcher of this.watchers) watcher(this.state);
  }

  /** What the world answers is an event of every machine that asked for it. */
  private tell(event: Linked | NoteAnswer | LinesAnswer): void {
    this.turn(event as Event);
  }

  private carryOut(effect: PaneEffect<Event>): void {
    switch (effect.do) {
      case 'send':
        return void this.socket.send(effect.frame);
      case 'beat':
        return this.socket.beatEvery(effect.seconds);
      case 'check_session':
        return this.world.checkSession();
      case 'connect':
        return this.socket.start();
      case 'hang_up':
        return this.socket.stop();
      case 'after':
        return this.wakeAfter(effect.ms, effect.event);
      case 'load_note':
        return void this.loadNote(effect.contact_id);
      case 'save_note':
        return void this.saveNote(effect.contact_id, effect.version, effect.note);
      case 'read_lines':
        return void this.readLines();
    }
  }

  /** One timer for each kind and contact: a newer one takes the older one's place. */
  private wakeAfter(ms: number, event: Timed<Event>): void {
    const key = `${event.is} ${event.contact_id}`;
    this.timers.get(key)?.();
    const wake = () => {
      this.timers.delete(key);
      this.turn(event);
    };
    this.timers.set(key, this.world.clock.after(ms, wake));
  }

  private async loadNote(contact_id: string): Promise<void> {
    const path = notePath(contact_id);
    const note = await this.world
      .call<NoteBody | null>('GET', path)
      .catch((error: unknown) => error);
    if (!(note instanceof Error))
      return this.tell({ is: 'note_loaded', contact_id, note: note as NoteBody | null });
    const status = note instanceof Problem ? note.status : 0;
    // Not ours (any more), or none begun: a blank one. The rest may pass, and is asked for again.
    const isBlank = status === 403 || status === 404;
    if (isBlank) return this.tell({ is: 'note_loaded', contact_id, note: null });
    this.tell({ is: 'note_not_loaded', contact_id });
  }

  /** Of readings that overtake each other, only the newest counts. */
  private async readLines(): Promise<void> {
    this.lines_reads += 1;
    const mine = this.lines_reads;
    try {
      const doors = await this.world.call<LineDoor[]>('GET', '/api/v1/lines');
      if (mine !== this.lines_reads) return;
      const lines = doors.map(({ line, name, name_en }) => ({ id: line, name, name_en }));
      this.tell({ is: 'lines_read', lines });
    } catch {
      // The names known so far stay; the next welcome brings the new ones.
    }
  }

  private async saveNote(contact_id: string, version: number, note: NoteBody): Promise<void> {
    try {
      await this.world.call('PUT', notePath(contact_id), note);
      this.tell({ is: 'note_saved', contact_id, version });
    } catch {
      this.tell({ is: 'note_failed', contact_id, version });
    }
  }
}

function notePath(contactId: string): string {
  return `/api/v1/contacts/${encodeURIComponent(contactId)}/note`;
}
