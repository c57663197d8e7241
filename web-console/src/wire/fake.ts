/** A clock moved by hand and sockets without a network, for the tests. */
import type { Clock } from './clock';
import type { RawSocket } from './socket';

export class FakeClock implements Clock {
  private time_ms = 1_000_000;
  private due: { at: number; act: () => void }[] = [];

  now(): number {
    return this.time_ms;
  }

  after(delay_ms: number, act: () => void): () => void {
    const timer = { at: this.time_ms + delay_ms, act };
    this.due.push(timer);
    return () => {
      this.due = this.due.filter((other) => other !== timer);
    };
  }

  /** Lets `ms` pass, waking everybody on the way in order. */
  pass(ms: number): void {
    const end = this.time_ms + ms;
    for (;;) {
      const next = this.due.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.due = this.due.filter((timer) => timer !== next);
      this.time_ms = next.at;
      next.act();
    }
    this.time_ms = end;
  }
}

export class FakeSocket implements RawSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: { type: string; [field: string]: unknown }[] = [];
  isClosed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.isClosed = true;
  }
  /** The server's side. */
  open(): void {
    this.onopen?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  cut(): void {
    this.onclose?.();
  }
  typesSent(): string[] {
    return this.sent.map((frame) => frame.type);
  }
}
