/** The desk in every state, in all its dresses. */
import { keep, take } from './fixtures/pictures';
import { expect, test } from './fixtures/test';

test.setTimeout(600_000);

test('the desk has its picture taken', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await counselor.open('/desk');
  await take(page, 'desk-first-run');
  await counselor.button('就这样').click();
  await page.keyboard.press('Alt+/');
  await page.screenshot({ path: 'pictures/desk-keys.png' });
  await page.keyboard.press('Escape');
  await counselor.be('可接');
  const first = await newStudent();
  await first.reachOut();
  await first.write('期中考砸了，不敢回家');
  await expect(counselor.ring).toBeVisible();
  await counselor.accept();
  await page.getByRole('button', { name: /一直开着/ }).click();
  const second = await newStudent();
  await second.reachOut();
  await second.write('我想和人说说话');
  await expect(counselor.ring).toBeVisible();
  await counselor.ring.getByRole('button', { name: /^接起/ }).click();
  await expect(counselor.held).toHaveCount(2);
  await page.keyboard.type('我在，慢慢说。');
  await page.keyboard.press('Enter');
  await take(page, 'desk-two-talks');
  await keep(page, 'desk');
  await page.keyboard.press('Alt+c');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.screenshot({ path: 'pictures/desk-canned.png' });
  await page.keyboard.press('Escape');
  await second.leave();
  await expect(page.getByRole('button', { name: /^恶作剧/ })).toBeVisible();
  await take(page, 'desk-wrap-up-beside');
});
