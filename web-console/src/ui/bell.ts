/** A soft ring tone, made here: no sound file, and nothing before somebody asked for it. */
const TONE_HZ = 660;
const EVERY_MS = 2_000;
/** A browser that allows sound needs this long to begin with it. */
const SETTLE_MS = 500;

export class Bell {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  ring(isRinging: boolean): void {
    if (!isRinging) return this.hush();
    if (this.timer) return;
    this.beep();
    this.timer = setInterval(() => this.beep(), EVERY_MS);
  }

  /** Once, to hear whether it can be heard; false when the browser allows no sound yet. */
  async test(): Promise<boolean> {
    await this.wake();
    this.beep();
    return this.context?.state === 'running';
  }

  /** A browser allows sound only after a touch; any touch will do. */
  async wake(): Promise<void> {
    const context = this.open();
    if (context.state !== 'running') await context.resume().catch(() => null);
  }

  /** Tells what the browser itself says of its sound, whenever that changes. */
  watch(tell: (canSound: boolean) => void): () => void {
    const context = this.open();
    const changed = () => tell(context.state === 'running');
    context.addEventListener('statechange', changed);
    const settled = setTimeout(changed, SETTLE_MS);
    return () => {
      context.removeEventListener('statechange', changed);
      clearTimeout(settled);
    };
  }

  private hush(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private open(): AudioContext {
    if (this.context) return this.context;
    const context = new AudioContext();
    // Silent until now, and ringing: the tone that could not be heard is heard at once.
    context.addEventListener('statechange', () => this.timer && this.beep());
    this.context = context;
    return context;
  }

  private beep(): void {
    const context = this.open();
    // Tones made while the browser is silent would all sound together at its first touch.
    if (context.state !== 'running') return;
    const tone = context.createOscillator();
    const gain = context.createGain();
    const now = context.currentTime;
    tone.frequency.value = TONE_HZ;
    gain.gain.setValueAtTime(0.15, now);
    gain.gain.exponentialRampToValueAtTime(0.001, now + 0.6);
    tone.connect(gain).connect(context.destination);
    tone.start(now);
    tone.stop(now + 0.6);
  }
}
