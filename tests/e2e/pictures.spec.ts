/** The story of a night in pictures: made by `npm run pictures`, looked at by people. */
import { keep, take } from './fixtures/pictures';
import { expect, test } from './fixtures/test';

test.setTimeout(600_000);

test('every screen has its picture taken', async ({ newStudent, newCounselor, newSupervisor }) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const supervisor = await newSupervisor();
  await counselor.page.goto(`${counselor.cable.url}/desk`);
  await take(counselor.page, 'sign-in');
  await counselor.open('/desk');
  await take(counselor.page, 'desk-empty');
  await counselor.be('离开');

  await student.arrive();
  await take(student.page, 'widget-door');
  await student.knock();
  await student.sees('下一个就是你');
  await take(student.page, 'widget-waiting');
  const second = await newStudent();
  await second.arrive();
  await second.knock();
  await second.button('我现在有危险').click();
  await second.sees('会最先接你');
  await second.write('我在楼顶，很害怕');
  await take(second.page, 'widget-danger');
  await supervisor.watch();
  await supervisor.button('就这样').click();
  await expect(supervisor.queue).toHaveCount(2);
  await student.write('期中考砸了，不敢回家');

  await counselor.be('可接');
  await expect(counselor.ring).toBeVisible();
  await counselor.accept();
  await counselor.write('我在。你现在说的每句话我都在听。身边有人吗？');
  await second.write('没有人');
  await counselor.accept();
  await counselor.write('听起来今天很难熬。愿意说说发生了什么吗？');
  await student.write('我怕爸妈失望，晚上睡不着');
  await second.write('我走下来一点了');
  await counselor.sees('晚上睡不着');
  await take(student.page, 'widget-talk');
  await keep(student.page, 'widget');
  await take(counselor.page, 'desk-talk');
  await counselor.button('求助督导').click();
  await supervisor.sees(/小满 求助/);
  await take(supervisor.page, 'board');
  await student.leave();
  await take(student.page, 'widget-ended');
  await counselor.page
    .getByRole('textbox', { name: /^记录/ })
    .fill('考试压力，怕父母失望；已约定睡前放松练习。');
  await counselor.sees('已保存');
  await take(counselor.page, 'desk-wrap-up');
  second.cable.cut();
  await second.sees('网络断开了');
  await take(second.page, 'widget-offline');
});
