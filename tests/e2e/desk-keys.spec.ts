/** A whole shift without a mouse, in both languages. */
import { PASSWORD } from './fixtures/people';
import { audit, expect, test } from './fixtures/test';

const WORDS = {
  'zh-CN': {
    accept: /^接起/,
    write: '写给对方',
    note: /^记录/,
    find: '查找常用语',
    none: '手上没有来访',
    keys: '快捷键一览',
    out: '退出登录',
    high: '高风险',
    play: '试听',
    first: '来访来时，怎样叫你？',
  },
  en: {
    accept: /^Accept/,
    write: 'Write to them',
    note: /^Note/,
    find: 'Search canned replies',
    none: 'No contacts in hand',
    keys: 'All keys',
    out: 'Sign out',
    high: 'High risk',
    play: 'Play it',
    first: 'How shall a contact call you?',
  },
} as const;

for (const lang of ['zh-CN', 'en'] as const) {
  test(`a counselor’s whole shift by keyboard alone, in ${lang}`, async ({
    newStudent,
    newCounselor,
  }) => {
    const words = WORDS[lang];
    const { page, cable } = await newCounselor();
    const { keyboard } = page;
    const tabTo = async (name: string | RegExp, role: 'button' | 'textbox' = 'button') => {
      const target = page.getByRole(role, { name }).first();
      await expect(target).toBeVisible();
      for (let count = 0; count < 60; count += 1) {
        if (await target.evaluate((node) => node === document.activeElement)) return;
        await keyboard.press('Tab');
      }
      throw new Error(`no way to ${name} by Tab`);
    };
    await page.addInitScript((wished) => localStorage.setItem('xinqiao.lang', wished), lang);
    await page.goto(`${cable.url}/desk`);
    await tabTo(/用户名|User name/, 'textbox');
    await keyboard.type('demo1');
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: words.none })).toBeVisible();
    await tabTo(words.play);
    await keyboard.press('Enter');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await keyboard.press('?');
    await expect(page.getByRole('dialog', { name: words.keys })).toBeVisible();
    await audit(page);
    await keyboard.press('Escape');
    await keyboard.press('Alt+v');
    const student = await newStudent();
    await student.reachOut();
    await student.write('在吗');
    await expect(page.getByRole('button', { name: words.accept })).toBeVisible();
    await keyboard.press('Alt+a');
    const box = page.getByRole('textbox', { name: words.write });
    await expect(box).toBeFocused();
    await keyboard.type('I am here');
    await keyboard.press('Enter');
    await student.sees('I am here');
    await keyboard.press('/');
    await expect(page.getByRole('combobox', { name: words.find })).toBeFocused();
    await expect(page.getByRole('option').first()).toBeVisible();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await expect(box).toBeFocused();
    await keyboard.press('Enter');
    await expect(student.bubbles()).toHaveCount(3);
    await keyboard.press('Alt+r');
    await keyboard.press('3');
    await expect(page.getByRole('button', { name: words.high, exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await keyboard.press('Alt+n');
    await expect(page.getByRole('textbox', { name: words.note })).toBeFocused();
    await keyboard.type('exams');
    await keyboard.press('Alt+x');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await student.sees('咨询员结束了这次聊天');
    await expect(page.getByRole('radio').first()).toBeVisible();
    await keyboard.press('Alt+1');
    await expect(page.getByRole('radio').first()).toBeChecked();
    await keyboard.press('Alt+Enter');
    await expect(page.getByRole('heading', { name: words.none })).toBeVisible();
    await keyboard.press('Alt+o');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo(words.out);
    await keyboard.press('Enter');
    await expect(page.getByText(/用户名|User name/)).toBeVisible();
  });
}

test('keys that were switched off do nothing, and the overview says so', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.open('/desk');
  await counselor.page.getByRole('checkbox', { name: '快捷键' }).uncheck();
  await counselor.page.keyboard.press('Alt+v');
  await counselor.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await counselor.page.keyboard.press('?');
  await counselor.sees('快捷键已关闭');
  await expect(
    counselor.page.getByRole('button', { name: '可接', includeHidden: true }),
  ).toHaveAttribute('aria-pressed', 'false');
});
