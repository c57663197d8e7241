import { type Officer, test } from './fixtures/office';
import { auditAllDresses, expect } from './fixtures/test';

/** What the dialog shows under this word. */
const secret = (officer: Officer, word: string) =>
  officer.page.locator(`dl.secrets dt:text-is("${word}") + dd code`);

async function signIn(officer: Officer, username: string, password: string): Promise<void> {
  await officer.page.goto(`${officer.cable.url}/desk`);
  await officer.page.getByLabel('用户名').fill(username);
  await officer.page.getByLabel('密码').fill(password);
  await officer.page.keyboard.press('Enter');
}

test('a new account signs in, and once disabled it cannot', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts/+');
  await officer.button('新增账号').click();
  await expect(officer.faults).toHaveText([/^用户名：/, /^化名：/, /^角色：/]);
  await auditAllDresses(officer.page);
  await officer.field('用户名').fill('chunfen');
  await officer.field('化名').fill('春分');
  await officer.field('咨询员').check();
  await officer.button('新增账号').click();
  await officer.sees('只显示这一次');
  await officer.auditDialog();
  const password = (await secret(officer, '密码').textContent()) ?? '';
  for (let time = 0; time < 3; time += 1) await officer.page.keyboard.press('Escape');
  await expect(secret(officer, '密码')).toBeVisible();
  await officer.sees('关闭后再也看不到。确定记下了吗？');
  await officer.button('取消').click();
  await officer.button('已经记下，关闭').click();
  await officer.seesNot(password);

  const newcomer = await newOfficer('chunfen');
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('手上没有来访');
  await officer.button('停用这个账号').click();
  await auditAllDresses(officer.page);
  await officer.page.getByRole('alertdialog').getByRole('button', { name: '停用' }).click();
  await officer.sees(/已在所有地方退出/);
  await expect(newcomer.page.getByLabel('用户名')).toBeVisible();
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('用户名、密码或验证码不对。');
  await officer.button('恢复这个账号').click();
  await officer.sees(/现在可以用原来的密码登录/);
  await signIn(newcomer, 'chunfen', password);
  await newcomer.sees('手上没有来访');
});

test('a second factor is shown once, as a code to scan and as a key', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose('督导 青松');
  await officer.button('换一个新的动态验证码').click();
  await officer.button('换新的').click();
  await expect(officer.page.getByRole('img', { name: '动态验证码的二维码' })).toBeVisible();
  await expect(secret(officer, '动态验证码的密钥')).toHaveText(/^[A-Z2-7]{16,}$/);
  await officer.auditDialog();
  await officer.button('已经记下，关闭').click();
  await officer.sees('已设置');
});

test('one’s own account is protected', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/accounts');
  await officer.choose('管理员');
  await officer.sees(/这是你自己的账号/);
  await expect(officer.button('停用这个账号')).toHaveCount(0);
  await expect(officer.form.getByRole('radio')).toHaveCount(0);
  await auditAllDresses(officer.page);
});

test('a counselor’s skills are set by keys and seen by the plan at once', async ({
  newOfficer,
}) => {
  const officer = await newOfficer();
  await officer.manage('#/skills');
  await officer.page.getByRole('link', { name: '新增技能' }).click();
  await officer.field('代码').fill('hakka');
  await officer.field('中文名称').fill('客家话');
  await officer.field('英文名称').fill('Hakka');
  await officer.save();
  await officer.sees(/还没有热线要求它/);
  await auditAllDresses(officer.page);

  await officer.go('#/counselors');
  await officer.list.getByLabel('查找').fill('ＤＥＭＯ3');
  await officer.sees(/找到 1 项/);
  await officer.choose('清明');
  const levels = officer.form.getByRole('group', { name: '客家话' });
  await levels.getByRole('radio', { name: '没有' }).focus();
  for (let level = 0; level < 3; level += 1) await officer.page.keyboard.press('ArrowRight');
  await expect(levels.getByRole('radio', { name: '3 级 能胜任' })).toBeChecked();
  await officer.field('同时接几个聊天（个）').fill('21');
  await officer.save();
  await expect(officer.faults).toHaveText(['同时接几个聊天（个）：应在 0 到 20 之间。']);
  await auditAllDresses(officer.page);
  await officer.field('同时接几个聊天（个）').fill('2');
  await officer.saves();

  await officer.go('#/lines/12355');
  const first = officer.form.getByRole('group', { name: '第 1 步' });
  await first.getByLabel('技能').selectOption('客家话');
  await expect(first.getByText('现在有 1 位符合：清明')).toBeVisible();
  await officer.button('放弃改动').click();
  await officer.go('#/counselors');
  await officer.choose('清明');
  await officer.form.getByRole('radio', { name: '不再参加' }).check();
  await officer.saves();
  await officer.sees(/不再派单给这位咨询员/);
});

