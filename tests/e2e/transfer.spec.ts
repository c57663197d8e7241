import { expect, test } from './fixtures/test';

test('a transfer hands the whole talk on, with a note the student never sees', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const first = await newCounselor('demo1');
  await first.work();
  await first.talksWith(student, '家里的事');
  await first.reads('家里的事');
  const second = await newCounselor('demo2');
  await second.work();

  await first.button('转介').click();
  const skill = first.page.getByRole('option', { name: first.label('家庭与亲子') });
  await first.the('combobox', '转到').selectOption((await skill.getAttribute('value')) ?? '');
  await first.page.getByLabel(first.said('留言给接手的人')).fill('父母吵架，先安抚');
  await first.the('button', '转过去', first.page.getByRole('dialog')).click();
  await student.sees('正在把你转给更合适的咨询员');
  await first.sees('{alias} 已转出');
  await expect(first.held).toHaveCount(0);

  await second.accept();
  await second.reads('家里的事');
  await second.sees('父母吵架，先安抚');
  await student.isConnected();
  await second.write('我接着听你说');
  await student.reads('我接着听你说');
  await student.seesNot('父母吵架');
  await student.page.reload();
  await student.reads('我接着听你说');
  await student.seesNot('父母吵架');
});
