/** How a counselor wants to be called, kept on the device: choices, nothing about anybody. */

export interface Preferences {
  sound: boolean;
  /** Notifications of the desktop. */
  banner: boolean;
  keys: boolean;
  /** The card was answered; it is not shown by itself again. */
  isAsked: boolean;
}

type DeviceStorage = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'xinqiao.desk';
export const unasked: Preferences = { sound: false, banner: false, keys: true, isAsked: false };

export function lookupPreferences(storage: () => DeviceStorage): Preferences {
  try {
    const kept: unknown = JSON.parse(storage().getItem(KEY) ?? '{}');
    const known = typeof kept === 'object' && kept !== null ? (kept as Partial<Preferences>) : {};
    const { sound, banner, keys, isAsked } = known;
    return {
      sound: sound === true,
      banner: banner === true,
      keys: keys !== false,
      isAsked: isAsked === true,
    };
  } catch {
    return unasked;
  }
}

/** Storage that is denied costs only the memory of a choice. */
export function keepPreferences(storage: () => DeviceStorage, preferences: Preferences): void {
  try {
    storage().setItem(KEY, JSON.stringify(preferences));
  } catch {
    // As above.
  }
}
