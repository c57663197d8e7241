import { expect, test } from './fixtures/test';
import { NO_TRACE, traces } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });

test('six words in the talk, shown large, kept nowhere, bring the same person back', async ({
  lang,
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  const alias = await counselor.page.locator('.talk-head h1').innerText();
  const asked = student.page.waitForRequest('**/return-phrase');
  await student.button('更多').click();
  await student.button('给我六个字').click();
  const shown = student.page.locator('.words');
  await expect(shown).toHaveText(/^\S+( \S+){5}$/);
  const phrase = await shown.innerText();
  await student.sees('我们只留一个指纹');
  expect((await asked).headers()['authorization']).toMatch(/^Bearer .+/);
  expect((await asked).url()).not.toContain('Bearer');
  await student.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await student.button('复制').click();
  await student.sees('它会留在剪贴板里');
  expect(await student.page.evaluate(() => navigator.clipboard.readText())).toBe(phrase);
  expect(await traces(student.page)).not.toContain(phrase);
  await student.leave();
  await student.sees(phrase);
  expect(await traces(student.page)).toBe(NO_TRACE);
  await counselor.wrapUp('约好再来');

  // 汉字 may be typed without spaces between them, English words may not.
  const asTyped = lang === 'en' ? phrase : phrase.replaceAll(' ', '');
  const again = await newStudent();
  await again.arrive();
  await again.button('上次留了六个字？').click();
  await again.the('textbox', '上次的六个字').fill(asTyped);
  await again.knock();
  await expect(counselor.ring).toContainText(alias);
  await expect(counselor.ring).toContainText(counselor.filled('以前来过 {count} 次', { count: 1 }));
});

test('a rating is one tap, thanked for, changed, or left out', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const supervisor = await newSupervisor();
  const scores: unknown[] = [];
  student.page.on('requestfinished', (request) => {
    if (request.url().endsWith('/rating')) scores.push(request.postDataJSON());
  });
  await counselor.work();
  await counselor.talksWith(student, '你好');
  await counselor.end();
  await student.sees('这次聊天，对你有帮助吗？');
  await student.button('有一些').click();
  await student.sees('谢谢你告诉我们');
  await expect(student.button('有一些')).toHaveAttribute('aria-pressed', 'true');
  await student.button('很有').click();
  await expect.poll(() => scores).toEqual([{ score: 4 }, { score: 5 }]);
  await supervisor.open('/watch');
  const told = await supervisor.context.request.get(`${supervisor.cable.url}/api/v1/board/ratings`);
  expect(await told.json()).toContainEqual({ line: '12355', count: 1, mean_x100: null });
  await student.button('重新开始').click();
  await expect(student.button('开始聊天')).toBeVisible();
});

test('who talked with nobody is asked for no rating', async ({ newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  await student.leave();
  await student.sees('你已离开');
  await expect(student.the('group', '这次聊天，对你有帮助吗？')).toHaveCount(0);
});

test('words that nobody knows say so, and one starts without them', async ({ newStudent }) => {
  const student = await newStudent();
  await student.arrive();
  await student.button('上次留了六个字？').click();
  await student.the('textbox', '上次的六个字').fill('a b c d e f');
  await student.button('开始聊天').click();
  await student.sees('没有找到这六个字');
  await student.button('不用六个字，直接开始').click();
  await student.sees('下一个就是你');
});
