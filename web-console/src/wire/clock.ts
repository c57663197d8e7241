/** The only clock and dice of the console: tests put their own in their place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `act` once after `delay_ms`; the answer takes it back. */
  after(delay_ms: number, act: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  after(delay_ms, act) {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** A fresh id. `crypto.randomUUID` is missing on Safari 14 and on plain http. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
