/** A notification of the desktop: that somebody is there, never who, nor a word of theirs. */
export type BannerLeave = 'granted' | 'denied' | 'default' | 'unsupported';

/** One at a time: a newer one takes the older one's place. */
const TAG = 'xinqiao-offer';

export class Banner {
  private shown: Notification | null = null;

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
    const shown = new Notification(title, { body, tag: TAG, silent: true, icon: '/favicon.svg' });
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
