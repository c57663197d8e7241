import { audit, expect, test } from './fixtures/test';
import { changeDoor, inOtherLanguage, tapSocket } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });

test('the place and an honest range are live, and bad news is said', async ({ newStudent }) => {
  const student = await newStudent();
  const say = await tapSocket(student.page);
  await student.arrive();
  await student.knock();
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_100] });
  await student.sees(student.filled('你排在第 {position} 位', { position: 3 }));
  await student.sees(student.filled('大约还要 {low}–{high} 分钟', { low: 4, high: 19 }));
  await student.sees(student.filled('现在共有 {waiting} 人在等', { waiting: 7 }));
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_300] });
  await student.sees('比刚才估计的要久');
  say({ type: 'queue', position: 4, waiting: 8, estimate_s: [400, 1_400] });
  await student.sees('排到了你前面');
  say({ type: 'queue', position: 2, waiting: 8, estimate_s: null });
  await student.sees('现在说不准还要多久');
  await student.seesNot('排到了你前面');
  say({ type: 'queue', position: 9, waiting: 40, estimate_s: [3_600, 9_000] });
  const other = await inOtherLanguage(student);
  await other.sees(other.filled('大约还要 {low}–{high} 小时', { low: 1, high: 3 }));
  say({ type: 'queue', position: 8, waiting: 40, estimate_s: [2_000, 4_000] });
  await other.sees('也可以先打 12356');
});

test('a queue that changes is not read out at every change', async ({ newStudent }) => {
  const student = await newStudent();
  const say = await tapSocket(student.page);
  await student.arrive();
  await student.knock();
  say({ type: 'queue', position: 9, waiting: 9, estimate_s: null });
  const ear = student.page.getByRole('status');
  const place = (position: number) => student.filled('你排在第 {position} 位', { position });
  await expect(ear).toContainText(place(9));
  for (let position = 8; position > 2; position -= 1) {
    say({ type: 'queue', position, waiting: 9, estimate_s: null });
  }
  await student.sees(place(3));
  await expect(ear).toContainText(place(9));
});

test('there is something calming to do while waiting', async ({ newStudent }) => {
  const student = await newStudent();
  const { page } = student;
  await student.reachOut();
  const counts = page.locator('.counts');
  await expect(counts).toBeVisible();
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect(page.locator('.circle')).toBeVisible();
  await page.setViewportSize({ width: 360, height: 560 });
  await expect(counts).toBeVisible();
  await student.button('看看身边').click();
  await student.button('开始').click();
  for (let step = 0; step < 5; step += 1) await student.button('找到了，下一步').click();
  await student.sees('好了。脚踩着地');
  await student.button('读一读').click();
  await student.button('睡不着的时候').click();
  const title = student.the('heading', '睡不着的时候');
  await expect(title).toBeFocused();
  await audit(page);
  // However far one reads, the place and the way to help stay in sight.
  await student.button('看别的').scrollIntoViewIfNeeded();
  await expect(page.getByText(student.label('下一个就是你')).first()).toBeInViewport();
  await expect(student.button('我现在有危险')).toBeInViewport();
  await student.button('看别的').click();
  await expect(student.button('第一次求助会发生什么')).toBeVisible();
  student.cable.cut();
  await student.button('睡不着的时候').click();
  await expect(title).toBeVisible();
});

test('with the keyboard up on a small phone, what helps stays in sight', async ({ newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  await student.page.setViewportSize({ width: 360, height: 340 });
  for (const name of ['快速离开', '我现在有危险', '发送']) {
    await expect(student.button(name)).toBeInViewport({ ratio: 1 });
  }
  await expect(student.page.locator('.position')).toBeInViewport({ ratio: 1 });
  await expect(student.page.getByRole('link', { name: /110/ })).toBeInViewport({ ratio: 1 });
});

test('a closed line says when it opens, offers the numbers, and tells when it has opened', async ({
  newStudent,
}) => {
  const student = await newStudent();
  const opens = new Date(Date.now() + 86_400_000);
  const shut = { open: false, closed_because: 'hours', opens_at: opens.toISOString() };
  await student.page.clock.install();
  await changeDoor(student.page, shut);
  await student.page.goto(`${student.cable.url}/chat/12355`);
  await student.sees(student.filled('{when} 开放。', { when: '明天 {time}' }));
  await expect(student.button('开始聊天')).toHaveCount(0);
  await expect(student.page.getByRole('link', { name: /12356/ })).toBeVisible();
  await student.button('我现在有危险').click();
  await student.sees('现在没有咨询员在线。请马上打 110 或 120');
  await changeDoor(student.page, { open: true, closed_because: null, opens_at: null });
  await student.page.clock.fastForward(46_000);
  await student.sees('现在可以聊了');
  await expect(student.button('开始聊天')).toBeVisible();
});

test('a full line and a broken one say so', async ({ newStudent }) => {
  const student = await newStudent();
  await changeDoor(student.page, { open: true, is_full: true });
  await student.page.goto(`${student.cable.url}/chat/12355`);
  await student.sees('现在等的人太多');
  await changeDoor(student.page, { open: false, closed_because: 'outage', opens_at: null });
  await student.page.goto(`${student.cable.url}/chat/12355`);
  await student.sees('在线聊天出了故障');
  await expect(student.page.getByRole('link', { name: /120/ }).first()).toBeVisible();
});
