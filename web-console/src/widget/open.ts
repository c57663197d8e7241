/** Opens a visit on the browser's own clock, network and tab. */
import { tabKeeper } from '../model/keeper';
import { Visit } from '../model/visit';
import { wallClock } from '../wire/clock';
import { restAt, sayGoodbye } from '../wire/rest';
import { browserSocket, onLook, onWake } from '../wire/socket';

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The page's own entry in the tab's history, where storage is denied: it survives a reload and
 * goes with the entry. On a page of ours only; a school's page may keep its own things there.
 */
export const entryStorage: TabStorage = {
  getItem: (key) => (history.state as Record<string, string> | null)?.[key] ?? null,
  setItem: (key, text) => history.replaceState({ [key]: text }, ''),
  removeItem: () => history.replaceState(null, ''),
};

/** Touching storage may throw; so may writing to it. */
function tabStorage(instead: TabStorage | null): TabStorage {
  try {
    window.sessionStorage.setItem('xinqiao', '');
    window.sessionStorage.removeItem('xinqiao');
    return window.sessionStorage;
  } catch (denied) {
    if (instead) return instead;
    throw denied;
  }
}

export function openVisit(origin: string, line: string, instead: TabStorage | null = null): Visit {
  const visit = new Visit(
    {
      clock: wallClock,
      random: () => Math.random(),
      call: restAt(origin, 'seeker'),
      open: (path) => browserSocket(origin, path),
      sayGoodbye: (path, token) => sayGoodbye(origin + path, token),
      keeper: tabKeeper(line, () => tabStorage(instead)),
    },
    line,
  );
  onWake(() => visit.nudge());
  onLook((isLooking) => {
    visit.look(isLooking);
    if (!isLooking) visit.rest();
  });
  window.addEventListener('pagehide', () => visit.rest());
  return visit;
}
