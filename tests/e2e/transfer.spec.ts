import { expect, test } from './fixtures/test';

test('a transfer hands the whole talk on, with a note the student never sees', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const first = await newCounselor('demo1');
  await student.reachOut();
  await first.work();
  await first.accept();
  await student.write('家里的事');
  await first.sees('家里的事');
  const second = await newCounselor('demo2');
  await second.work();

  await first.button('转介').click();
  await first.page.getByLabel('转到').selectOption({ label: '家庭与亲子' });
  await first.page.getByLabel(/留言给接手的人/).fill('父母吵架，先安抚');
  await first.button('转过去').click();
  await student.sees('正在把你转给更合适的咨询员');
  await first.sees(/已转出/);
  await expect(first.held).toHaveCount(0);

  await second.accept();
  await second.sees('家里的事');
  await second.sees('父母吵架，先安抚');
  await student.isConnected();
  await second.write('我接着听你说');
  await student.sees('我接着听你说');
  await student.seesNot('父母吵架');
  await student.page.reload();
  await student.sees('我接着听你说');
  await student.seesNot('父母吵架');
});
