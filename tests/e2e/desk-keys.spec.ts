/** A whole shift without a mouse. */
import type { Counselor } from './fixtures/people';
import { PASSWORD } from './fixtures/people';
import { auditAllDresses, expect, test } from './fixtures/test';

/** Goes from part to part with Tab until the focus is where `name` says. */
async function tabTo(counselor: Counselor, name: string, role: 'button' | 'textbox' = 'button') {
  const target = counselor.the(role, name).first();
  await expect(target).toBeVisible();
  for (let count = 0; count < 60; count += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await counselor.page.keyboard.press('Tab');
  }
  throw new Error(`no way to ${name} by Tab`);
}
const putDown = ({ page }: Counselor) =>
  page.evaluate(() => (document.activeElement as HTMLElement).blur());

test('a counselor’s whole shift by keyboard alone', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  const { page, cable } = counselor;
  const { keyboard } = page;
  await page.goto(`${cable.url}/desk`);
  await tabTo(counselor, '用户名', 'textbox');
  await keyboard.type('demo1');
  await keyboard.press('Tab');
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');
  await expect(counselor.the('heading', '手上没有来访')).toBeVisible();
  await tabTo(counselor, '试听');
  await keyboard.press('Enter');
  await putDown(counselor);
  await keyboard.press('?');
  await expect(counselor.the('dialog', '快捷键一览')).toBeVisible();
  await auditAllDresses(page);
  await keyboard.press('Escape');
  await expect(counselor.the('dialog', '快捷键一览')).toBeHidden();
  await keyboard.press('Alt+v');
  const student = await newStudent();
  await student.reachOut();
  await student.write('在吗');
  await expect(counselor.ring).toBeVisible();
  await keyboard.press('Alt+a');
  await expect(counselor.box).toBeFocused();
  await keyboard.type('I am here');
  await keyboard.press('Enter');
  await student.sees('I am here');
  await keyboard.press('/');
  await expect(counselor.the('combobox', '查找常用语')).toBeFocused();
  await expect(page.getByRole('option').first()).toBeVisible();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(counselor.box).toBeFocused();
  await keyboard.press('Enter');
  await expect(student.bubbles()).toHaveCount(3);
  await keyboard.press('Alt+r');
  await keyboard.press('3');
  await expect(counselor.button('高风险')).toHaveAttribute('aria-pressed', 'true');
  await keyboard.press('Alt+n');
  await expect(counselor.note).toBeFocused();
  await keyboard.type('exams');
  await keyboard.press('Alt+m');
  await expect(counselor.box).toBeFocused();
  await keyboard.press('Alt+x');
  await expect(counselor.button('继续谈')).toBeFocused();
  await keyboard.press('Shift+Tab');
  await keyboard.press('Enter');
  await student.sees('咨询员结束了这次聊天');
  await keyboard.press('Alt+1');
  await expect(counselor.the('radio', '已倾听支持')).toBeChecked();
  await keyboard.press('Alt+Enter');
  await expect(counselor.the('heading', '手上没有来访')).toBeVisible();
  await keyboard.press('Alt+o');
  await putDown(counselor);
  await tabTo(counselor, '退出登录');
  await keyboard.press('Enter');
  await expect(counselor.the('textbox', '用户名')).toBeVisible();
});

test('keys that were switched off do nothing, and the overview says so', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.open('/desk');
  await counselor.the('checkbox', '快捷键').uncheck();
  await counselor.page.keyboard.press('Alt+v');
  await putDown(counselor);
  await counselor.page.keyboard.press('?');
  await counselor.sees('快捷键已关闭');
  await expect(
    counselor.page.getByRole('button', { name: counselor.label('可接'), includeHidden: true }),
  ).toHaveAttribute('aria-pressed', 'false');
});
