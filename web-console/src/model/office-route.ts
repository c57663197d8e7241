/** Where one is in the office, as the address says it: `#/lines`, `#/lines/12355`, `#/lines/+`. */
export const SECTIONS = ['lines', 'counselors', 'skills', 'replies', 'accounts'] as const;
export type Section = (typeof SECTIONS)[number];

/** The permission that opens each section. */
export const PERMISSIONS: Record<Section, string> = {
  lines: 'lines.edit',
  counselors: 'counselors.edit',
  skills: 'skills.edit',
  replies: 'replies.edit',
  accounts: 'accounts.edit',
};

export interface Route {
  section: Section;
  /** Which one is open; `+`: a new one; `null`: only the list. */
  id: string | null;
}

export const sectionsOf = (permissions: readonly string[]): Section[] =>
  SECTIONS.filter((section) => permissions.includes(PERMISSIONS[section]));

export const hashOf = ({ section, id }: Route): string =>
  id === null ? `#/${section}` : `#/${section}/${id === '+' ? id : encodeURIComponent(id)}`;

/** The route of an address; the first open section when it names none that is open. */
export function routeOf(hash: string, open: readonly Section[]): Route {
  const [, name = '', id = ''] = hash.split('/');
  const section = open.find((one) => one === name);
  if (!section) return { section: open[0] ?? 'lines', id: null };
  return { section, id: decoded(id) || null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Whether a searched word stands in one of the texts; width and case do not matter. */
export function isFound(query: string, texts: readonly string[]): boolean {
  const plain = (text: string) => text.normalize('NFKC').toLowerCase();
  const words = plain(query).split(/\s+/).filter(Boolean);
  const all = plain(texts.join('\n'));
  return words.every((word) => all.includes(word));
}
