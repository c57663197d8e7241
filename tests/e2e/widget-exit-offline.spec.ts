/** Quick exit where nobody can be told of it: the browser forgets at once, the house after its grace. */
import type { Student } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { NO_TRACE, traces } from './fixtures/widget';

/** Long enough for the story to see that the grace runs, short enough to see it end. */
test.use({ settings: { XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS: '10000' } });

const BEFORE = '/quiet.html?before';

/** A page before ours, so that Back has somewhere to lead. */
async function comeFromElsewhere(student: Student): Promise<void> {
  await student.page.goto(student.cable.url + BEFORE);
}

/** The cable is cut; one tap takes the screen, and the browser finds no page to put there. */
async function vanishOffline(student: Student): Promise<void> {
  student.cable.cut();
  await student.sees('网络断开了');
  await student.box.fill('我不想被看见');
  await student.button('快速离开').click();
  await expect(student.page.getByText('我不想')).toHaveCount(0);
  await expect(student.page.getByText(student.said('12355 青少年服务台'))).toHaveCount(0);
  await expect(student.page).toHaveURL(/^chrome-error:|\/quiet\.html$/);
}

/** The network is back and the browser tries again: it knows nothing, and goes nowhere near us. */
async function nothingComesBack(student: Student): Promise<void> {
  const { cable, page } = student;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  page.on('websocket', (socket) => asked.push(socket.url()));
  cable.heal();
  await page.goto(`${cable.url}/quiet.html`);
  expect(await traces(page)).toBe(NO_TRACE);
  expect(await student.context.cookies()).toEqual([]);
  expect(asked[0]).toBe('/quiet.html');
  expect(asked.filter((path) => /api|chat/.test(path))).toEqual([]);
  await page.goBack();
  await expect(page).toHaveURL(cable.url + BEFORE);
}

/** Whoever opens the chat on this browser again stands at the door, as anybody would. */
async function isAStranger(student: Student): Promise<void> {
  await student.arrive();
  await expect(student.bubbles()).toHaveCount(0);
  await expect(student.button('回到聊天')).toHaveCount(0);
}

test('quick exit offline while waiting: nothing is left, and the house ends the wait', async ({
  newStudent,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  await comeFromElsewhere(student);
  await student.reachOut();
  await student.write('我不想说了');
  await student.sees('已收到');
  await expect(supervisor.queue).toHaveCount(1);
  await vanishOffline(student);
  await nothingComesBack(student);
  await expect(supervisor.queue).toHaveCount(0);
  await isAStranger(student);
  await expect(supervisor.queue).toHaveCount(0);
});

test('quick exit offline in a talk: nothing is left, and the counselor is told', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await comeFromElsewhere(student);
  await counselor.talksWith(student, '我不想说了');
  await expect(supervisor.talks).toHaveCount(1);
  await vanishOffline(student);
  await counselor.sees('对方的网络断了，正等着回来');
  await nothingComesBack(student);
  await counselor.sees('对方断线过久');
  await expect(counselor.bubbles()).toHaveText(['我不想说了']);
  await isAStranger(student);
  await counselor.wrapUp('对方断线，没有回来。');
  await expect(supervisor.talks).toHaveCount(0);
});
