/** Opens a visit on the browser's own clock, network and tab. */
import { tabKeeper } from '../model/keeper';
import { Visit } from '../model/visit';
import { wallClock } from '../wire/clock';
import { restAt } from '../wire/rest';
import { browserSocket, onLook, onWake } from '../wire/socket';

export function openVisit(origin: string, line: string): Visit {
  const visit = new Visit(
    {
      clock: wallClock,
      random: () => Math.random(),
      call: restAt(origin, 'seeker'),
      open: (path) => browserSocket(origin, path),
      keeper: tabKeeper(line, () => window.sessionStorage),
    },
    line,
  );
  onWake(() => visit.nudge());
  onLook((isLooking) => visit.look(isLooking));
  return visit;
}
