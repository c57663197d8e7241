/** A page that the phone puts to sleep in the middle of a sentence. */
import type { Student } from './fixtures/people';
import { expect, test } from './fixtures/test';

/** Sleep outlasts these: the house takes the line for dead, as it would on a phone in a pocket. */
test.use({ settings: { XINQIAO_CHAT__HEARTBEAT_S: '1', XINQIAO_CHAT__SILENCE_S: '3' } });

/**
 * As a phone does with a page out of sight: it is told that nobody looks, then nothing of it runs,
 * no timer, no event, no frame. A browser without a screen freezes no page, its debugger does.
 */
async function sleeper({ context, page }: Student) {
  const devtools = await context.newCDPSession(page);
  const beSeen = (isSeen: boolean) =>
    page.evaluate(
      (state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      isSeen ? 'visible' : 'hidden',
    );
  return {
    sleep: async () => {
      await beSeen(false);
      await devtools.send('Debugger.enable');
      await devtools.send('Debugger.pause');
    },
    wake: async () => {
      await devtools.send('Debugger.disable');
      await beSeen(true);
    },
  };
}

test('a draft sleeps with the page and wakes with it: not lost, not sent', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  const { sleep, wake } = await sleeper(student);
  await student.box.fill('其实我');
  await sleep();
  await counselor.write('我在听');
  await counselor.sees('对方的网络断了，正等着回来');
  await wake();
  await student.reads('我在听');
  await student.isConnected();
  await expect(student.box).toHaveValue('其实我');
  await counselor.seesNot('对方的网络断了，正等着回来');
  await student.page.reload();
  await student.isConnected();
  await expect(student.box).toHaveValue('其实我');
  await expect(counselor.bubbles()).toHaveText(['你好', '我在听']);
  await student.button('发送').click();
  await expect(counselor.bubbles()).toHaveText(['你好', '我在听', '其实我']);
});

test('a page that sleeps while waiting keeps place and draft', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  const second = await newStudent();
  await student.reachOut();
  await second.reachOut();
  const { sleep, wake } = await sleeper(student);
  await student.box.fill('我想说');
  await sleep();
  // The house has noticed that nobody is there any more, and keeps the place.
  await expect(supervisor.queue.first()).toContainText(supervisor.said('断线'));
  await second.sees(second.filled('你排在第 {position} 位', { position: 2 }));
  await wake();
  await expect(supervisor.queue.first()).not.toContainText(supervisor.said('断线'));
  await student.sees('下一个就是你');
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await expect(student.box).toHaveValue('我想说');
  await expect(counselor.bubbles()).toHaveCount(0);
});
