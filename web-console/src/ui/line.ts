import type { ConsoleSay } from '../i18n/console';
import { named } from '../i18n/say';
import type { Named } from '../protocol/desk';

/** The line's name in the reader's language; the server's own word for a line not on the list. */
export function sayLine(
  say: ConsoleSay,
  lines: readonly Named[],
  contact: { line: string; line_name: string },
): string {
  const line = lines.find((one) => one.id === contact.line);
  return line ? named(say.lang, line) : contact.line_name;
}
