/** A soft ring tone, made here: no sound file, and nothing before the counselor asked for it. */
const TONE_HZ = 660;
const EVERY_MS = 2_000;

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
    this.context ??= new AudioContext();
    if (this.context.state === 'suspended') await this.context.resume().catch(() => null);
  }

  private hush(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private beep(): void {
    this.context ??= new AudioContext();
    const { context } = this;
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
