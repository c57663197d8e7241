import { auditAllDresses, expect, test } from './fixtures/test';
import { changeDoor, tapSocket } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });
test.setTimeout(240_000);

test('every state of the widget is sound in both themes', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.open('/desk');
  await counselor.be('离开');
  const student = await newStudent();
  const { page } = student;
  const sound = async (name: string) => {
    await expect(page.locator('.widget')).toMatchAriaSnapshot({ name: `seeker-${name}.aria.yml` });
    await auditAllDresses(page);
  };
  await changeDoor(page, { open: false, closed_because: 'outage', opens_at: null });
  await page.goto(`${student.cable.url}/chat/12355`);
  await student.sees('出了故障');
  await sound('shut');
  await page.unroute('**/api/v1/lines/*');
  await page.route('**/return-phrase', (route) =>
    route.fulfill({ status: 201, json: { return_phrase: '山 水 灯 月 船 桥' } }),
  );
  await page.route('**/rating', (route) => route.fulfill({ status: 204 }));
  const say = await tapSocket(page);
  await student.arrive();
  await student.button('上次留了六个字？').click();
  await sound('door');
  await student.knock();
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_100] });
  const place = student.filled('你排在第 {position} 位', { position: 3 });
  await student.sees(place);
  // News of the queue is read out when it has been quiet; until then a later word is not the last.
  await expect(page.getByRole('status')).toContainText(place, { timeout: 20_000 });
  await sound('waiting');
  await student.button('看看身边').click();
  await student.button('开始').click();
  await sound('ground');
  await student.button('读一读').click();
  await student.button('睡不着的时候').click();
  await student.button('看别的').waitFor();
  await sound('read');
  await student.button('我现在有危险').click();
  await student.sees('会最先接你');
  await sound('danger');

  await counselor.be('可接');
  await counselor.accept();
  await student.isConnected();
  await student.write('期中考砸了');
  await counselor.write('我在听');
  await student.reads('我在听');
  await expect(page.getByText(student.label('已读'))).toBeVisible();
  await sound('talk');
  await student.button('更多').click();
  await student.button('给我六个字').click();
  await student.sees('你的六个字');
  await sound('phrase');
  await student.button('更多').click();
  await student.button('结束聊天').click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expect(page.locator('.widget')).toMatchAriaSnapshot({ name: 'seeker-confirm.aria.yml' });
  await student.button('结束').click();
  await student.button('有一些').click();
  await student.sees('谢谢你告诉我们');
  await sound('ended');
});

test('nothing is too small for a thumb', async ({ newStudent }) => {
  const student = await newStudent();
  const small = () =>
    student.page.evaluate(() =>
      [...document.querySelectorAll('.widget button, .widget a, .widget textarea, .widget input')]
        .map((el) => ({ name: el.textContent, box: el.getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && (box.height < 44 || box.width < 44))
        .map(({ name, box }) => `${name} ${box.width}x${box.height}`),
    );
  await student.arrive();
  expect(await small()).toEqual([]);
  await student.knock();
  expect(await small()).toEqual([]);
  // Zoomed to 200 % a phone of 360 px is one of 180: nothing is cut off sideways.
  await student.page.setViewportSize({ width: 180, height: 640 });
  const width = await student.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(180);
});

test('forced colours keep every edge that can be touched', async ({ newStudent }) => {
  const student = await newStudent();
  await student.page.emulateMedia({ forcedColors: 'active' });
  await student.reachOut();
  for (const name of ['快速离开', '我现在有危险', '慢慢呼吸', '发送']) {
    const border = await student.button(name).evaluate((el) => getComputedStyle(el).borderTopWidth);
    expect(Number.parseFloat(border)).toBeGreaterThanOrEqual(1);
  }
});
