/** Signing in to a console: the words, the second factor, the lock-out. */
import type { SignedIn } from '../protocol/desk';
import type { Clock } from '../wire/clock';
import { type Call, Problem } from '../wire/rest';

export type SignInState =
  | { at: 'checking' }
  | {
      at: 'out';
      trouble: string | null;
      needsOtp: boolean;
      locked_until: number | null;
      isBusy: boolean;
      /** We were in, and the server says that we no longer are. */
      isExpired: boolean;
    }
  | { at: 'in'; who: SignedIn };

function signedOut(isExpired: boolean): SignInState {
  return {
    at: 'out',
    trouble: null,
    needsOtp: false,
    locked_until: null,
    isBusy: false,
    isExpired,
  };
}
const PATH = '/api/v1/session';

export class SignIn {
  state: SignInState = { at: 'checking' };
  private readonly watchers = new Set<(state: SignInState) => void>();

  constructor(
    private readonly call: Call,
    private readonly clock: Clock,
  ) {}

  watch(watcher: (state: SignInState) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => this.watchers.delete(watcher);
  }

  /** Asks whether we are signed in. A network that fails says nothing about that. */
  async check(): Promise<void> {
    try {
      this.become({ at: 'in', who: await this.call<SignedIn>('GET', PATH) });
    } catch (error) {
      const isRefused = error instanceof Problem && (error.status === 401 || error.status === 403);
      if (!isRefused && this.state.at !== 'checking') return;
      const { at } = this.state;
      if (at !== 'out') this.become(signedOut(at === 'in'));
    }
  }

  async enter(username: string, password: string, otp: string): Promise<void> {
    const before = this.state;
    if (before.at !== 'out') return;
    this.become({ ...before, isBusy: true, trouble: null });
    try {
      await this.call('POST', PATH, { username, password, ...(otp && { otp }) });
      await this.check();
      if (this.state.at !== 'in') this.become({ ...before, trouble: 'unknown', isBusy: false });
    } catch (error) {
      this.become(this.refused(before, error));
    }
  }

  async leave(): Promise<void> {
    await this.call('DELETE', PATH).catch(() => null);
    this.become(signedOut(false));
  }

  private refused(before: Extract<SignInState, { at: 'out' }>, error: unknown): SignInState {
    const { code, retry_after_s } = error instanceof Problem ? error : new Problem('unknown', 0);
    const needsOtp = before.needsOtp || code === 'otp_required' || code === 'bad_otp';
    // The first asking for the second factor is no fault.
    const trouble = code === 'otp_required' && !before.needsOtp ? null : code;
    const locked_until = retry_after_s === null ? null : this.clock.now() + retry_after_s * 1000;
    const { isExpired } = before;
    return { at: 'out', trouble, needsOtp, locked_until, isBusy: false, isExpired };
  }

  private become(state: SignInState): void {
    this.state = state;
    for (const watcher of this.watchers) watcher(state);
  }
}
