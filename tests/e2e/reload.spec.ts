import { expect, test } from './fixtures/test';

test('a reload at every stage loses nothing, on both sides', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await student.write('等着');
  await student.sees('已收到');

  await student.page.reload();
  await student.sees('下一个就是你');
  await expect(student.bubbles()).toHaveText(['等着']);

  await counselor.work();
  await expect(counselor.ring).toBeVisible();
  await counselor.page.reload();
  await expect(counselor.ring).toBeVisible();
  await student.page.reload();
  await expect(counselor.ring).toBeVisible();
  await counselor.accept();
  await student.isConnected();

  await counselor.write('我在');
  await student.reads('我在');
  await student.page.reload();
  await student.isConnected();
  await expect(student.bubbles()).toHaveText(['等着', '我在']);
  await counselor.page.reload();
  await expect(counselor.bubbles()).toHaveText(['等着', '我在']);

  await counselor.end();
  await student.sees('咨询员结束了这次聊天');
  await counselor.note.fill('写到一半');
  await counselor.sees('已保存');
  await counselor.page.reload();
  await expect(counselor.note).toHaveValue('写到一半');
  await student.page.reload();
  await expect(student.button('开始聊天')).toBeVisible();
  await counselor.wrapUp('写完了');
});

test('after a reload a student still sees that the danger is known and the words were read', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await student.the('button', '我现在有危险').click();
  await student.sees('已经告诉值班人员，会最先接你');
  await student.page.reload();
  await student.sees('已经告诉值班人员，会最先接你');

  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await student.write('我很怕');
  await student.sees('已读');
  await student.page.reload();
  await student.isConnected();
  await student.reads('我很怕');
  await student.sees('已读');
  await student.sees('已经告诉咨询员和值班人员');
});
