import type { Student } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { forgetEsc, inOtherLanguage, NO_TRACE, traces } from './fixtures/widget';

test.use({ actionTimeout: 20_000 });

/** A page before ours, so that Back has somewhere to lead. */
async function comeFromElsewhere(student: Student): Promise<void> {
  await student.page.goto(`${student.cable.url}/quiet.html?before`);
  await student.reachOut();
}

async function nothingIsLeft(student: Student): Promise<void> {
  const { page } = student;
  await expect(page).toHaveURL(/\/quiet\.html$/);
  await expect(page).toHaveTitle('唐诗三首');
  expect(await traces(page)).toBe(NO_TRACE);
  expect(await student.context.cookies()).toEqual([]);
  // The chat's own entry is gone: one page before this one, and none after it.
  expect(await page.evaluate(() => history.length)).toBe(3);
  await page.goBack();
  await expect(page).toHaveURL(/quiet\.html\?before$/);
  await page.goForward();
  await expect(page).toHaveURL(/\/quiet\.html$/);
  await expect(page.getByText('我不想')).toHaveCount(0);
}

test('quick exit while waiting: one tap leaves nothing, and nobody rings for a ghost', async ({
  newStudent,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watch();
  const student = await newStudent();
  await comeFromElsewhere(student);
  await student.write('我不想说了');
  await student.box.fill('我不想被看见');
  await expect(supervisor.queue).toHaveCount(1);
  await student.button('快速离开').click();
  await nothingIsLeft(student);
  await expect(supervisor.queue).toHaveCount(0);
});

test('quick exit in a talk by Esc twice: the counselor is told', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await comeFromElsewhere(student);
  await counselor.work();
  await counselor.accept();
  await student.box.fill('我不想');
  await student.page.keyboard.press('Escape');
  await student.sees('再按一次 Esc');
  await expect(student.page).toHaveURL(/\/chat\/12355$/);
  await forgetEsc(student.page);
  await student.page.keyboard.press('Escape');
  await expect(student.page).toHaveURL(/\/chat\/12355$/);
  await student.page.keyboard.press('Escape');
  await nothingIsLeft(student);
  await counselor.sees('对方结束了会话');
});

test('quick exit at the door and after the end leads away too', async ({ newStudent }) => {
  const student = await newStudent();
  await student.arrive();
  await student.button('快速离开').click();
  await expect(student.page).toHaveURL(/\/quiet\.html$/);
  await student.reachOut();
  await student.leave();
  await student.sees('你已离开');
  await student.button('快速离开').click();
  await expect(student.page).toHaveURL(/\/quiet\.html$/);
  expect(await traces(student.page)).toBe(NO_TRACE);
});

test('no cache keeps the page of a talk, nor the page after it', async ({ newStudent }) => {
  const { cable, context } = await newStudent();
  for (const path of ['/chat/12355', '/quiet.html']) {
    const answer = await context.request.get(cable.url + path);
    expect([path, answer.headers()['cache-control']]).toEqual([path, 'no-store']);
  }
});

test('the tab never says what it is', async ({ newStudent }) => {
  const student = await newStudent();
  await student.arrive();
  await expect(student.page).toHaveTitle(student.label('聊天'));
  const other = await inOtherLanguage(student);
  await expect(student.page).toHaveTitle(other.label('聊天'));
  await other.knock();
  await other.sees('下一个就是你');
  await expect(student.page).toHaveTitle(other.label('聊天'));
});
