/** The seeker's screens in every state, for people to look at. */
import { take } from './fixtures/pictures';
import { expect, test } from './fixtures/test';
import { changeDoor, tapSocket } from './fixtures/widget';

test.setTimeout(600_000);
test.use({ actionTimeout: 30_000 });

test('the widget has its picture taken in every state', async ({ newStudent, newCounselor }) => {
  const shut = await newStudent();
  const opens_at = new Date(Date.now() + 86_400_000).toISOString();
  await changeDoor(shut.page, { open: false, closed_because: 'hours', opens_at });
  await shut.page.goto(`${shut.cable.url}/chat/12355`);
  await shut.sees('现在没有开放');
  await take(shut.page, 'widget-shut');

  const student = await newStudent();
  const say = await tapSocket(student.page);
  await student.arrive();
  await take(student.page, 'widget-door');
  await student.button('上次留了六个字？').click();
  await take(student.page, 'widget-door-phrase');
  await student.knock();
  say({ type: 'queue', position: 3, waiting: 7, estimate_s: [290, 1_100] });
  await student.sees('你排在第 3 位');
  await take(student.page, 'widget-waiting');
  await student.button('看看身边').click();
  await student.button('开始').click();
  await take(student.page, 'widget-ground');
  await student.button('读一读').click();
  await take(student.page, 'widget-read-list');
  await student.button(/^睡不着的时候/).click();
  await take(student.page, 'widget-read');
  await student.button('慢慢呼吸').click();
  await student.page.emulateMedia({ reducedMotion: 'no-preference' });
  await take(student.page, 'widget-breathe');
  await student.page.emulateMedia({ reducedMotion: 'reduce' });
  say({ type: 'queue', position: 4, waiting: 8, estimate_s: [400, 1_600] });
  await student.button('我现在有危险').click();
  await student.sees('会最先接你');
  await take(student.page, 'widget-danger');

  const counselor = await newCounselor();
  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await student.write('期中考砸了，不敢回家');
  await counselor.write('听起来今天很难熬。愿意说说发生了什么吗？');
  await student.sees('愿意说说');
  await take(student.page, 'widget-talk');
  await student.page.route('**/return-phrase', (route) =>
    route.fulfill({ status: 201, json: { return_phrase: '山 水 灯 月 船 桥' } }),
  );
  await student.button('更多').click();
  await student.button('给我六个字').click();
  await student.sees('你的六个字');
  await take(student.page, 'widget-phrase');
  await student.button('结束聊天').click();
  await take(student.page, 'widget-confirm');
  // Another language draws the room anew, without its question.
  await student.button('结束聊天').click();
  await student.button('结束').click();
  await student.sees('这次聊天，对你有帮助吗？');
  await take(student.page, 'widget-ended');
  await expect(student.page.getByRole('group', { name: /有帮助吗/ })).toBeVisible();
});
