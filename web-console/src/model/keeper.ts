/** Keeps a ticket in this tab only, and in memory where storage is denied. */
import type { Ticket } from './contact';
import type { Keeper } from './visit';

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function tabKeeper(line: string, storage: () => TabStorage): Keeper {
  const key = `xinqiao.ticket.${line}`;
  let memory: Ticket | null = null;
  return {
    lookup: () => memory ?? parse(attempt(() => storage().getItem(key))),
    keep(ticket) {
      memory = ticket;
      attempt(() => storage().setItem(key, JSON.stringify(ticket)));
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

function parse(kept: string | null): Ticket | null {
  const ticket = attempt(() => JSON.parse(kept ?? 'null') as Partial<Ticket> | null);
  const { contact_id, token } = ticket ?? {};
  return contact_id && token ? { contact_id, token } : null;
}
