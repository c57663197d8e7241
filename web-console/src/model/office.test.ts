import { describe, expect, it } from 'vitest';
import { type Call, Problem } from '../wire/rest';
import { Office } from './office';
import {
  checkAccount,
  checkCounselor,
  checkSkill,
  counselorOf,
  newReply,
  usesOf,
  uuidOf,
} from './office-people';
import { hashOf, isFound, routeOf, sectionsOf } from './office-route';

/** A server that answers by method and path. */
function aServer(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const call = (async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    const answer = answers[`${method} ${path}`];
    if (answer instanceof Error) throw answer;
    return answer ?? [];
  }) as Call;
  return { asked, call };
}
const API = '/api/v1/office';

describe('the office', () => {
  it('asks only for what the account may see', async () => {
    const { asked, call } = aServer({});
    await new Office(call, ['replies.edit']).load();
    expect(asked).toEqual(['GET /api/v1/canned-replies', 'GET /api/v1/lines']);
  });

  it('keeps what came when another list did not', async () => {
    const skill = { skill_id: 1, code: 'teens', name: '青少年', name_en: 'Teens' };
    const { call } = aServer({
      [`GET ${API}/skills`]: [skill],
      [`GET ${API}/lines`]: new Problem('network', 0),
    });
    const office = new Office(call, ['skills.edit', 'lines.edit']);
    await office.load();
    expect(office.state).toMatchObject({ trouble: 'network', isLoading: false });
    expect(office.state.lists.skills).toEqual([skill]);
    expect(office.state.has.has('lines')).toBe(false);
  });

  it('lists people by user name, numbers as numbers', async () => {
    const people = ['demo10', 'admin1', 'demo2'].map((username) => ({ username }));
    const { call } = aServer({ [`GET ${API}/counselors`]: people });
    const office = new Office(call, ['counselors.edit']);
    await office.load();
    const names = office.state.lists.counselors.map((one) => one.username);
    expect(names).toEqual(['admin1', 'demo2', 'demo10']);
  });

  it('puts what was saved into its list', async () => {
    const reply = {
      reply_id: 'r',
      title: '开场',
      text: '你好',
      locale: 'zh-CN',
      line: null,
      saved_at: 'now',
    };
    const path = `${API}/canned-replies/r`;
    const { call } = aServer({ [`PUT ${path}`]: reply });
    const office = new Office(call, []);
    await office.saveReply('r', newReply('zh-CN'));
    await office.saveReply('r', newReply('zh-CN'));
    expect(office.state.lists.replies).toEqual([reply]);
    await office.removeReply('r');
    expect(office.state.lists.replies).toEqual([]);
  });
});

describe('an address', () => {
  const open = sectionsOf(['replies.edit', 'lines.edit']);
  it('names a section and what is open in it', () => {
    expect(routeOf('#/replies/a%2Fb', open)).toEqual({ section: 'replies', id: 'a/b' });
    expect(hashOf({ section: 'replies', id: 'a/b' })).toBe('#/replies/a%2Fb');
  });
  it.each(['', '#/accounts', '#/%', '#/nowhere/1'])(
    '%s leads to the first open section',
    (hash) => {
      expect(routeOf(hash, open)).toEqual({ section: 'lines', id: null });
    },
  );
});

describe('a search', () => {
  it('forgives width and case, and needs every word', () => {
    expect(isFound('ＤＥＭＯ 小', ['demo1', '小满'])).toBe(true);
    expect(isFound('demo 谷', ['demo1', '小满'])).toBe(false);
    expect(isFound('  ', [])).toBe(true);
  });
});

describe('people', () => {
  it('have the skills whose level is not none', () => {
    const draft = {
      alias: '小满',
      levels: { teens: 3, english: 0 },
      takes_voice: true,
      chats_max: 2,
      removed: false,
      saved_at: '',
    };
    expect(counselorOf(draft).skills).toEqual([{ skill: 'teens', level: 3 }]);
    expect(checkCounselor(draft)).toEqual([]);
    expect(checkCounselor({ ...draft, chats_max: 21 })).toMatchObject([{ field: 'chats_max' }]);
  });

  it('sign in with plain names that are not taken', () => {
    const draft = { username: 'Li Wei', alias: '谷雨', role: '' };
    expect(checkAccount(draft, true, []).map(({ code }) => code)).toEqual([
      'bad_username',
      'choose_role',
    ]);
  });

  it('share no skill of the same name', () => {
    const skills = [{ skill_id: 1, code: 'teens', name: '青少年', name_en: 'Teens' }];
    const draft = { code: 'young', name: '青少年', name_en: 'Young' };
    expect(checkSkill(draft, true, skills)).toMatchObject([{ field: 'name', code: 'name_taken' }]);
    expect(usesOf('teens', [], [])).toEqual({ lines: [], counselors: [] });
  });

  it('give new replies ids of their own', () => {
    expect(uuidOf('f'.repeat(32))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
