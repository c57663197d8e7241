import type { Counselor, Student } from './fixtures/people';
import { expect, test } from './fixtures/test';

async function talking(
  newStudent: () => Promise<Student>,
  newCounselor: (username?: string) => Promise<Counselor>,
) {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '一');
  await counselor.reads('一');
  return { student, counselor };
}

test('a student’s network is cut in the middle: nothing is lost, nothing comes twice', async ({
  newStudent,
  newCounselor,
}) => {
  const { student, counselor } = await talking(newStudent, newCounselor);
  student.cable.cut();
  await student.sees('网络断开了');
  await counselor.sees('对方的网络断了');
  await student.write('二');
  await counselor.write('三');
  await counselor.sees('已送达');
  student.cable.heal();
  await expect(counselor.bubbles()).toHaveText(['一', '三', '二']);
  await expect(student.bubbles()).toHaveText(['一', '三', '二']);
  await expect(student.page.getByText(student.label('发送中'))).toHaveCount(0);
  await counselor.seesNot('对方的网络断了');
});

test('a counselor’s network is cut in the middle: the same', async ({
  newStudent,
  newCounselor,
}) => {
  const { student, counselor } = await talking(newStudent, newCounselor);
  counselor.cable.cut();
  await counselor.sees('网络断开，正在重连');
  await counselor.write('二');
  await counselor.sees('发送中');
  await student.write('三');
  await student.sees('已收到');
  counselor.cable.heal();
  await expect(student.bubbles()).toHaveText(['一', '三', '二']);
  await expect(counselor.bubbles()).toHaveText(['一', '三', '二']);
  await expect(counselor.page.getByText(counselor.label('发送中'))).toHaveCount(0);
});

test('both are cut at once and find each other again', async ({ newStudent, newCounselor }) => {
  const { student, counselor } = await talking(newStudent, newCounselor);
  student.cable.cut();
  counselor.cable.cut();
  await student.write('二');
  await counselor.write('三');
  student.cable.heal();
  counselor.cable.heal();
  await expect(student.bubbles()).toHaveCount(3);
  await expect(counselor.bubbles()).toHaveCount(3);
  expect(await student.bubbles().allTextContents()).toEqual(
    await counselor.bubbles().allTextContents(),
  );
});

test.describe('a line that goes silent', () => {
  test.use({ settings: { XINQIAO_CHAT__HEARTBEAT_S: '1', XINQIAO_CHAT__SILENCE_S: '3' } });

  test('is noticed by the heartbeat and comes back', async ({ newStudent, newCounselor }) => {
    const { student, counselor } = await talking(newStudent, newCounselor);
    student.cable.hush();
    await student.write('二');
    await student.sees('网络断开了');
    student.cable.heal();
    await counselor.reads('二');
    await expect(counselor.bubbles()).toHaveText(['一', '二']);
  });
});

test('a student cut off while waiting keeps the place', async ({ newStudent }) => {
  const first = await newStudent();
  const second = await newStudent();
  await first.reachOut();
  await second.reachOut();
  first.cable.cut();
  await first.sees('网络断开了');
  first.cable.heal();
  await first.sees('下一个就是你');
  await first.seesNot('网络断开了');
  await second.sees(second.filled('你排在第 {position} 位', { position: 2 }));
});

test.describe('a student away for longer than the grace', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS: '1000' } });

  test('is told so, and comes back to the head', async ({ newStudent, newSupervisor }) => {
    const supervisor = await newSupervisor();
    await supervisor.watch();
    const student = await newStudent();
    const other = await newStudent();
    await student.reachOut();
    // The board had nobody on it before: without this, nobody on it would say nothing.
    await expect(supervisor.queue).toHaveCount(1);
    student.cable.cut();
    await expect(supervisor.queue).toHaveCount(0);
    await other.reachOut();
    student.cable.heal();
    await student.sees('你的位置没能保留');
    await student.button('回到聊天').click();
    await student.button('回到聊天').click();
    await student.sees('下一个就是你');
    await other.sees(other.filled('你排在第 {position} 位', { position: 2 }));
  });
});

test.describe('a counselor away for longer than the grace', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__COUNSELOR_GRACE_MS: '1000' } });

  test('loses the talk to the head of the queue, and the student is told', async ({
    newStudent,
    newCounselor,
  }) => {
    const { student, counselor } = await talking(newStudent, newCounselor);
    counselor.cable.cut();
    await student.sees('咨询员的网络断了');
    const next = await newCounselor('demo2');
    await next.work();
    await next.accept();
    await expect(next.bubbles()).toHaveText(['一']);
    await student.isConnected();
  });
});

test('a second tab takes over and the first one can take it back', async ({ newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  const ticket = await student.page.evaluate(() => ({ ...sessionStorage }));
  const second = await student.context.newPage();
  await second.addInitScript((kept) => Object.assign(sessionStorage, kept), ticket);
  await second.goto(`${student.cable.url}/chat/12355`);
  await expect(second.getByText(student.label('下一个就是你'))).toBeVisible();
  await student.sees('这段聊天已在另一个窗口打开');
  await student.button('在这里继续').click();
  await student.seesNot('这段聊天已在另一个窗口打开');
  await expect(second.getByText(student.said('这段聊天已在另一个窗口打开')).first()).toBeVisible();
});
