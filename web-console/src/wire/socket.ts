/**
 * A socket that comes back: heartbeat, jittered backoff, `bye` honoured.
 *
 * It owns the connection and nothing of what is said: the model says hello on
 * `up`, and decides what a frame means. It never gives up by itself; `stop` does.
 */
import type { Clock } from './clock';

/** The part of a WebSocket that is used. */
export interface RawSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string): void;
  close(): void;
}

export interface SocketWorld {
  clock: Clock;
  /** 0 ≤ n < 1 */
  random(): number;
  open(): RawSocket;
}

export interface SocketEars<In> {
  up(): void;
  frame(frame: In): void;
  /** The line is cut; it will be tried again at `retry_at` (clock time). */
  down(retry_at: number): void;
}

type Framed = { type: string };
type TimerName = 'retry' | 'beat' | 'settle' | 'opening' | 'proof';

/** First retry after at most this. */
const RETRY_FIRST_MS = 500;
/** A person who waits should not wait longer than this for us to try again. */
const RETRY_LAST_MS = 15_000;
/** A connection that held this long has earned a fresh start of the backoff. */
const SETTLED_MS = 5_000;
/** A handshake slower than this is given up. */
const OPENING_MS = 10_000;
/** After sleep or a change of network, a live line answers a ping within this. */
const PROOF_MS = 4_000;
/** Heartbeats without any answer before the line counts as dead. */
const MISSED_MAX = 2;

/** Doubles up to the cap; half of it is left to chance so that a school does not knock in step. */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}

export class LiveSocket<In extends Framed, Out extends Framed> {
  private raw: RawSocket | null = null;
  private isOpen = false;
  private isWanted = false;
  private attempt = 0;
  private missed = 0;
  private beat_ms = 0;
  private told_ms: number | null = null;
  private readonly timers = new Map<TimerName, () => void>();

  constructor(
    private readonly world: SocketWorld,
    private readonly ears: SocketEars<In>,
  ) {}

  start(): void {
    this.isWanted = true;
    if (!this.raw) this.connect();
  }

  /** Closes for good. */
  stop(): void {
    this.isWanted = false;
    this.letGo();
  }

  /** False when there is no open line to send on. */
  send(frame: Out): boolean {
    if (!this.raw || !this.isOpen) return false;
    this.raw.send(JSON.stringify(frame));
    return true;
  }

  /** Pings every `seconds`, as the server's welcome asks. */
  beatEvery(seconds: number): void {
    this.beat_ms = seconds * 1000;
    this.missed = 0;
    this.setTimer('beat', this.beat_ms, () => this.beat());
  }

  /** Drops this connection and opens a new one at once: to hear again what was missed. */
  reopen(): void {
    if (!this.isWanted) return;
    this.letGo();
    this.connect();
  }

  /** The network came back or the page woke up: try now, or prove that the line lives. */
  nudge(): void {
    if (!this.isWanted) return;
    if (!this.raw) return this.reopen();
    if (!this.isOpen) return;
    this.ping();
    this.setTimer('proof', PROOF_MS, () => this.lost());
  }

  private connect(): void {
    const raw = this.world.open();
    this.raw = raw;
    raw.onopen = () => this.opened();
    raw.onmessage = (event) => this.heard(event.data);
    raw.onclose = () => this.lost();
    this.setTimer('opening', OPENING_MS, () => this.lost());
  }

  private opened(): void {
    this.clearTimer('opening');
    this.isOpen = true;
    this.setTimer('settle', SETTLED_MS, () => {
      this.attempt = 0;
    });
    this.ears.up();
  }

  private heard(data: unknown): void {
    this.missed = 0;
    this.clearTimer('proof');
    const frame = parse(data);
    if (!frame) return;
    if (frame.type === 'bye' && 'reconnect_after_ms' in frame) {
      this.told_ms = Number(frame.reconnect_after_ms);
    }
    this.ears.frame(frame as In);
  }

  private beat(): void {
    if (this.missed >= MISSED_MAX) return this.lost();
    this.missed += 1;
    this.ping();
    this.setTimer('beat', this.beat_ms, () => this.beat());
  }

  private ping(): void {
    this.send({ type: 'ping' } as Out);
  }

  private lost(): void {
    this.letGo();
    if (!this.isWanted) return;
    const delay_ms = this.nextDelayMs();
    this.setTimer('retry', delay_ms, () => this.connect());
    this.ears.down(this.world.clock.now() + delay_ms);
  }

  private nextDelayMs(): number {
    const told_ms = this.told_ms;
    this.told_ms = null;
    const random = this.world.random();
    // The server spreads its own numbers; a fifth more keeps equal ones apart.
    if (told_ms !== null && told_ms >= 0) return Math.round(told_ms * (1 + random / 5));
    const delay_ms = backoffMs(this.attempt, random);
    this.attempt += 1;
    return delay_ms;
  }

  private letGo(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    const raw = this.raw;
    this.raw = null;
    this.isOpen = false;
    if (!raw) return;
    raw.onopen = raw.onmessage = raw.onclose = null;
    raw.close();
  }

  private setTimer(name: TimerName, ms: number, act: () => void) {
    this.clearTimer(name);
    this.timers.set(name, this.world.clock.after(ms, act));
  }

  private clearTimer(name: TimerName): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}

function parse(data: unknown): Framed | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    const isFrame = typeof frame === 'object' && frame !== null && 'type' in frame;
    return isFrame ? (frame as Framed) : null;
  } catch {
    return null;
  }
}

/** A browser's own socket to `path` of the server at `origin`. */
export function browserSocket(origin: string, path: string): RawSocket {
  const url = origin.replace(/^http/, 'ws') + path;
  return new WebSocket(url, 'xinqiao.v1') as unknown as RawSocket;
}

/** Tells whether the page is in front, whenever that changes. */
export function onLook(tell: (isLooking: boolean) => void): () => void {
  const changed = () => tell(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}

/** Calls `act` whenever the network may be back or the page has woken up. */
export function onWake(act: () => void): () => void {
  const woke = () => document.visibilityState === 'visible' && act();
  window.addEventListener('online', act);
  window.addEventListener('pageshow', act);
  document.addEventListener('visibilitychange', woke);
  return () => {
    window.removeEventListener('online', act);
    window.removeEventListener('pageshow', act);
    document.removeEventListener('visibilitychange', woke);
  };
}
