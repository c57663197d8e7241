import { type Officer, test } from './fixtures/office';
import { auditAllDresses, expect } from './fixtures/test';

/** What the dialog shows under this word. */
const secret = (officer: Officer, word: string) =>
  officer.page
    .locator('dl.secrets dt')
    .filter({ hasText: officer.label(word) })
    .locator(':scope + dd code');

async function signIn(officer: Officer, username: string, password: string): Promise<void> {
  const { page } = officer;
  await page.goto(`${officer.cable.url}/desk`);
  await page.getByLabel(officer.label('用户名')).fill(username);
  await page.getByLabel(officer.label('密码')).fill(password);
  await page.keyboard.press('Enter');
}

test('a new account signs in, and once disabled it cannot', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts/+');
  await officer.act('新增账号').click();
  await expect(officer.faults).toHaveText([
    officer.fault('用户名', '请用 2 到 64 个小写字母、数字、“.”、“-”或“_”。'),
    officer.fault('化名', '必须填写。'),
    officer.fault('角色', '请选一个角色。'),
  ]);
  await expect(officer.form).toMatchAriaSnapshot({ name: 'office-account-new.aria.yml' });
  await auditAllDresses(officer.page);
  await officer.field('用户名').fill('demo1');
  await expect(officer.faults.first()).toHaveText(
    officer.fault('用户名', '已经有这个用户名了，请换一个。'),
  );
  await officer.field('用户名').fill('chunfen');
  await officer.field('化名').fill('春分');
  await officer.field('咨询员').check();
  await officer.act('新增账号').click();
  await officer.sees('只显示这一次');
  await auditAllDresses(officer.page);
  const password = (await secret(officer, '密码').textContent()) ?? '';
  for (let time = 0; time < 3; time += 1) await officer.page.keyboard.press('Escape');
  await expect(secret(officer, '密码')).toBeVisible();
  await officer.sees('关闭后再也看不到。确定记下了吗？');
  await auditAllDresses(officer.page);
  await officer.act('取消').click();
  await officer.act('已经记下，关闭').click();
  await officer.seesNot(password);
  const skills = officer.page.getByRole('link', { name: officer.label('去设技能') });
  await expect(skills).toHaveAttribute('href', /^#\/counselors\/./);

  const newcomer = await newOfficer('chunfen');
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('手上没有来访');
  await officer.act('停用这个账号').click();
  await officer.sees(officer.filled('要停用“{name}”吗？', { name: '春分' }));
  await auditAllDresses(officer.page);
  await officer.act('停用').click();
  await officer.sees('已在所有地方退出');
  await expect(newcomer.page.getByLabel(newcomer.label('用户名'))).toBeVisible();
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('用户名、密码或验证码不对。');
  await officer.act('恢复这个账号').click();
  await officer.sees('现在可以用原来的密码登录');
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('手上没有来访');
});

test('a forgotten password is replaced by one that is shown once', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose('清明');
  await officer.act('换一个新密码').click();
  await officer.sees('旧密码立即失效');
  await officer.act('换新密码').click();
  await officer.sees('只显示这一次');
  const password = (await secret(officer, '密码').textContent()) ?? '';
  await officer.act('已经记下，关闭').click();
  const counselor = await newOfficer('demo3');
  await signIn(counselor, 'demo3', password);
  await counselor.sees('手上没有来访');
});

test('a second factor is shown once, as a code to scan and as a key', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose('督导 青松');
  await officer.act('换一个新的动态验证码').click();
  await officer.sees('要用手机重新扫码');
  await officer.act('换新的').click();
  await expect(officer.the('img', '动态验证码的二维码')).toBeVisible();
  await expect(secret(officer, '动态验证码的密钥')).toHaveText(/^[A-Z2-7]{16,}$/);
  await auditAllDresses(officer.page);
  await officer.act('已经记下，关闭').click();
  await officer.sees('已设置');
});

test('a role says what it may do, and counts from the next act', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose('清明');
  const roles = officer.group('角色');
  await expect(roles).toMatchAriaSnapshot({ name: 'office-roles.aria.yml' });
  await officer.the('radio', '督导', roles).check();
  await officer.save();
  await officer.sees('下一次操作起按新的角色');
  await auditAllDresses(officer.page);
  const promoted = await newOfficer('demo3');
  await promoted.open('/watch');
  await promoted.sees('排队（最先接的在最上）');
});

