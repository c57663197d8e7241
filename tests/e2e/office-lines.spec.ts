import { test } from './fixtures/office';
import { auditAllDresses, expect } from './fixtures/test';
import { CONSOLES, Words } from './fixtures/words';

test('a changed greeting is seen at the door at once', async ({ newOfficer, newStudent, lang }) => {
  const officer = await newOfficer();
  await officer.manage();
  await officer.choose('12355 青少年服务台');
  const [label, text] =
    lang === 'en'
      ? ['英文问候语', 'Hello. Somebody is listening tonight too.']
      : ['中文问候语', '你好，今晚也有人在听。'];
  await officer.field(label).fill(text);
  await officer.saves();
  await officer.sees('正在等的人位置不变');
  const student = await newStudent();
  await student.arrive();
  await student.sees(text);
});

test('nonsense cannot be saved, and every field says what is right', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/12355');
  await auditAllDresses(officer.page);
  const number = officer.field('号码 {place}', { place: 1 });
  await officer.field('中文名称').first().fill('');
  await number.fill('一二三');
  await officer.field('最多同时等待（位）').fill('0');
  await officer.field('等多久没人接就放宽（秒）').first().fill('');
  await officer.save();
  await expect(officer.faults).toHaveText([
    officer.fault('中文名称', '必须填写。'),
    officer.fault('电话号码', '请填 2 到 20 位数字，可含“+”和“-”，例如 4009151095。'),
    officer.fault(
      '路由方案',
      '请填 {from} 到 {to} 的整数。',
      { from: 1, to: 86400 },
      officer.filled('第 {place} 步', { place: 1 }),
    ),
    officer.fault('最多同时等待（位）', '应在 {from} 到 {to} 之间。', { from: 1, to: 100_000 }),
  ]);
  await expect(officer.summary).toBeFocused();
  await expect(officer.page.locator('.faults').first()).toMatchAriaSnapshot({
    name: 'office-faults.aria.yml',
  });
  await auditAllDresses(officer.page);
  await officer.button(officer.starts('电话号码')).click();
  await expect(number).toBeFocused();
  await expect(number).toHaveAccessibleDescription(officer.said('2 到 20 位数字'));
  await number.fill('12355');
  await expect(officer.faults).toHaveCount(3);
  await officer.act('放弃改动').click();
  await officer.saves();
});

test('a new plan routes the next contact', async ({ newOfficer, newCounselor, newStudent }) => {
  const officer = await newOfficer();
  const [anybody, expert] = [await newCounselor('demo1'), await newCounselor('demo5')];
  await officer.manage('#/lines/12355');
  const first = officer.group('第 {place} 步', { place: 1 });
  const level = officer.the('combobox', '熟练度', first);
  await officer.pick(officer.the('combobox', '技能', first), '危机干预');
  await officer.pick(level, officer.whole('{level} 级 {word}', { level: 5, word: '专长' }));
  await officer.sees('没有一位咨询员符合');
  await officer.pick(level, officer.whole('{level} 级 {word}', { level: 4, word: '熟练' }));
  await officer.seesNot('没有一位咨询员符合');
  await expect(first.getByText(officer.said('现在有 {count} 位符合：{names}'))).toBeVisible();
  await first.getByLabel(officer.label('等多久没人接就放宽（秒）')).fill('3600');
  const time = officer.filled('{h} 小时', { h: 1 });
  await expect(first.getByText(new RegExp(`^[＝=] ${time.source}$`))).toBeVisible();
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
  const removal = (place: number) => officer.act('删去第 {place} 步', { place });
  await officer.act('加一步').focus();
  await keyboard.press('Enter');
  await expect(removal(4)).toBeFocused();
  await keyboard.press('Alt+ArrowUp');
  await expect(officer.act('第 {place} 步上移', { place: 3 })).toBeFocused();
  await keyboard.press('Alt+ArrowUp');
  await keyboard.press('Alt+ArrowUp');
  await expect(removal(1)).toBeFocused();
  await expect(officer.group('第 {place} 步', { place: 1 })).toContainText(
    officer.said('任何一位咨询员'),
  );
  await keyboard.press('Enter');
  await expect(removal(1)).toBeFocused();
  await expect(officer.group('第 {place} 步')).toHaveCount(3);
  await officer.act('再加一个号码').focus();
  await keyboard.press('Enter');
  await expect(officer.field('号码 {place}', { place: 2 })).toBeFocused();
  await officer.act('删去号码 {place}', { place: 2 }).focus();
  await keyboard.press('Enter');
  await expect(officer.act('再加一个号码')).toBeFocused();
  await officer.field('主管单位').fill('共青团宜春市委');
  await keyboard.press('Control+s');
  await officer.hasSaved();
});

