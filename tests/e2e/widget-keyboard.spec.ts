import type { Student } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { forgetEsc } from './fixtures/widget';

/** More stops than any state of the widget has. */
const STOPS_MAX = 30;

/** What the focus stands on, as it is called. */
const focused = ({ page }: Student) =>
  page.evaluate(() => {
    const el = document.activeElement as HTMLInputElement | null;
    return el?.getAttribute('aria-label') || el?.placeholder || el?.textContent || '';
  });

/** Tabs on until it stands on what is called so; says if that never comes. */
async function tabTo(student: Student, quote: string, key = 'Tab'): Promise<void> {
  const name = student.label(quote);
  for (let count = 0; count < STOPS_MAX; count += 1) {
    await student.page.keyboard.press(key);
    if (name.test(await focused(student))) return;
  }
  throw new Error(`no way to ${quote}`);
}

test('a student’s whole visit by keyboard alone', async ({ newStudent, newCounselor }) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const { page } = student;
  const { keyboard } = page;
  await page.route('**/return-phrase', (route) =>
    route.fulfill({ status: 201, json: { return_phrase: 'a b c d e f' } }),
  );
  await page.route('**/rating', (route) => route.fulfill({ status: 204 }));
  await student.arrive();
  await tabTo(student, '开始聊天');
  await keyboard.press('Enter');
  await expect(student.the('heading', '正在为你找咨询员')).toBeFocused();
  await tabTo(student, '看看身边');
  await keyboard.press('Enter');
  await tabTo(student, '开始');
  await keyboard.press('Space');
  await expect(student.button('找到了，下一步')).toBeFocused();
  await counselor.work();
  await counselor.accept();
  await tabTo(student, '写下想说的话');
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await counselor.reads('hello');
  await tabTo(student, '更多', 'Shift+Tab');
  await keyboard.press('Enter');
  await tabTo(student, '给我六个字');
  await keyboard.press('Enter');
  await expect(student.the('heading', '你的六个字')).toBeFocused();
  await keyboard.press('Escape');
  await expect(student.button('更多')).toBeFocused();
  await forgetEsc(page);
  await tabTo(student, '结束聊天');
  await keyboard.press('Enter');
  await expect(student.button('再聊一会儿')).toBeFocused();
  await tabTo(student, '结束', 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(student.the('heading', '聊天结束了')).toBeFocused();
  await tabTo(student, '有一些');
  await keyboard.press('Enter');
  await student.sees('谢谢你告诉我们。');
  await keyboard.press('Escape');
  await keyboard.press('Escape');
  await expect(page).toHaveURL(/\/quiet\.html$/);
});
