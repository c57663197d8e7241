/** What is wrong with a form: the same judgement as the server's, before it is asked. */
import type { Problem } from '../wire/rest';

/** A fault at a field; `field` is its path in the draft. */
export interface Fault {
  field: string;
  code: string;
  values?: Readonly<Record<string, string | number>>;
  /** The server's own sentences, when the fault is the server's. */
  message?: string;
  message_zh?: string;
}

/** A number as it stands in its field: empty is none. */
export type Typed = number | null;

export class Faults {
  readonly list: Fault[] = [];

  add(field: string, code: string, values: Fault['values'] = {}): void {
    this.list.push({ field, code, values });
  }

  /** A name on one line: 1 to `max` characters. */
  name(field: string, value: string, max: number): void {
    if (/\p{Cc}/u.test(value.trim())) this.add(field, 'one_line');
    else this.text(field, value, max);
  }

  /** 1 to `max` characters, counted as the server does. */
  text(field: string, value: string, max: number): void {
    const count = Array.from(value).length;
    if (value.trim() === '') this.add(field, 'required');
    else if (count > max) this.add(field, 'too_long', { max, count });
  }

  /** A whole number within bounds. */
  number(field: string, value: Typed, from: number, to: number): void {
    if (value === null) this.add(field, 'number_needed', { from, to });
    else if (!Number.isInteger(value)) this.add(field, 'not_whole');
    else if (value < from || value > to) this.add(field, 'out_of_range', { from, to });
  }

  /** How many things a list may have. */
  count(field: string, count: number, least: number, most: number): void {
    if (count < least) this.add(field, 'none');
    else if (count > most) this.add(field, 'too_many', { max: most });
  }

  /** Says where a list repeats itself, at `field.PLACE` and what `under` adds. */
  eachOnce(field: string, list: readonly string[], under = ''): void {
    list.forEach((item, place) => {
      if (item !== '' && list.indexOf(item) < place)
        this.add(`${field}.${place}${under}`, 'repeated');
    });
  }
}

/** The faults that the server found. */
export function faultsOf(problem: Problem): Fault[] {
  const { faults } = problem.body;
  if (!Array.isArray(faults)) return [];
  // The screen's week is the wire's hours.
  const ours = (field: string) => field.replace(/^hours(\..*)?$/, 'week');
  return (faults as Fault[]).map((fault) => ({ ...fault, field: ours(fault.field) }));
}

/** The fault shown at a field: its own, or the first under it. */
export function faultAt(faults: readonly Fault[], field: string, isDeep = false): Fault | null {
  const own = faults.find((fault) => fault.field === field);
  const under = () => faults.find((fault) => fault.field.startsWith(`${field}.`));
  return own ?? (isDeep ? under() : undefined) ?? null;
}

/** What stands at a path of a draft. */
export function valueAt(draft: unknown, path: string): unknown {
  const inner = (value: unknown, key: string) =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : null;
  return path.split('.').reduce(inner, draft);
}