test('hours are set by the week, and the line closes', async ({ newOfficer, lang }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/966525');
  await officer.field('按周设定').check();
  await officer.save();
  await expect(officer.faults).toHaveText([
    officer.fault('开放时间', '这样一周都不开放。请至少加一段时间，或选“昼夜开放”。'),
  ]);
  // Three days from now, in China: never today.
  const at = (new Date(Date.now() + 8 * 3_600_000).getUTCDay() + 2) % 7;
  const day = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'][at] ?? '';
  const from = officer.field('{day}第 {place} 段开始', { day, place: 1 });
  const to = officer.field('{day}第 {place} 段结束', { day, place: 1 });
  await officer.act('{day}加一段', { day }).click();
  await from.fill('22');
  await officer.save();
  await expect(officer.faults).toHaveText([
    officer.fault('开放时间', '请把开始和结束都填好，例如 08:30 到 21:00。', {}, officer.said(day)),
  ]);
  await to.fill('22:00');
  await expect(officer.faults).toHaveText([
    officer.fault(
      '开放时间',
      '开始和结束相同。整天开放请填 00:00 到 24:00。',
      {},
      officer.said(day),
    ),
  ]);
  await to.fill('6');
  await officer.sees('到第二天（在 24:00 处分开保存）');
  const hours = lang === 'en' ? '8 h' : '8 小时';
  await officer.sees(officer.filled('每周开放 {hours}', { hours }));
  await auditAllDresses(officer.page);
  await officer.saves();
  await expect(from).toHaveValue('22:00');
  await officer.page.reload();
  await expect(to).toHaveValue('06:00');
  const door = await officer.context.request.get(`${officer.cable.url}/api/v1/lines/966525`);
  expect(await door.json()).toMatchObject({ open: false });
});

test('somebody else’s edition is shown, and one is chosen', async ({ newOfficer }) => {
  const [one, other] = [await newOfficer(), await newOfficer()];
  for (const officer of [one, other]) await officer.manage('#/lines/12355');
  await one.field('主管单位').fill('团市委');
  await one.saves();
  await other.field('主管单位').fill('共青团');
  await other.field('同一位咨询员可以一边通话、一边接这条热线的聊天').click();
  await other.group('分诊席').getByLabel('清明', { exact: true }).click();
  await other.act('删去第 {place} 步', { place: 1 }).click();
  await other.field('按周设定').check();
  await other.act('{day}加一段', { day: '周二' }).click();
  await other.field('{day}第 {place} 段开始', { day: '周二', place: 1 }).fill('8');
  await other.field('{day}第 {place} 段结束', { day: '周二', place: 1 }).fill('21:30');
  await other.save();
  const dialog = other.the('dialog', '别人刚刚也改过');
  const row = new RegExp(`^${other.said('主管单位').source} 共青团 团市委$`);
  await expect(dialog.getByRole('row', { name: row })).toBeVisible();
  await expect(dialog).toMatchAriaSnapshot({ name: 'office-conflict.aria.yml' });
  await auditAllDresses(other.page);
  await other.act('用我的，覆盖对方的').click();
  await other.hasSaved();
  await one.field('主管单位').fill('没看见');
  await one.save();
  await one.act('用对方的，放弃我的').click();
  await expect(one.field('主管单位')).toHaveValue('共青团');
  await one.saves();
});

test('nothing unsaved is left by accident', async ({ newOfficer, lang }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines/12355');
  await officer.field('主管单位').fill('写到一半');
  await officer.the('link', '技能').click();
  const dialog = officer.the('dialog', '有未保存的改动');
  await officer.act('继续编辑').click();
  await expect(officer.field('主管单位')).toHaveValue('写到一半');
  const [there, back] = lang === 'en' ? ['中文', 'English'] : ['English', '中文'];
  await officer.button(new RegExp(`^${there}$`)).click();
  const other = new Words(lang === 'en' ? 'zh-CN' : 'en', CONSOLES);
  await expect(officer.form.getByLabel(other.label('主管单位'))).toHaveValue('写到一半');
  await officer.button(new RegExp(`^${back}$`)).click();
  await officer.act('退出登录').click();
  await auditAllDresses(officer.page);
  await officer.act('继续编辑').click();
  await officer.go('#/skills');
  await officer.act('不保存，离开').click();
  await expect(dialog).toBeHidden();
  await expect(officer.form).toBeHidden();
});
