/** The supervisor's board as a machine: the last health told, alarms, and the switches. */
import type { FromDesk, QueueHealth, ToDesk } from '../protocol/desk';

export type Sos = Extract<ToDesk, { type: 'sos' }>;

export interface Board {
  link: 'connecting' | 'up' | 'down' | 'elsewhere';
  health: QueueHealth | null;
  /** Newest first; each counselor and contact once, until it is dismissed. */
  alarms: readonly Sos[];
  /** The code of the last "no". */
  trouble: string | null;
  skew_ms: number;
}

export type Event =
  | { is: 'up' }
  | { is: 'down' }
  | { is: 'frame'; frame: ToDesk; now: number }
  | { is: 'order'; frame: FromDesk }
  | { is: 'heed'; contact_id: string }
  | { is: 'dismiss' }
  | { is: 'take_over' };

export type Effect =
  | { do: 'send'; frame: FromDesk }
  | { do: 'beat'; seconds: number }
  | { do: 'check_session' }
  | { do: 'connect' }
  | { do: 'hang_up' };

export type Step = readonly [Board, readonly Effect[]];

export const emptyBoard: Board = {
  link: 'connecting',
  health: null,
  alarms: [],
  trouble: null,
  skew_ms: 0,
};

export function step(board: Board, event: Event): Step {
  switch (event.is) {
    case 'up':
      return [board, []];
    case 'down':
      return [{ ...board, link: 'down' }, [{ do: 'check_session' }]];
    case 'frame':
      return handleFrame(board, event.frame, event.now);
    case 'order':
      return [{ ...board, trouble: null }, [{ do: 'send', frame: event.frame }]];
    case 'heed':
      return [
        { ...board, alarms: board.alarms.filter((one) => one.contact_id !== event.contact_id) },
        [],
      ];
    case 'dismiss':
      return [{ ...board, trouble: null }, []];
    case 'take_over':
      return [{ ...board, link: 'connecting' }, [{ do: 'connect' }]];
  }
}

function handleFrame(board: Board, frame: ToDesk, now: number): Step {
  switch (frame.type) {
    case 'welcome': {
      const next: Board = { ...board, link: 'up', skew_ms: Date.parse(frame.server_time) - now };
      const subscribe: Effect = { do: 'send', frame: { type: 'subscribe', topic: 'queue_health' } };
      return [next, [{ do: 'beat', seconds: frame.heartbeat_s }, subscribe]];
    }
    case 'queue_health':
      return [{ ...board, health: frame }, []];
    case 'sos':
      return [
        {
          ...board,
          alarms: [frame, ...board.alarms.filter((one) => one.contact_id !== frame.contact_id)],
        },
        [],
      ];
    case 'error':
      return [{ ...board, trouble: frame.code }, []];
    case 'bye':
      if (frame.reason === 'replaced')
        return [{ ...board, link: 'elsewhere' }, [{ do: 'hang_up' }]];
      return [board, [{ do: 'check_session' }]];
    default:
      return [board, []];
  }
}

/** The largest of the waits by risk, ms. */
export function longestWaitMs(line: { longest_wait_ms_by_risk: readonly number[] }): number {
  return Math.max(0, ...line.longest_wait_ms_by_risk);
}

export function waitingOf(line: { waiting_by_risk: readonly number[] }): number {
  return line.waiting_by_risk.reduce((sum, count) => sum + count, 0);
}
