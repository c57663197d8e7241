/** The one live region: says what a person waits for, and never chatters. */
import { h, put } from './dom';

/** News of the queue and of the network are read out at most this often. */
const CALM_MS = 15_000;

export class Ear {
  readonly el = h('p', { class: 'seen-by-ear', role: 'status' });
  private told_at = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** At once: what the person has just done, or waited for. */
  tell(text: string): void {
    clearTimeout(this.timer);
    this.told_at = Date.now();
    put(this.el, text);
  }

  /** When it is quiet; a later word takes the place of one that still waits. */
  mention(text: string): void {
    clearTimeout(this.timer);
    const rest_ms = this.told_at + CALM_MS - Date.now();
    if (rest_ms <= 0) return this.tell(text);
    this.timer = setTimeout(() => this.tell(text), rest_ms);
  }
}