test('one’s own account is protected', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose(/^管理员/);
  await officer.sees('这是你自己的账号');
  await expect(officer.act('停用这个账号')).toHaveCount(0);
  await expect(officer.form.getByRole('radio')).toHaveCount(0);
  await auditAllDresses(officer.page);
});

test('a counselor’s skills are set by keys and seen by the plan at once', async ({
  newOfficer,
}) => {
  const officer = await newOfficer();
  await officer.manage('#/skills');
  await officer.the('link', '新增技能').click();
  await officer.field('代码').fill('Hakka!');
  await officer.save();
  await expect(officer.faults).toHaveText([
    officer.fault('代码', '请用 1 到 40 个小写字母、数字或“_”，例如 exam_stress。'),
    officer.fault('中文名称', '必须填写。'),
    officer.fault('英文名称', '必须填写。'),
  ]);
  await auditAllDresses(officer.page);
  await officer.field('代码').fill('hakka');
  await officer.field('中文名称').fill('客家话');
  await officer.field('英文名称').fill('Hakka');
  await officer.saves();
  await officer.sees('还没有热线要求它');
  await auditAllDresses(officer.page);
  const hakka = /^(客家话|Hakka)$/;

  await officer.go('#/counselors');
  await officer.list.getByLabel(officer.label('查找')).fill('ＤＥＭＯ3');
  await officer.sees(officer.filled('共 {count} 项，找到 {found} 项', { found: 1 }));
  await officer.choose('清明');
  const levels = officer.form.getByRole('group', { name: hakka });
  await officer.the('radio', '没有', levels).focus();
  for (let level = 0; level < 3; level += 1) await officer.page.keyboard.press('ArrowRight');
  const third = officer.whole('{level} 级 {word}', { level: 3, word: '能胜任' });
  await expect(levels.getByRole('radio', { name: third })).toBeChecked();
  await officer.field('同时接几个聊天（个）').fill('21');
  await officer.save();
  await expect(officer.faults).toHaveText([
    officer.fault('同时接几个聊天（个）', '应在 {from} 到 {to} 之间。', { from: 0, to: 20 }),
  ]);
  await expect(officer.form).toMatchAriaSnapshot({ name: 'office-counselor.aria.yml' });
  await auditAllDresses(officer.page);
  await officer.field('同时接几个聊天（个）').fill('2');
  await officer.saves();

  await officer.go('#/lines/12355');
  const first = officer.group('第 {place} 步', { place: 1 });
  await officer.pick(officer.the('combobox', '技能', first), hakka);
  const who = officer.filled('现在有 {count} 位符合：{names}', { count: 1, names: '清明' });
  await expect(first.getByText(who)).toBeVisible();
  await officer.act('放弃改动').click();
  await officer.go('#/counselors');
  await officer.choose('清明');
  await officer.field('不再参加').check();
  await officer.saves();
  await officer.sees('不再派单给这位咨询员');
});

test('a counselor’s two editions differ in words', async ({ newOfficer }) => {
  const [one, other] = [await newOfficer(), await newOfficer()];
  for (const officer of [one, other]) {
    await officer.manage('#/counselors');
    await officer.choose('清明');
  }
  await one.field('同时接几个聊天（个）').fill('4');
  await one.saves();
  await other.field('接语音（电话和网页通话）').click();
  await other.field('不再参加').check();
  await other.save();
  await expect(other.the('dialog', '别人刚刚也改过')).toMatchAriaSnapshot({
    name: 'office-conflict-counselor.aria.yml',
  });
  await other.act('先不选，继续编辑').click();
  await expect(other.field('不再参加')).toBeChecked();
});

