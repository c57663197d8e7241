import { expect, test } from './fixtures/test';
import { inEnglish, NO_TRACE, traces } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });

const PHRASE = '山 水 灯 月 船 桥';

test('six words in the talk, shown large, and nothing of them kept', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const asked: string[] = [];
  await student.page.route('**/return-phrase', async (route) => {
    asked.push(route.request().headers()['authorization'] ?? '');
    await route.fulfill({ status: 201, json: { return_phrase: PHRASE } });
  });
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await student.button('更多').click();
  await student.button('给我六个字').click();
  await student.sees(PHRASE);
  await student.sees('我们只留一个指纹');
  expect(asked[0]).toMatch(/^Bearer .+/);
  expect(student.page.url()).not.toContain('Bearer');
  await student.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await student.button('复制').click();
  await student.sees('它会留在剪贴板里');
  expect(await student.page.evaluate(() => navigator.clipboard.readText())).toBe(PHRASE);
  expect(await traces(student.page)).not.toContain('山');
  await student.leave();
  await student.sees(PHRASE);
  expect(await traces(student.page)).toBe(NO_TRACE);
});

test('a rating is one tap, thanked for, changed, or left out', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const scores: unknown[] = [];
  await student.page.route('**/rating', async (route) => {
    scores.push(route.request().postDataJSON());
    await route.fulfill({ status: 204 });
  });
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await counselor.end();
  await student.sees('这次聊天，对你有帮助吗？');
  await student.button('有一些').click();
  await student.sees('谢谢你告诉我们');
  await expect(student.button('有一些')).toHaveAttribute('aria-pressed', 'true');
  await student.button('很有').click();
  await expect.poll(() => scores).toEqual([{ score: 4 }, { score: 5 }]);
  await student.button('重新开始').click();
  await expect(student.button('开始聊天')).toBeVisible();
});

test('who talked with nobody is asked for no rating', async ({ newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  await student.leave();
  await student.sees('你已离开');
  await expect(student.page.getByRole('group', { name: /有帮助吗/ })).toHaveCount(0);
});

test('words that nobody knows say so, and one starts without them', async ({ newStudent }) => {
  const student = await newStudent();
  await student.arrive();
  await student.page.route('**/api/v1/contacts', async (route) => {
    const isKnown = !route.request().postDataJSON().return_phrase;
    const json = { code: 'unknown_return_phrase', title: '', status: 422 };
    await (isKnown ? route.continue() : route.fulfill({ status: 422, json }));
  });
  await inEnglish(student);
  await student.button('Did you keep six words?').click();
  await student.page.getByLabel('Your six words').fill('a b c d e f');
  await student.button('Start chatting').click();
  await student.sees('These words were not found');
  await student.button('Start without the words').click();
  await student.sees('You are next');
});
