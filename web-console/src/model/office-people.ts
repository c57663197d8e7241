/** Counselors, skills, accounts and canned replies as forms. */

import type {
  CannedReply,
  OfficeAccount,
  OfficeCounselor,
  OfficeLine,
  OfficeSkill,
} from '../protocol/office';
import { type Fault, Faults, type Typed } from './office-fault';

export const PEOPLE_MAX = {
  alias: 40,
  chats: 20,
  skill: 60,
  skills: 50,
  title: 60,
  text: 1_000,
} as const;

export interface CounselorDraft {
  alias: string;
  /** By the skill's code; 0 is not having it. */
  levels: Record<string, number>;
  takes_voice: boolean;
  chats_max: Typed;
  removed: boolean;
  saved_at: string;
}

export function draftOfCounselor(
  counselor: OfficeCounselor,
  skills: readonly OfficeSkill[],
): CounselorDraft {
  const level = (code: string) => counselor.skills.find(({ skill }) => skill === code)?.level ?? 0;
  return {
    alias: counselor.alias,
    levels: Object.fromEntries(skills.map(({ code }) => [code, level(code)])),
    takes_voice: counselor.takes_voice,
    chats_max: counselor.chats_max,
    removed: counselor.removed,
    saved_at: counselor.saved_at,
  };
}

export function counselorOf({ levels, ...draft }: CounselorDraft) {
  const had = Object.entries(levels).filter(([, level]) => level > 0);
  return { ...draft, skills: had.map(([skill, level]) => ({ skill, level })) };
}

export function checkCounselor(draft: CounselorDraft): Fault[] {
  const faults = new Faults();
  faults.name('alias', draft.alias, PEOPLE_MAX.alias);
  const had = Object.values(draft.levels).filter((level) => level > 0);
  faults.count('skills', had.length, 0, PEOPLE_MAX.skills);
  faults.number('chats_max', draft.chats_max, 0, PEOPLE_MAX.chats);
  return faults.list;
}

export interface SkillDraft {
  code: string;
  name: string;
  name_en: string;
}

export function checkSkill(
  draft: SkillDraft,
  isNew: boolean,
  skills: readonly OfficeSkill[],
): Fault[] {
  const faults = new Faults();
  if (!/^[a-z0-9_]{1,40}$/.test(draft.code)) faults.add('code', 'bad_skill_code');
  else if (isNew && skills.some(({ code }) => code === draft.code))
    faults.add('code', 'code_taken');
  const others = skills.filter(({ code }) => code !== draft.code);
  for (const field of ['name', 'name_en'] as const) {
    faults.name(field, draft[field], PEOPLE_MAX.skill);
    const name = draft[field].trim();
    if (name && others.some((one) => one[field] === name)) faults.add(field, 'name_taken');
  }
  return faults.list;
}

/** Where a skill is asked for, and who has it. */
export function usesOf(
  code: string,
  lines: readonly OfficeLine[],
  counselors: readonly OfficeCounselor[],
) {
  const asks = (line: OfficeLine) =>
    line.steps.some((step) => step.skills?.some(({ skill }) => skill === code));
  return {
    lines: lines.filter(asks),
    counselors: counselors.filter((one) => one.skills.some(({ skill }) => skill === code)),
  };
}

export interface ReplyDraft {
  title: string;
  text: string;
  locale: 'zh-CN' | 'en';
  /** A line's code; empty: for every line. */
  line: string;
  saved_at: string | null;
}

export const newReply = (locale: 'zh-CN' | 'en'): ReplyDraft => ({
  title: '',
  text: '',
  locale,
  line: '',
  saved_at: null,
});
export const draftOfReply = (reply: CannedReply): ReplyDraft => ({
  title: reply.title,
  text: reply.text,
  locale: reply.locale,
  line: reply.line ?? '',
  saved_at: reply.saved_at,
});
export const replyOf = (draft: ReplyDraft) => ({ ...draft, line: draft.line || null });

export function checkReply(draft: ReplyDraft): Fault[] {
  const faults = new Faults();
  faults.name('title', draft.title, PEOPLE_MAX.title);
  faults.text('text', draft.text, PEOPLE_MAX.text);
  return faults.list;
}

export interface AccountDraft {
  username: string;
  alias: string;
  role: string;
}

export function checkAccount(
  draft: AccountDraft,
  isNew: boolean,
  accounts: readonly OfficeAccount[],
): Fault[] {
  const faults = new Faults();
  if (!/^[a-z0-9._-]{2,64}$/.test(draft.username)) faults.add('username', 'bad_username');
  else if (isNew && accounts.some(({ username }) => username === draft.username)) {
    faults.add('username', 'username_taken');
  }
  faults.name('alias', draft.alias, PEOPLE_MAX.alias);
  if (draft.role === '') faults.add('role', 'choose_role');
  return faults.list;
}

/** A version 4 UUID of 32 random hexadecimal digits. */
export function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const digits = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