test('a supervisor writes canned replies and sees nothing else', async ({ newOfficer }) => {
  const officer = await newOfficer('super1');
  await officer.manage('');
  await expect(officer.the('navigation', '管理的内容').getByRole('link')).toHaveText([
    officer.label('常用回复'),
  ]);
  await officer.the('link', '新增常用回复').click();
  await officer.field('标题').fill('慢慢来');
  await officer.save();
  await expect(officer.faults).toHaveText([officer.fault('内容', '必须填写。')]);
  await officer.field('内容').fill('不着急，我们慢慢说。');
  await officer.field('中文').check();
  await officer.pick(officer.field('用于'), '12355 青少年服务台');
  await expect(officer.form.locator('.preview')).toHaveText('不着急，我们慢慢说。');
  await officer.saves();
  await officer.sees('咨询员下次打开常用回复就能看到');
  await expect(officer.form).toMatchAriaSnapshot({ name: 'office-reply.aria.yml' });
  await auditAllDresses(officer.page);
  const replies = async () => {
    const answer = await officer.context.request.get(`${officer.cable.url}/api/v1/canned-replies`);
    const all = (await answer.json()) as { title: string; line: string | null }[];
    return all.filter(({ title }) => title === '慢慢来').map(({ line }) => line);
  };
  expect(await replies()).toEqual(['12355']);
  await officer.act('删除这条回复').click();
  await officer.sees(officer.filled('已删除“{title}”。', { title: '慢慢来' }));
  expect(await replies()).toEqual([]);
  await officer.act('撤销删除').click();
  await officer.sees(officer.filled('已恢复“{title}”。', { title: '慢慢来' }));
  await officer.pick(officer.list.getByLabel(officer.label('语言')), '中文');
  await officer.pick(officer.list.getByLabel(officer.label('用于')), '12355 青少年服务台');
  await officer.sees('共 {count} 项，找到 {found} 项');
  await expect(officer.list.getByRole('link', { name: '慢慢来' })).toBeVisible();
  expect(await replies()).toEqual(['12355']);
});

test('a reply removed meanwhile says so, and can be saved again', async ({ newOfficer }) => {
  const [one, other] = [await newOfficer('super1'), await newOfficer()];
  for (const officer of [one, other]) {
    await officer.manage('#/replies');
    await officer.list.locator('.rows').getByRole('link').first().click();
  }
  const title = await other.field('标题').inputValue();
  await one.act('删除这条回复').click();
  await one.sees('已删除“{title}”。');
  await expect(one.list.locator('b').getByText(title, { exact: true })).toHaveCount(0);
  await other.field('内容').fill('还在这里。');
  await other.save();
  const dialog = other.the('dialog', '别人刚刚也改过');
  await expect(dialog).toContainText(other.said('你打开之后，这一项已被别人删除。'));
  await expect(other.act('用对方的，放弃我的')).toHaveCount(0);
  await auditAllDresses(other.page);
  await other.act('用我的，覆盖对方的').click();
  await other.hasSaved();
});

test('a new line is made, with every fault said first', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines');
  await expect(officer.page.locator('.office')).toMatchAriaSnapshot({
    name: 'office-lines.aria.yml',
  });
  await officer.the('link', '新增热线').click();
  await officer.save();
  await expect(officer.summary).toContainText(
    officer.said('必须选一种：所有步骤都没人接时，对方会得到什么。'),
  );
  await expect(officer.form).toMatchAriaSnapshot({ name: 'office-line-new.aria.yml' });
  await auditAllDresses(officer.page);
  await officer.field('代码').fill('night');
  for (const [label, text] of [
    ['中文名称', '夜间热线'],
    ['英文名称', 'Night Line'],
    ['主管单位', '宜春市'],
    ['中文问候语', '你好'],
    ['英文问候语', 'Hello'],
  ] as const) {
    await officer.field(label).fill(text);
  }
  await officer.field('转到另一条热线').check();
  await officer.pick(officer.the('combobox', '转到'), '12355 青少年服务台');
  await officer.sees('正在为你转到另一条热线，请不要离开。');
  await officer.saves();
  await officer.sees('新来访按新的设置走');
  const door = await officer.context.request.get(`${officer.cable.url}/api/v1/lines/night`);
  expect(await door.json()).toMatchObject({ name_en: 'Night Line', greeting_en: 'Hello' });
});

test('the office is closed to counselors', async ({ newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.open('/office');
  await counselor.sees('这个账号不能打开这个页面。');
});
