/**
 * Quick exit: the contact ends, everything is wiped, another page takes this one's place.
 *
 * What can be seen is gone at once; the page itself goes as soon as the server has heard of
 * it, at most a third of a second later, so that no counselor rings for a ghost.
 */
import type { Visit } from '../model/visit';

/** Esc twice within this. */
const TWICE_MS = 1_000;

export class QuickExit {
  private isGone = false;
  private escaped_at = Number.NEGATIVE_INFINITY;
  /** Stops listening. */
  readonly close: () => void;

  constructor(
    private readonly world: {
      visit: Visit;
      /** The page that takes this one's place. */
      to: string;
      /** Empties the screen. */
      wipe: () => void;
      /** Esc was pressed once. */
      hint: () => void;
      /** Whether this press is meant for us: a school's page has keys of its own. */
      isOurs: (event: Event) => boolean;
    },
  ) {
    const press = (event: KeyboardEvent) => this.press(event);
    // Back, into a page that some browser kept whole in memory: it goes away again.
    const shown = () => this.isGone && location.replace(world.to);
    window.addEventListener('keydown', press);
    window.addEventListener('pageshow', shown);
    this.close = () => {
      window.removeEventListener('keydown', press);
      window.removeEventListener('pageshow', shown);
    };
  }

  go(): void {
    if (this.isGone) return;
    this.isGone = true;
    const { visit, wipe, to } = this.world;
    wipe();
    visit.vanish(() => location.replace(to));
  }

  private press(event: KeyboardEvent): void {
    // 229: an input method is at work; its Esc is not ours.
    const isEscape = event.key === 'Escape' && !event.isComposing && event.keyCode !== 229;
    if (!isEscape || event.repeat || !this.world.isOurs(event)) return;
    if (event.timeStamp - this.escaped_at <= TWICE_MS) return this.go();
    this.escaped_at = event.timeStamp;
    this.world.hint();
  }
}
