import { expect, test } from './fixtures/test';

test('the server is killed in the middle of a talk and started again: the talk goes on', async ({
  house,
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const supervisor = await newSupervisor();
  await supervisor.watch();
  await counselor.work();
  await counselor.talksWith(student, '一');
  await counselor.reads('一');
  await counselor.write('二');
  await student.reads('二');

  await house.kill();
  await student.sees('网络断开了');
  await counselor.sees('网络断开，正在重连');
  await student.write('三');
  await house.start();

  await expect(counselor.bubbles()).toHaveText(['一', '二', '三']);
  await expect(student.bubbles()).toHaveText(['一', '二', '三']);
  await student.isConnected();
  await counselor.write('四');
  await student.reads('四');
  await expect(supervisor.talks).toHaveCount(1);
  await student.leave();
  await counselor.wrapUp('重启之后也写好了。');
});

test('the server is killed while a student waits: the place is kept', async ({
  house,
  newStudent,
  newCounselor,
}) => {
  const first = await newStudent();
  const second = await newStudent();
  await first.reachOut();
  await second.reachOut();
  await house.kill();
  await first.sees('网络断开了');
  await house.start();
  await first.seesNot('网络断开了');
  await first.sees('下一个就是你');
  await second.sees(second.filled('你排在第 {position} 位', { position: 2 }));
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.accept();
  await first.isConnected();
});

test('a draining server tells everybody to come back', async ({ house, newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  await house.kill('SIGTERM');
  await student.sees('网络断开了');
  await house.start();
  await student.sees('下一个就是你');
  await student.seesNot('网络断开了');
});
