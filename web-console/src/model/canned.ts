/**
 * Canned replies: found by a few letters, put into the draft to be edited, never sent by themselves.
 *
 * Chinese is found by any characters in their order, and by the first letters of its pinyin
 * (`hx` finds 呼吸); which letter a character begins with is asked of the collation that every
 * browser carries, so that no dictionary is loaded. Characters with several readings go by the
 * most common one.
 */
import type { Call } from '../wire/rest';

export interface CannedReply {
  reply_id: string;
  title: string;
  text: string;
  locale: string;
  /** The line it is for; null for all. */
  line: string | null;
}

/** Whose talk it is looked up for. */
export interface Fitting {
  line: string;
  locale: string;
}

/** The last characters, by pinyin, before each next letter begins: `阿` is the first of a, … */
const FIRSTS = '阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀';
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const byPinyin = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
const letters = new Map<string, string>();

/** The letter a character's pinyin begins with; other characters are themselves. */
export function initialOf(character: string): string {
  const known = letters.get(character);
  if (known !== undefined) return known;
  const letter = /\p{Script=Han}/u.test(character) ? letterOf(character) : character.toLowerCase();
  letters.set(character, letter);
  return letter;
}

function letterOf(character: string): string {
  let at = FIRSTS.length - 1;
  while (at > 0 && byPinyin.compare(FIRSTS.charAt(at), character) > 0) at -= 1;
  return LETTERS.charAt(at);
}

const initialsOf = (text: string) => Array.from(text, initialOf).join('');
const plain = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');

/** Larger is better; null: it does not fit the query at all. */
function scoreOf(reply: CannedReply, query: string): number | null {
  const title = plain(reply.title);
  const text = plain(reply.text);
  if (title.startsWith(query)) return 6;
  if (title.includes(query)) return 5;
  if (initialsOf(title).startsWith(query)) return 4;
  if (text.includes(query)) return 3;
  if (initialsOf(title).includes(query)) return 2;
  if (isSpread(title, query) || isSpread(text, query)) return 1;
  return isSpread(initialsOf(title), query) ? 0 : null;
}

/** Every character of `query` in its order, with anything between. */
function isSpread(text: string, query: string): boolean {
  let from = 0;
  for (const character of query) {
    const at = text.indexOf(character, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** The replies that fit, best first; without a query all, those of the talk's own line and language first. */
export function search(
  replies: readonly CannedReply[],
  typed: string,
  fitting: Fitting,
): readonly CannedReply[] {
  const query = plain(typed);
  const found = replies.flatMap((reply, place) => {
    const isOthers = reply.line !== null && reply.line !== fitting.line;
    const score = query === '' ? 0 : scoreOf(reply, query);
    if (isOthers || score === null) return [];
    return [{ reply, score, fit: fitOf(reply, fitting), place }];
  });
  found.sort((a, b) => b.fit - a.fit || b.score - a.score || a.place - b.place);
  return found.map(({ reply }) => reply);
}

/** A reply in the wrong language is of no use, however well it is found: language before all else. */
function fitOf(reply: CannedReply, { line, locale }: Fitting): number {
  const isOurLanguage = reply.locale.slice(0, 2) === locale.slice(0, 2);
  return (isOurLanguage ? 2 : 0) + (reply.line === line ? 1 : 0);
}

/** The draft with the reply put in where the writing stood, and where the writing then stands. */
export function insert(draft: string, reply: string, from: number, to: number): [string, number] {
  return [draft.slice(0, from) + reply + draft.slice(to), from + reply.length];
}

/** What the server keeps, fetched once and asked for again when it is old. */
export class Shelf {
  state: { replies: readonly CannedReply[]; fate: 'loading' | 'here' | 'failed' } = {
    replies: [],
    fate: 'loading',
  };
  private fetched_at = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly call: Call,
    private readonly now: () => number,
  ) {}

  /** Replies written an hour ago are not what a supervisor mended a minute ago. */
  async open(tell: (state: Shelf['state']) => void): Promise<void> {
    tell(this.state);
    if (this.now() - this.fetched_at < FRESH_MS) return;
    try {
      const replies = await this.call<CannedReply[]>('GET', '/api/v1/canned-replies');
      this.fetched_at = this.now();
      this.state = { replies, fate: 'here' };
    } catch {
      const { replies } = this.state;
      this.state = { replies, fate: replies.length > 0 ? 'here' : 'failed' };
    }
    tell(this.state);
  }
}

const FRESH_MS = 120_000;
