/** A place in the queue, and what changed for the worse: that is said too. */
export interface Place {
  position: number;
  waiting: number;
  estimate_s: [number, number] | null;
  /** `back`: somebody in more danger came before us; `longer`: the estimate grew. */
  worse: 'back' | 'longer' | null;
}

type Told = Omit<Place, 'worse'>;

/** Less than this is noise of the estimate, not news. */
const LONGER_S = 60;

/** The new place; bad news stays until there is better. */
export function placed(before: Place | null, told: Told): Place {
  const { position, waiting, estimate_s } = told;
  return { position, waiting, estimate_s, worse: before ? worseThan(before, told) : null };
}

function worseThan(before: Place, told: Told): Place['worse'] {
  if (told.position > before.position) return 'back';
  if (told.position < before.position) return null;
  const rise_s = (told.estimate_s?.[1] ?? 0) - (before.estimate_s?.[1] ?? 0);
  if (before.estimate_s && rise_s >= LONGER_S) return 'longer';
  return rise_s <= -LONGER_S ? null : before.worse;
}
