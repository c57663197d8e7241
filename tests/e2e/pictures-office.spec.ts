/** Pictures of the office: each section, and the states of its forms. */
import { test } from './fixtures/office';
import { keep, take } from './fixtures/pictures';

test.setTimeout(900_000);

test('the office has its pictures taken', async ({ newOfficer }) => {
  const officer = await newOfficer();
  await officer.manage('#/lines');
  await take(officer.page, 'office-lines');
  await officer.choose('12355 青少年服务台');
  await take(officer.page, 'office-line', true);
  await officer.field('按周设定').check();
  for (const day of ['周一', '周六']) {
    await officer.act('{day}加一段', { day }).click();
    await officer.field('{day}第 {place} 段开始', { day, place: 1 }).fill('18:00');
    await officer.field('{day}第 {place} 段结束', { day, place: 1 }).fill('02:00');
  }
  await officer.group('开放时间').scrollIntoViewIfNeeded();
  await take(officer.page, 'office-hours', true);
  const first = officer.group('第 {place} 步', { place: 1 });
  await officer.pick(officer.the('combobox', '技能', first), '危机干预');
  await officer.pick(officer.the('combobox', '熟练度', first), /^4 级 熟练$/);
  await first.getByLabel('等多久没人接就放宽（秒）').focus();
  await keep(officer.page, 'office-plan');
  await take(officer.page, 'office-plan', true);
  await officer.field('答应尽快回复，并给出紧急电话').focus();
  await take(officer.page, 'office-rung', true);
  await officer.field('中文名称').fill('');
  await officer.field('最多同时等待（位）').fill('0');
  await officer.save();
  await take(officer.page, 'office-faults', true);
  await officer.go('#/skills');
  await officer.sees('有未保存的改动');
  await officer.page.screenshot({ path: 'pictures/office-leaving.png' });
  await officer.button('不保存，离开').click();

  await officer.choose('青少年');
  await take(officer.page, 'office-skill');
  await officer.go('#/counselors');
  await officer.choose('白露');
  await take(officer.page, 'office-counselor', true);
  await officer.go('#/replies');
  await officer.list.getByRole('link').nth(2).click();
  await take(officer.page, 'office-reply');
  await officer.go('#/accounts');
  await officer.choose('小满');
  await officer.button('停用这个账号').click();
  await take(officer.page, 'office-account', true);
  await officer.go('#/accounts/+');
  await take(officer.page, 'office-account-new');
});
