import { describe, expect, it } from 'vitest';
import { FakeClock, FakeSocket } from './fake';
import { backoffMs, LiveSocket } from './socket';

type Frame = { type: string; [field: string]: unknown };

function aSocket(random = 0) {
  const clock = new FakeClock();
  const opened: FakeSocket[] = [];
  const heard: string[] = [];
  const open = () => {
    const raw = new FakeSocket();
    opened.push(raw);
    return raw;
  };
  const socket = new LiveSocket<Frame, Frame>(
    { clock, random: () => random, open },
    {
      up: () => heard.push('up'),
      frame: (frame) => heard.push(frame.type),
      down: (retry_at) => heard.push(`down, again in ${retry_at - clock.now()}`),
    },
  );
  const last = () => opened[opened.length - 1] as FakeSocket;
  return { clock, opened, heard, socket, last };
}

describe('a socket that comes back', () => {
  it.each([
    [0, 0, 250],
    [0, 0.99, 498],
    [1, 0, 500],
    [4, 0, 4_000],
    [5, 0, 7_500],
    [50, 0.99, 14_925],
  ])('waits, at attempt %i with chance %d, %i ms', (attempt, random, ms) => {
    expect(backoffMs(attempt, random)).toBe(ms);
  });

  it('tries again later each time a connection does not hold', () => {
    const { clock, heard, socket, last } = aSocket();
    socket.start();
    last().cut();
    clock.pass(250);
    last().open();
    clock.pass(4_000);
    last().cut();
    expect(heard).toEqual(['down, again in 250', 'up', 'down, again in 500']);
  });

  it('starts the backoff anew only after a connection held for some seconds', () => {
    const { clock, heard, socket, last } = aSocket();
    socket.start();
    for (const wait of [250, 500, 1_000]) {
      last().cut();
      clock.pass(wait);
    }
    last().open();
    clock.pass(5_000);
    last().cut();
    expect(heard.at(-1)).toBe('down, again in 250');
  });

  it('comes back when the server said it may', () => {
    const { clock, heard, opened, socket, last } = aSocket(0.5);
    socket.start();
    last().open();
    last().say({ type: 'bye', reason: 'draining', reconnect_after_ms: 3_000 });
    last().cut();
    expect(heard.at(-1)).toBe('down, again in 3300');
    clock.pass(3_300);
    expect(opened).toHaveLength(2);
  });

  it('takes a line that misses two heartbeats for dead', () => {
    const { clock, heard, socket, last } = aSocket();
    socket.start();
    last().open();
    socket.beatEvery(20);
    clock.pass(20_000);
    last().say({ type: 'pong' });
    clock.pass(59_999);
    expect(heard).toEqual(['up', 'pong']);
    clock.pass(1);
    expect(heard.at(-1)).toMatch(/^down/);
  });

  it('gives up a handshake that hangs', () => {
    const { clock, heard, socket } = aSocket();
    socket.start();
    clock.pass(10_000);
    expect(heard).toEqual(['down, again in 250']);
  });

  it('tries at once when the network is back', () => {
    const { opened, socket, last } = aSocket();
    socket.start();
    last().cut();
    socket.nudge();
    expect(opened).toHaveLength(2);
  });

  it('asks a line for proof of life after sleep, and drops it when none comes', () => {
    const { clock, heard, socket, last } = aSocket();
    socket.start();
    last().open();
    socket.nudge();
    expect(last().typesSent()).toEqual(['ping']);
    clock.pass(4_000);
    expect(heard.at(-1)).toMatch(/^down/);
  });

  it('stays closed once it was told to stop', () => {
    const { clock, opened, socket, last } = aSocket();
    socket.start();
    last().open();
    socket.stop();
    clock.pass(60_000);
    expect(opened).toHaveLength(1);
    expect(last().isClosed).toBe(true);
  });

  it('does not fall over what is not a frame', () => {
    const { heard, socket, last } = aSocket();
    socket.start();
    last().open();
    last().onmessage?.({ data: 'not json' });
    last().onmessage?.({ data: '3' });
    expect(heard).toEqual(['up']);
  });
});
