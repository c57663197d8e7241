/** The desk where there is little room: a low laptop, a phone. */
import type { Locator } from '@playwright/test';
import { expect, test } from './fixtures/test';

const LAPTOP = { width: 1366, height: 700 };
const PHONE = { width: 360, height: 740 };

/** Whether a point in the middle of it is its own: nothing lies over it. */
const isBare = (one: Locator) =>
  one.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const at = document.elementFromPoint(x + width / 2, y + height / 2);
    return at !== null && (element.contains(at) || at.contains(element));
  });

test('on a low screen what is told covers no contact, and danger is never out of sight', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.setViewportSize(LAPTOP);
  await counselor.work();
  const first = await newStudent();
  await counselor.talksWith(first, '第一位');
  const second = await newStudent();
  await counselor.talksWith(second, '第二位');
  const third = await newStudent();
  await counselor.talksWith(third, '第三位');
  await third.button('我现在有危险').click();
  const inDanger = counselor.held.filter({ hasText: counselor.said('危急') });
  await expect(inDanger).toBeVisible();

  await counselor.button('再接一位').click();
  const told = counselor.page.getByText(counselor.said('现在没有人在等，或没有你能接的。'));
  await expect(told).toBeInViewport({ ratio: 1 });
  for (const row of [counselor.held.nth(0), counselor.held.nth(1), inDanger]) {
    await expect(row).toBeInViewport({ ratio: 0.9 });
  }
  expect(await isBare(counselor.held.nth(0))).toBe(true);
  expect(await isBare(inDanger)).toBe(true);
  expect(await isBare(told)).toBe(true);
});

test('when the wrap-up opens the last words stay in sight', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.page.setViewportSize(LAPTOP);
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '开头');
  for (let count = 1; count <= 12; count += 1) await student.write(`第 ${count} 句`);
  await counselor.reads('第 12 句');
  await student.leave();
  await expect(counselor.the('region', '结果')).toBeVisible();
  await expect(counselor.bubbles().last()).toBeInViewport({ ratio: 1 });
  await expect.poll(() => isBare(counselor.bubbles().last())).toBe(true);
});

test('on a phone the talk stands before the note, on the first screen', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.setViewportSize(PHONE);
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '有人吗');
  await page.evaluate(() => scrollTo(0, 0));
  await expect(counselor.bubbles().getByText('有人吗')).toBeInViewport({ ratio: 1 });
  const talk = await counselor.box.boundingBox();
  const note = await counselor.note.boundingBox();
  expect(talk?.y).toBeLessThan(note?.y ?? 0);
});
