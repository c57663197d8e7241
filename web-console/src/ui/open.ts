/** Opens a console on the browser's own clock and network. */
import { type Lang, langOf } from '../i18n/say';
import { Pane, type Turn } from '../model/pane';
import { SignIn } from '../model/sign-in';
import { wallClock } from '../wire/clock';
import { restAt } from '../wire/rest';
import { browserSocket, onWake } from '../wire/socket';

export function openSignIn(): SignIn {
  const signIn = new SignIn(restAt(location.origin, 'console'), wallClock);
  void signIn.check();
  return signIn;
}

export function openPane<State, Event>(
  signIn: SignIn,
  step: Turn<State, Event>,
  state: State,
): Pane<State, Event> {
  const world = {
    clock: wallClock,
    random: () => Math.random(),
    call: restAt(location.origin, 'console'),
    open: (path: string) => browserSocket(location.origin, path),
    checkSession: () => void signIn.check(),
  };
  return new Pane(world, step, state);
}

/** Keeps a pane's line open until the answer is called. */
export function keepOpen(pane: { start(): void; stop(): void; nudge(): void }): () => void {
  pane.start();
  const asleep = onWake(() => pane.nudge());
  return () => {
    asleep();
    pane.stop();
  };
}

const LANG_KEY = 'xinqiao.lang';

/** The language this browser was last set to: a preference, nothing personal. */
export function lookupLang(): Lang {
  try {
    return langOf(localStorage.getItem(LANG_KEY) ?? navigator.language);
  } catch {
    return langOf(navigator.language);
  }
}

export function keepLang(lang: Lang): void {
  document.documentElement.lang = lang;
  try {
    localStorage.setItem(LANG_KEY, lang);
  } catch {
    // Denied storage costs only the memory of a preference.
  }
}
