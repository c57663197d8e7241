/** The last hour of the lines, minute by minute: what the plots draw and what the table says. */
import type { BoardHour, HourSeries } from '../protocol/desk';
import type { Clock } from '../wire/clock';
import type { Call } from '../wire/rest';

/** The server counts by the minute; half of it is soon enough. */
export const HOUR_EVERY_MS = 30_000;
/** Minutes to a row of the table. */
const ROW_MINUTES = 10;

export interface Hour {
  /** The beginning of each minute, s since 1970: what the plot library takes. */
  at_s: readonly number[];
  waiting: readonly number[];
  longest_wait_s: readonly number[];
  arrived: readonly number[];
  answered: readonly number[];
  abandoned: readonly number[];
}

export interface HourRow {
  from_s: number;
  waiting_most: number;
  longest_wait_s: number;
  arrived: number;
  answered: number;
  abandoned: number;
}

type Counted = 'waiting' | 'longest_wait_s' | 'arrived' | 'answered' | 'abandoned';

/** All series of a line and channel in one; empty words mean all of them. */
export function hourOf(told: BoardHour, line: string, channel: string): Hour {
  const from_s = Date.parse(told.from) / 1000;
  const series = told.series.filter(
    (one) => (line === '' || one.line === line) && (channel === '' || one.channel === channel),
  );
  const length = Math.max(60, ...told.series.map((one) => one.waiting.length));
  const minutes = Array.from({ length }, (_, minute) => minute);
  const each = (pick: (one: HourSeries) => number[], join: (all: number[]) => number) =>
    minutes.map((minute) => join(series.map((one) => pick(one)[minute] ?? 0)));
  const sum = (name: Counted) => each((one) => one[name], total);
  return {
    at_s: minutes.map((minute) => from_s + minute * told.step_s),
    waiting: sum('waiting'),
    longest_wait_s: each((one) => one.longest_wait_s, most),
    arrived: sum('arrived'),
    answered: sum('answered'),
    abandoned: sum('abandoned'),
  };
}

/** The same in rows of ten minutes, the newest first. */
export function hourRows(hour: Hour): HourRow[] {
  const rows: HourRow[] = [];
  for (let first = 0; first < hour.at_s.length; first += ROW_MINUTES) {
    const part = (values: readonly number[]) => values.slice(first, first + ROW_MINUTES);
    rows.unshift({
      from_s: hour.at_s[first] ?? 0,
      waiting_most: most(part(hour.waiting)),
      longest_wait_s: most(part(hour.longest_wait_s)),
      arrived: total(part(hour.arrived)),
      answered: total(part(hour.answered)),
      abandoned: total(part(hour.abandoned)),
    });
  }
  return rows;
}

/** The whole hour as one row. */
export function hourTotal(hour: Hour): HourRow {
  return {
    from_s: hour.at_s[0] ?? 0,
    waiting_most: most(hour.waiting),
    longest_wait_s: most(hour.longest_wait_s),
    arrived: total(hour.arrived),
    answered: total(hour.answered),
    abandoned: total(hour.abandoned),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
function most(values: readonly number[]): number {
  return Math.max(0, ...values);
}

export interface HourState {
  told: BoardHour | null;
  /** The last try failed: what is shown is older than it should be. */
  isStale: boolean;
}

/** Asks for the hour now and every half minute, until it is stopped. */
export class HourKeeper {
  private cancel: (() => void) | null = null;
  private isWanted = false;
  private state: HourState = { told: null, isStale: false };

  constructor(
    private readonly call: Call,
    private readonly clock: Clock,
    private readonly tell: (state: HourState) => void,
  ) {}

  start(): void {
    this.isWanted = true;
    void this.load();
  }

  stop(): void {
    this.isWanted = false;
    this.cancel?.();
  }

  private async load(): Promise<void> {
    try {
      const told = await this.call<BoardHour>('GET', '/api/v1/board/hour');
      this.state = { told, isStale: false };
    } catch {
      this.state = { ...this.state, isStale: true };
    }
    if (!this.isWanted) return;
    this.tell(this.state);
    this.cancel = this.clock.after(HOUR_EVERY_MS, () => void this.load());
  }
}
