/** The office's lists: what may be seen is fetched, what is saved takes its place in them. */

import type { LineDoor } from '../protocol/lobby';
import type {
  AccountMade,
  CannedReply,
  OfficeAccount,
  OfficeCounselor,
  OfficeLine,
  OfficeRole,
  OfficeSkill,
} from '../protocol/office';
import { type Call, Problem } from '../wire/rest';
import { type LineDraft, lineOf } from './office-line';
import type { AccountDraft, CounselorDraft, ReplyDraft } from './office-people';
import { counselorOf, replyOf } from './office-people';

export interface Lists {
  lines: readonly OfficeLine[];
  skills: readonly OfficeSkill[];
  counselors: readonly OfficeCounselor[];
  replies: readonly CannedReply[];
  accounts: readonly OfficeAccount[];
  roles: readonly OfficeRole[];
  /** Every line's public names, for those who may not open its form. */
  doors: readonly LineDoor[];
}
type Kind = keyof Lists;

export interface OfficeState {
  lists: Lists;
  /** The lists that have come. */
  has: ReadonlySet<Kind>;
  isLoading: boolean;
  trouble: string | null;
}

const API = '/api/v1/office';
const PATHS: Record<Kind, string> = {
  lines: `${API}/lines`,
  skills: `${API}/skills`,
  counselors: `${API}/counselors`,
  accounts: `${API}/accounts`,
  roles: `${API}/roles`,
  replies: '/api/v1/canned-replies',
  doors: '/api/v1/lines',
};
const EMPTY: Lists = {
  lines: [],
  skills: [],
  counselors: [],
  replies: [],
  accounts: [],
  roles: [],
  doors: [],
};
const KINDS = Object.keys(PATHS) as Kind[];
/** Any of these opens a list; none named: open to all who work here. */
const READERS: Partial<Record<Kind, readonly string[]>> = {
  lines: ['lines.edit'],
  skills: ['skills.edit', 'lines.edit', 'counselors.edit'],
  counselors: ['counselors.edit', 'lines.edit'],
  accounts: ['accounts.edit'],
  roles: ['roles.read', 'accounts.edit'],
};
/** People by user name, numbers as numbers, wherever they are listed; the rest as it came. */
function inOrder(list: Lists[Kind]): Lists[Kind] {
  const nameOf = (one: object) => ('username' in one ? String(one.username) : '');
  return [...list].sort((one, other) =>
    nameOf(one).localeCompare(nameOf(other), 'en', { numeric: true }),
  ) as unknown as Lists[Kind];
}
/** Rights may have changed since the page was opened. */
const isBarred = (error: unknown) => error instanceof Problem && error.status === 403;

export class Office {
  state: OfficeState = { lists: EMPTY, has: new Set(), isLoading: false, trouble: null };
  private readonly watchers = new Set<(state: OfficeState) => void>();

  constructor(
    private readonly call: Call,
    private readonly permissions: readonly string[],
  ) {}

  watch(watcher: (state: OfficeState) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => this.watchers.delete(watcher);
  }

  /** Fetches every list that this account may see. */
  async load(): Promise<void> {
    this.become({ isLoading: true, trouble: null });
    const answers = await Promise.all(
      KINDS.filter((kind) => this.maySee(kind)).map((kind) => this.fetch(kind)),
    );
    const trouble = answers.find((answer) => answer !== null) ?? null;
    this.become({ isLoading: false, trouble });
  }

  async saveLine(draft: LineDraft): Promise<OfficeLine> {
    const path = `${API}/lines/${encodeURIComponent(draft.code)}`;
    const line = await this.call<OfficeLine>('PUT', path, lineOf(draft));
    return this.put('lines', line, (one) => one.code);
  }

  async saveCounselor(counselor_id: string, draft: CounselorDraft): Promise<OfficeCounselor> {
    const path = `${API}/counselors/${counselor_id}`;
    const saved = await this.call<OfficeCounselor>('PUT', path, counselorOf(draft));
    return this.put('counselors', saved, (one) => one.counselor_id);
  }

  async saveSkill({ code, name, name_en }: Omit<OfficeSkill, 'skill_id'>): Promise<OfficeSkill> {
    const path = `${API}/skills/${encodeURIComponent(code)}`;
    const skill = await this.call<OfficeSkill>('PUT', path, { name, name_en });
    return this.put('skills', skill, (one) => one.code);
  }

  async saveReply(reply_id: string, draft: ReplyDraft): Promise<CannedReply> {
    const path = `${API}/canned-replies/${reply_id}`;
    const reply = await this.call<CannedReply>('PUT', path, replyOf(draft));
    return this.put('replies', reply, (one) => one.reply_id);
  }

  async removeReply(reply_id: string): Promise<void> {
    await this.call('DELETE', `${API}/canned-replies/${reply_id}`);
    const replies = this.state.lists.replies.filter((one) => one.reply_id !== reply_id);
    this.become({ lists: { ...this.state.lists, replies } });
  }

  /** The answer holds secrets: it is shown once and kept nowhere. */
  async addAccount(draft: AccountDraft): Promise<AccountMade> {
    const made = await this.call<AccountMade>('POST', PATHS.accounts, draft);
    // It exists, whether or not the lists can be read just now.
    await Promise.all([this.fetch('accounts'), this.fetch('counselors')]);
    return made;
  }

  async changeAccount(
    account_id: string,
    change: { alias?: string; role?: string; disabled?: boolean },
  ): Promise<void> {
    await this.call('PATCH', `${PATHS.accounts}/${account_id}`, change);
    await Promise.all([this.fetch('accounts'), this.fetch('counselors')]);
  }

  newPassword(account_id: string): Promise<{ password: string }> {
    return this.call('POST', `${PATHS.accounts}/${account_id}/password`);
  }

  async newSecondFactor(account_id: string): Promise<{ otp_uri: string; otp_secret: string }> {
    const made = await this.call<{ otp_uri: string; otp_secret: string }>(
      'POST',
      `${PATHS.accounts}/${account_id}/second-factor`,
    );
    await this.fetch('accounts');
    return made;
  }

  /** What somebody else saved meanwhile takes its place in the list. */
  put<K extends Kind>(kind: K, item: Lists[K][number], keyOf: (item: Lists[K][number]) => string) {
    const list = this.state.lists[kind] as readonly Lists[K][number][];
    const isThere = list.some((one) => keyOf(one) === keyOf(item));
    const next = isThere
      ? list.map((one) => (keyOf(one) === keyOf(item) ? item : one))
      : [...list, item];
    this.become({ lists: { ...this.state.lists, [kind]: next } });
    return item;
  }

  private maySee(kind: Kind): boolean {
    return READERS[kind]?.some((one) => this.permissions.includes(one)) ?? true;
  }

  private async fetch(kind: Kind): Promise<string | null> {
    try {
      const list = inOrder(await this.call<Lists[Kind]>('GET', PATHS[kind]));
      const has = new Set([...this.state.has, kind]);
      this.become({ lists: { ...this.state.lists, [kind]: list }, has });
      return null;
    } catch (error) {
      if (isBarred(error)) return null;
      return error instanceof Problem ? error.code : 'unknown';
    }
  }

  private become(change: Partial<OfficeState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher(this.state);
  }
}