test('a supervisor writes canned replies and sees nothing else', async ({ newOfficer }) => {
  const officer = await newOfficer('super1');
  await officer.manage('');
  await expect(
    officer.page.getByRole('navigation', { name: '管理的内容' }).getByRole('link'),
  ).toHaveText(['常用回复']);
  await officer.page.getByRole('link', { name: '新增常用回复' }).click();
  await officer.field('标题').fill('慢慢来');
  await officer.save();
  await expect(officer.faults).toHaveText(['内容：必须填写。']);
  await officer.field('内容').fill('不着急，我们慢慢说。');
  await officer.field('用于').selectOption('12355 青少年服务台');
  await expect(officer.form.locator('.preview')).toHaveText('不着急，我们慢慢说。');
  await officer.save();
  await officer.sees(/已保存，立即生效。咨询员下次/);
  await auditAllDresses(officer.page);
  const replies = async () => {
    const answer = await officer.context.request.get(`${officer.cable.url}/api/v1/canned-replies`);
    const all = (await answer.json()) as { title: string; line: string | null }[];
    return all.filter(({ title }) => title === '慢慢来').map(({ line }) => line);
  };
  expect(await replies()).toEqual(['12355']);
  await officer.button('删除这条回复').click();
  await officer.sees('已删除“慢慢来”。');
  expect(await replies()).toEqual([]);
  await officer.button('撤销删除').click();
  await officer.sees('已恢复“慢慢来”。');
  await officer.list.getByLabel('语言').selectOption('中文');
  await officer.list.getByLabel('用于').selectOption('12355 青少年服务台');
  await officer.sees(/共 \d+ 项，找到 \d 项/);
  await expect(officer.list.getByRole('link', { name: '慢慢来' })).toBeVisible();
  expect(await replies()).toEqual(['12355']);
});

test('the office speaks English too, and is closed to counselors', async ({
  newOfficer,
  newCounselor,
}) => {
  const officer = await newOfficer();
  await officer.manage('#/lines');
  await expect(officer.page.locator('.office')).toMatchAriaSnapshot({
    name: 'office-lines.aria.yml',
  });
  await officer.button('English').click();
  await officer.page.getByRole('link', { name: 'Add a line' }).click();
  await officer.page.getByRole('button', { name: 'Save' }).click();
  await expect(officer.form.getByRole('group', { name: /^Not saved yet/ })).toContainText(
    'Last rung: Choose one: what people get when no step found anybody.',
  );
  await auditAllDresses(officer.page);
  await officer.form.getByLabel('Code', { exact: true }).fill('night');
  for (const [label, text] of [
    ['Chinese name', '夜间热线'],
    ['English name', 'Night Line'],
    ['Owner', 'City'],
    ['Chinese greeting', '你好'],
    ['English greeting', 'Hello'],
  ] as const) {
    await officer.form.getByLabel(label, { exact: true }).fill(text);
  }
  await officer.form.getByRole('radio', { name: 'passed on to another line' }).check();
  await officer.form
    .getByRole('combobox', { name: 'Passed on to' })
    .selectOption('12355 Youth Service');
  await officer.sees(/We are passing you on to another line/);
  await officer.page.getByRole('button', { name: 'Save' }).click();
  await officer.sees(/Saved, and in force now. New contacts follow it/);
  const door = await officer.context.request.get(`${officer.cable.url}/api/v1/lines/night`);
  expect(await door.json()).toMatchObject({ name_en: 'Night Line', greeting_en: 'Hello' });

  const counselor = await newCounselor();
  await counselor.open('/office');
  await counselor.sees('这个账号不能打开这个页面。');
});
