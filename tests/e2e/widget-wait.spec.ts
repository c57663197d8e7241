import { audit, expect, test } from './fixtures/test';
import { changeDoor, inEnglish, tapSocket } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });

test('the place and an honest range are live, and bad news is said', async ({ newStudent }) => {
  const student = await newStudent();
  const say = await tapSocket(student.page);
  await student.arrive();
  await student.knock();
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_100] });
  await student.sees('你排在第 3 位');
  await student.sees('大约还要 4–19 分钟');
  await student.sees('现在共有 7 人在等');
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_300] });
  await student.sees('比刚才估计的要久');
  say({ type: 'queue', position: 4, waiting: 8, estimate_s: [400, 1_400] });
  await student.sees('排到了你前面');
  say({ type: 'queue', position: 2, waiting: 8, estimate_s: null });
  await student.sees('现在说不准还要多久');
  await student.seesNot('排到了你前面');
  say({ type: 'queue', position: 9, waiting: 40, estimate_s: [3_600, 9_000] });
  await inEnglish(student);
  await student.sees('About 1–3 more hours');
  say({ type: 'queue', position: 8, waiting: 40, estimate_s: [2_000, 4_000] });
  await student.sees('You can also call 12356');
});

test('a queue that changes is not read out at every change', async ({ newStudent }) => {
  const student = await newStudent();
  const say = await tapSocket(student.page);
  await student.arrive();
  await student.knock();
  say({ type: 'queue', position: 9, waiting: 9, estimate_s: null });
  const ear = student.page.getByRole('status');
  await expect(ear).toContainText('你排在第 9 位');
  for (let position = 8; position > 2; position -= 1) {
    say({ type: 'queue', position, waiting: 9, estimate_s: null });
  }
  await student.sees('你排在第 3 位');
  await expect(ear).toContainText('你排在第 9 位');
});

for (const [lang, words] of Object.entries({
  'zh-CN': {
    start: '开始聊天',
    breathe: '慢慢呼吸',
    ground: ['看看身边', '开始', '找到了，下一步', '脚踩着地'],
    read: ['读一读', '睡不着的时候', '看别的', '第一次求助会发生什么'],
    next: '下一个就是你',
    danger: '我现在有危险',
  },
  en: {
    start: 'Start chatting',
    breathe: 'Breathe',
    ground: ['Look around', 'Begin', 'Found them, next', 'Your feet are on the ground'],
    read: ['Read', 'When you cannot sleep', 'Something else', 'What happens the first time'],
    next: 'You are next',
    danger: 'I am in danger now',
  },
})) {
  test(`there is something calming to do while waiting, in ${lang}`, async ({ newStudent }) => {
    const student = await newStudent();
    await student.page.goto(`${student.cable.url}/chat/12355?lang=${lang}`);
    await student.button(words.start).click();
    await student.sees(words.next);
    const counts = student.page.locator('.counts');
    const circle = student.page.locator('.circle');
    await expect(counts).toBeVisible();
    await student.page.emulateMedia({ reducedMotion: 'no-preference' });
    await expect(circle).toBeVisible();
    await student.page.setViewportSize({ width: 360, height: 560 });
    await expect(counts).toBeVisible();
    const [look, begin, found, done] = words.ground as [string, string, string, string];
    await student.button(look).click();
    await student.button(begin).click();
    for (let step = 0; step < 5; step += 1) await student.button(found).click();
    await student.sees(done);
    const [read, title, back, other] = words.read as [string, string, string, string];
    await student.button(read).click();
    await student.button(title).click();
    await expect(student.page.getByRole('heading', { name: title })).toBeFocused();
    await audit(student.page);
    // However far one reads, the place and the way to help stay in sight.
    await student.button(back).scrollIntoViewIfNeeded();
    await expect(student.page.getByText(words.next).first()).toBeInViewport();
    await expect(student.button(words.danger)).toBeInViewport();
    await student.button(back).click();
    await expect(student.button(other)).toBeVisible();
    student.cable.cut();
    await student.button(title).click();
    await expect(student.page.getByRole('heading', { name: title })).toBeVisible();
  });
}

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
  await student.sees(/明天 \d\d:\d\d 开放/);
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
  await student.page.goto(`${student.cable.url}/chat/12355?lang=en`);
  await student.sees('chat is broken and being repaired');
  await expect(student.page.getByRole('link', { name: /120/ }).first()).toBeVisible();
});
