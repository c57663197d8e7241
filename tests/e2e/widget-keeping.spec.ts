import { expect, test } from './fixtures/test';

test.use({ actionTimeout: 20_000 });

test('a draft survives a reload and a cut line, and is never sent unasked', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  const field = student.box;
  await field.fill('其实我');
  await student.page.reload();
  await student.isConnected();
  await expect(field).toHaveValue('其实我');
  student.cable.cut();
  await student.sees('网络断开了');
  await student.sees('只有点「发送」才会发');
  student.cable.heal();
  await student.seesNot('网络断开了');
  await expect(field).toHaveValue('其实我');
  await counselor.write('我在');
  await student.reads('我在');
  await expect(counselor.bubbles()).toHaveText(['你好', '我在']);
  await student.button('发送').click();
  await expect(counselor.bubbles()).toHaveText(['你好', '我在', '其实我']);
});

test('what was sent without a network goes out after a reload, once', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  await student.page.routeWebSocket(/socket$/, () => {});
  student.cable.cut();
  await student.sees('网络断开了');
  await student.write('听得到吗');
  await student.sees('连上网就自动发出');
  student.cable.heal();
  await student.page.reload();
  await student.page.unrouteAll();
  const second = await student.context.newPage();
  const kept = await student.page.evaluate(() => ({ ...sessionStorage }));
  await second.addInitScript((all) => Object.assign(sessionStorage, all), kept);
  await second.goto(`${student.cable.url}/chat/12355`);
  await expect(second.getByText('听得到吗')).toBeVisible();
  await expect(counselor.bubbles()).toHaveText(['你好', '听得到吗']);
  await expect(second.getByText(student.label('已读')).last()).toBeVisible();
});

test('what was not sent when the counselor ends is shown, and gone from the tab', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(student, '你好');
  await student.box.fill('还有一句');
  await counselor.end();
  await student.sees('咨询员结束了这次聊天');
  await expect(student.page.getByLabel(student.said('你还没发出的话'))).toHaveValue('还有一句');
  expect(await student.page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('danger is said honestly without a network, with the numbers beside it', async ({
  newStudent,
}) => {
  const student = await newStudent();
  await student.reachOut();
  student.cable.cut();
  await student.sees('网络断开了');
  await student.button('我现在有危险').click();
  await student.sees('还没能告诉值班人员');
  const urgent = student.the('region', '紧急求助');
  await expect(urgent.getByRole('link', { name: /110/ })).toHaveAttribute('href', 'tel:110');
  await expect(urgent.getByRole('link', { name: /120/ })).toHaveAttribute('href', 'tel:120');
  student.cable.heal();
  await student.sees('已经告诉值班人员');
});
