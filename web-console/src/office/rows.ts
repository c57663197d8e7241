/** What the list of each section shows of a thing, and by which words it is found. */
import type { OfficeSay } from '../i18n/office';
import { named } from '../i18n/say';
import type { Lists } from '../model/office';
import { usesOf } from '../model/office-people';
import type { Section } from '../model/office-route';

export interface Row {
  id: string;
  title: string;
  sub: string;
  tags: string[];
  texts: string[];
  /** By what else the list can be narrowed. */
  locale?: string;
  line?: string | null;
}

const has = (tag: string, is: boolean) => (is ? [tag] : []);

export function rowsOf(say: OfficeSay, section: Section, lists: Lists, own: string): Row[] {
  const rows: Record<Section, () => Row[]> = {
    lines: () => lineRows(say, lists),
    counselors: () => counselorRows(say, lists),
    skills: () => skillRows(say, lists),
    replies: () => replyRows(say, lists),
    accounts: () => accountRows(say, lists, own),
  };
  return rows[section]();
}

function lineRows(say: OfficeSay, { lines }: Lists): Row[] {
  return lines.map((line) => ({
    id: line.code,
    title: named(say.lang, line),
    sub: line.owner,
    tags: [say(line.hours ? 'tag.hours' : 'tag.always')],
    texts: [line.code, line.name, line.name_en, line.owner, ...line.numbers],
  }));
}

function counselorRows(say: OfficeSay, { counselors, skills }: Lists): Row[] {
  return counselors.map((one) => {
    const had = skills.filter(({ code }) => one.skills.some(({ skill }) => skill === code));
    const takes = [
      ...has(say('tag.voice'), one.takes_voice),
      ...has(say('tag.chats', { count: one.chats_max }), one.chats_max > 0),
    ];
    return {
      id: one.counselor_id,
      title: one.alias,
      sub: had.map((skill) => named(say.lang, skill)).join(say('rung.comma')),
      tags: one.removed ? [say('tag.removed')] : takes,
      texts: [one.alias, one.username, ...had.flatMap((skill) => [skill.name, skill.name_en])],
    };
  });
}

function skillRows(say: OfficeSay, { skills, lines, counselors }: Lists): Row[] {
  return skills.map((skill) => {
    const uses = usesOf(skill.code, lines, counselors);
    return {
      id: skill.code,
      title: named(say.lang, skill),
      sub: say.lang === 'en' ? skill.name : skill.name_en,
      tags: [
        `${say('nav.lines')} ${uses.lines.length}`,
        `${say('nav.counselors')} ${uses.counselors.length}`,
      ],
      texts: [skill.code, skill.name, skill.name_en],
    };
  });
}

function replyRows(say: OfficeSay, { replies, doors }: Lists): Row[] {
  return replies.map((reply) => {
    const door = doors.find(({ line }) => line === reply.line);
    const where = door ? named(say.lang, door) : (reply.line ?? say('tag.all_lines'));
    return {
      id: reply.reply_id,
      title: reply.title,
      sub: reply.text,
      tags: [say(`tag.${reply.locale}`), where],
      texts: [reply.title, reply.text],
      locale: reply.locale,
      line: reply.line,
    };
  });
}

function accountRows(say: OfficeSay, { accounts, roles }: Lists, own: string): Row[] {
  return accounts.map((account) => {
    const role = roles.find((one) => one.role === account.role);
    return {
      id: account.account_id,
      title: account.alias || account.username,
      sub: account.username,
      tags: [
        role ? named(say.lang, role) : account.role,
        ...has(say('tag.own'), account.account_id === own),
        ...has(say('tag.removed'), account.disabled),
        ...has(say('tag.locked'), account.locked_until !== null),
      ],
      texts: [account.alias, account.username, role?.name ?? '', role?.name_en ?? ''],
    };
  });
}
