/** Looks again now and then whether a shut door has opened, while somebody stands before it. */

/** Gentle: a school's class before a closed door is one question a second at most. */
const EVERY_MS = 30_000;
const SPREAD_MS = 15_000;

export class DoorWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly look: () => void) {}

  /** Looks again after a while, or when it is to open, whichever is sooner. */
  again(opens_at: string | null | undefined): void {
    this.close();
    const rest_ms = EVERY_MS + Math.random() * SPREAD_MS;
    const until_ms = Date.parse(opens_at ?? '') - Date.now() + 1_000;
    const soon_ms = until_ms > 0 ? Math.min(rest_ms, until_ms) : rest_ms;
    this.timer = setTimeout(() => this.turn(opens_at), soon_ms);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private turn(opens_at: string | null | undefined): void {
    if (document.visibilityState === 'visible') this.look();
    else this.again(opens_at);
  }
}
