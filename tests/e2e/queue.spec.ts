import { expect, test } from './fixtures/test';

test('two students and one counselor: each is told the truth and both are helped', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const first = await newStudent();
  const second = await newStudent();
  await first.reachOut();
  await second.arrive();
  await second.knock();
  await second.sees(second.filled('你排在第 {position} 位', { position: 2 }));
  await counselor.work();
  await counselor.accept();
  await first.isConnected();
  await second.sees('下一个就是你');
  await first.write('我是第一个');
  await counselor.accept();
  await second.isConnected();
  await second.write('我是第二个');
  await counselor.sees('我是第二个');
  await first.write('还在吗');
  await expect(counselor.held).toHaveCount(2);
  const unread = counselor.held.filter({ has: counselor.page.locator('.unread') });
  await expect(unread).toHaveCount(1);
  await unread.getByRole('button').click();
  await counselor.sees('还在吗');
  await expect(unread).toHaveCount(0);
});

test('who is in danger overtakes while waiting, and the supervisor sees it', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const counselor = await newCounselor();
  await counselor.open('/desk');
  await counselor.be('离开');
  const first = await newStudent();
  const second = await newStudent();
  await first.reachOut();
  await second.arrive();
  await second.knock();
  await second.sees(second.filled('你排在第 {position} 位', { position: 2 }));
  await second.button('我现在有危险').click();
  await second.sees('会最先接你');
  await second.sees('下一个就是你');
  await first.sees(first.filled('你排在第 {position} 位', { position: 2 }));
  await expect(supervisor.queue.first()).toContainText(supervisor.said('危急'));
  await counselor.be('可接');
  await expect(counselor.ring).toContainText(counselor.said('危急'));
  await counselor.accept();
  await second.isConnected();
});

test('who says so at the door is in danger from the start', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const counselor = await newCounselor();
  await counselor.open('/desk');
  await counselor.be('离开');
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  await student.arrive();
  await student.button('我现在有危险').click();
  await student.sees('会最先接你');
  await expect(supervisor.queue.first()).toContainText(supervisor.said('危急'));
});

test.describe('with nobody at all on shift', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__ROSTER_EMPTY_MS: '3000' } });

  test('who is in danger keeps the place, then is told the numbers', async ({ newStudent }) => {
    const student = await newStudent();
    await student.reachOut();
    await student.button('我现在有危险').click();
    await student.sees('会最先接你');
    await expect(student.page.getByRole('link', { name: /110/ })).toBeVisible();
    await student.sees('请现在就打 110 或 120');
    await expect(student.page.getByRole('link', { name: /120/ }).first()).toBeVisible();
  });
});

test('a supervisor takes a line out of order and students are told honestly', async ({
  newStudent,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const line = supervisor.the(
    'row',
    supervisor.said('12355 青少年服务台'),
    supervisor.region('热线'),
  );
  const stop = supervisor.the('button', supervisor.starts('停用'), line);
  const restore = supervisor.the('button', supervisor.starts('恢复'), line);
  await stop.click();
  await supervisor.button('停用').click();
  await expect(line).toContainText(supervisor.said('停用中'));
  await expect(restore).toBeVisible();
  const student = await newStudent();
  await student.page.goto(`${student.cable.url}/chat/12355`);
  await student.sees('抱歉，在线聊天出了故障');
  await expect(student.page.getByRole('link', { name: /12356/ })).toBeVisible();
  await restore.click();
  await supervisor.button('恢复').click();
  await expect(stop).toBeVisible();
});

test('a counselor who calls for help is heard on the board', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  await counselor.button('求助督导').click();
  const asked = supervisor.filled('{counselor} 求助', { counselor: '小满' });
  await supervisor.sees(asked);
  await supervisor.button('我来处理').click();
  await supervisor.seesNot(asked);
});

test('a supervisor sets a counselor offline and the student goes back to the head', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  const off = supervisor.the('button', supervisor.starts('设为离线'), supervisor.region('咨询员'));
  await off.click();
  await supervisor.button('设为离线').click();
  await student.sees('咨询员离开了');
  await expect(counselor.held).toHaveCount(0);
  await counselor.sees('督导已将你设为离线');
});
