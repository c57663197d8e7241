/** Keeps a living contact in this tab only, and in memory where storage is denied. */
import type { Ticket, Unsent } from './contact';

/** What a reload of the page must not lose. */
export interface Kept {
  ticket: Ticket;
  /** Half-typed. It is put back into its field and never sent by itself. */
  draft: string;
  /** "Send" was pressed and no ack has come: sent again under the same ids. */
  unsent: readonly Unsent[];
}

/** Where it lies; gone with the contact. */
export interface Keeper {
  lookup(): Kept | null;
  keep(kept: Kept): void;
  wipe(): void;
}

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function tabKeeper(line: string, storage: () => TabStorage): Keeper {
  const key = `xinqiao.${line}`;
  let memory: Kept | null = null;
  return {
    lookup: () => memory ?? parse(attempt(() => storage().getItem(key))),
    keep(kept) {
      memory = kept;
      attempt(() => storage().setItem(key, JSON.stringify(kept)));
    },
    wipe() {
      memory = null;
      attempt(() => storage().removeItem(key));
    },
  };
}

/** Private windows and some in-app browsers throw at the mere touch of storage. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

function parse(text: string | null): Kept | null {
  const kept = attempt(() => JSON.parse(text ?? 'null') as Partial<Kept> | null);
  const { contact_id, token } = kept?.ticket ?? {};
  if (!contact_id || !token) return null;
  const unsent = Array.isArray(kept?.unsent) ? kept.unsent : [];
  return { ticket: { contact_id, token }, draft: String(kept?.draft ?? ''), unsent };
}
