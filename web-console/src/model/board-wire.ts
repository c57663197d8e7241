/**
 * The board's words on the wire, with what a newer server may add: each such field is
 * optional, and the board does without it.
 */
import type * as desk from '../protocol/desk';

/** A counselor called for help. */
export interface Call {
  contact_id: string;
  counselor_id: string;
  counselor: string;
  at: string;
  /** The alias of the supervisor who takes care of it. */
  heeded_by?: string | null;
}

export type LineHealth = desk.LineHealth & {
  is_full?: boolean;
  outage_since?: string | null;
  outage_by?: string | null;
  switchboard_mode_since?: string | null;
  switchboard_mode_by?: string | null;
};
export type TalkGoing = desk.TalkGoing & { looked_at_by?: string[] };

export type QueueHealth = Omit<desk.QueueHealth, 'lines' | 'talks'> & {
  lines: LineHealth[];
  talks: TalkGoing[];
  /** Calls for help that are not over; absent where the server does not keep them. */
  calls?: Call[];
};

export type ToBoard =
  | Exclude<desk.ToDesk, { type: 'queue_health' }>
  | ({ type: 'queue_health' } & QueueHealth);
export type WhisperFrame = Extract<ToBoard, { type: 'whisper' }>;

export type FromBoard = desk.FromDesk | { type: 'heed'; contact_id: string };
