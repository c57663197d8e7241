import { test } from './fixtures/office';
import { auditAllDresses, expect } from './fixtures/test';

test('a changed greeting is seen at the door at once', async ({ newOfficer, newStudent }) => {
  const officer = await newOfficer();
  await officer.manage();
  await officer.choose('12355 青少年服务台');
  await officer.field('中文问候语').fill('你好，今晚也有人在听。');
  await officer.saves();
  await officer.sees(/正在等的人位置不变/);
  const student = await newStudent();
  await student.arrive();
  await student.sees('你好，今晚也有人在听。');
});

test('nonsense cannot be saved, and every field says what is right', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/12355');
  await auditAllDresses(officer.page);
  await officer.field('中文名称').fill('');
  await officer.field('号码 1').fill('一二三');
  await officer.field('最多同时等待（位）').fill('0');
  await officer.form.getByLabel('等多久没人接就放宽（秒）').first().fill('');
  await officer.save();
  await expect(officer.faults).toHaveText([
    '中文名称：必须填写。',
    '电话号码：请填 2 到 20 位数字，可含“+”和“-”，例如 4009151095。',
    '路由方案，第 1 步：请填 1 到 86400 的整数。',
    '最多同时等待（位）：应在 1 到 100000 之间。',
  ]);
  await expect(officer.form.getByRole('group', { name: /^还不能保存/ })).toBeFocused();
  await expect(officer.page.locator('.faults').first()).toMatchAriaSnapshot({
    name: 'office-faults.aria.yml',
  });
  await auditAllDresses(officer.page);
  await officer.button(/^电话号码：/).click();
  await expect(officer.field('号码 1')).toBeFocused();
  await expect(officer.field('号码 1')).toHaveAccessibleDescription(/2 到 20 位数字/);
  await officer.field('号码 1').fill('12355');
  await expect(officer.faults).toHaveCount(3);
  await officer.button('放弃改动').click();
  await officer.saves();
});

test('a new plan routes the next contact', async ({ newOfficer, newCounselor, newStudent }) => {
  const officer = await newOfficer();
  const [anybody, expert] = [await newCounselor('demo1'), await newCounselor('demo5')];
  await officer.manage('#/lines/12355');
  const first = officer.form.getByRole('group', { name: '第 1 步' });
  await first.getByLabel('技能').selectOption('危机干预');
  await first.getByLabel('熟练度').selectOption('5 级 专长');
  await officer.sees(/没有一位咨询员符合/);
  await first.getByLabel('熟练度').selectOption('4 级 熟练');
  await officer.seesNot(/没有一位咨询员符合/);
  await expect(first.getByText(/现在有 \d+ 位符合/)).toBeVisible();
  await first.getByLabel('等多久没人接就放宽（秒）').fill('3600');
  await expect(first.getByText('＝ 1 小时')).toBeVisible();
  await officer.saves();
  await anybody.work();
  await expert.work();
  const student = await newStudent();
  await student.reachOut();
  await expert.accept();
  await student.isConnected();
  await expect(anybody.ring).toBeHidden();
});

test('steps are added, moved and removed by keys alone', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/12355');
  const { keyboard } = officer.page;
  await officer.button('加一步').focus();
  await keyboard.press('Enter');
  await expect(officer.button('删去第 4 步')).toBeFocused();
  await keyboard.press('Alt+ArrowUp');
  await expect(officer.button('第 3 步上移')).toBeFocused();
  await keyboard.press('Alt+ArrowUp');
  await keyboard.press('Alt+ArrowUp');
  await expect(officer.button('删去第 1 步')).toBeFocused();
  await expect(officer.form.getByRole('group', { name: '第 1 步' })).toContainText(
    '任何一位咨询员',
  );
  await keyboard.press('Enter');
  await expect(officer.button('删去第 1 步')).toBeFocused();
  await expect(officer.form.getByRole('group', { name: /^第 \d 步$/ })).toHaveCount(3);
  await officer.button('再加一个号码').focus();
  await keyboard.press('Enter');
  await expect(officer.field('号码 2')).toBeFocused();
  await officer.button('删去号码 2').focus();
  await keyboard.press('Enter');
  await expect(officer.button('再加一个号码')).toBeFocused();
  await officer.field('主管单位').fill('共青团宜春市委');
  await keyboard.press('Control+s');
  await expect(officer.form.getByText(/^已保存，立即生效/)).toBeVisible();
});

test('hours are set by the week, and the line closes', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/966525');
  await officer.form.getByRole('radio', { name: '按周设定' }).check();
  await officer.save();
  await expect(officer.faults).toHaveText([/^开放时间：这样一周都不开放/]);
  // Three days from now, in China: never today.
  const day = (new Date(Date.now() + 8 * 3_600_000).getUTCDay() + 2) % 7;
  const name = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'][day];
  await officer.button(`${name}加一段`).click();
  await officer.field(`${name}第 1 段开始`).fill('22');
  await officer.field(`${name}第 1 段结束`).fill('6');
  await officer.sees('到第二天（在 24:00 处分开保存）');
  await officer.sees('每周开放 8 小时');
  await auditAllDresses(officer.page);
  await officer.saves();
  await expect(officer.field(`${name}第 1 段开始`)).toHaveValue('22:00');
  await officer.page.reload();
  await expect(officer.field(`${name}第 1 段结束`)).toHaveValue('06:00');
  const door = await officer.context.request.get(`${officer.cable.url}/api/v1/lines/966525`);
  expect(await door.json()).toMatchObject({ open: false });
});

test('somebody else’s edition is shown, and one is chosen', async ({ newOfficer }) => {
  const [one, other] = [await newOfficer(), await newOfficer()];
  for (const officer of [one, other]) await officer.manage('#/lines/12355');
  await one.field('主管单位').fill('团市委');
  await one.saves();
  await other.field('主管单位').fill('共青团');
  await other.save();
  const dialog = other.page.getByRole('dialog', { name: '别人刚刚也改过' });
  await expect(dialog.getByRole('row', { name: '主管单位 共青团 团市委' })).toBeVisible();
  await other.auditDialog();
  await dialog.getByRole('button', { name: '用我的，覆盖对方的' }).click();
  await expect(other.form.getByText(/^已保存，立即生效/)).toBeVisible();
  await one.field('主管单位').fill('没看见');
  await one.save();
  await one.button('用对方的，放弃我的').click();
  await expect(one.field('主管单位')).toHaveValue('共青团');
  await one.saves();
});

test('nothing unsaved is left by accident', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/12355');
  await officer.field('主管单位').fill('写到一半');
  await officer.page.getByRole('link', { name: '技能' }).click();
  const dialog = officer.page.getByRole('dialog', { name: '有未保存的改动' });
  await dialog.getByRole('button', { name: '继续编辑' }).click();
  await expect(officer.field('主管单位')).toHaveValue('写到一半');
  await officer.button('English').click();
  await expect(officer.form.getByLabel('Owner')).toHaveValue('写到一半');
  await officer.button('中文').click();
  await officer.button('退出登录').click();
  await dialog.getByRole('button', { name: '继续编辑' }).click();
  await officer.go('#/skills');
  await dialog.getByRole('button', { name: '不保存，离开' }).click();
  await expect(dialog).toBeHidden();
  await expect(officer.form).toBeHidden();
});
