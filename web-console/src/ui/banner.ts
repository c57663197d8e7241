/** A notification of the desktop: that somebody is there, never who, nor a word of theirs. */
export type BannerLeave = 'granted' | 'denied' | 'default' | 'unsupported';

export class Banner {
  private shown: Notification | null = null;

  /** One at a time for each tag: a newer one takes the older one's place. */
  constructor(private readonly tag: string) {}

  leave(): BannerLeave {
    return 'Notification' in window ? Notification.permission : 'unsupported';
  }

  async ask(): Promise<BannerLeave> {
    if (this.leave() === 'default') await Notification.requestPermission();
    return this.leave();
  }

  show(title: string, body: string): void {
    if (this.leave() !== 'granted') return;
    this.clear();
    // The bell rings; a second sound would be one too many.
    const shown = new Notification(title, {
      body,
      tag: this.tag,
      silent: true,
      icon: '/favicon.svg',
    });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    this.shown = shown;
  }

  clear(): void {
    this.shown?.close();
    this.shown = null;
  }
}
