import { audit, expect, test } from './fixtures/test';

test('a student reaches a counselor, they talk, and the contact is closed with a note', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const supervisor = await newSupervisor();

  await supervisor.watch();
  await expect(supervisor.page.locator('main')).toMatchAriaSnapshot({
    name: 'board-calm.aria.yml',
  });
  await audit(supervisor.page);
  await counselor.open('/desk');
  await counselor.sees('你现在不接来访');
  await expect(counselor.page.locator('.desk')).toMatchAriaSnapshot({
    name: 'desk-empty.aria.yml',
  });
  await audit(counselor.page);

  await student.arrive();
  await expect(student.page).toHaveTitle(student.label('聊天'));
  await expect(student.page.locator('main')).toMatchAriaSnapshot({ name: 'widget-door.aria.yml' });
  await audit(student.page);
  await student.knock();
  await student.sees('下一个就是你');
  await expect(student.page.locator('main')).toMatchAriaSnapshot({
    name: 'widget-waiting.aria.yml',
  });
  await audit(student.page);
  await student.write('我睡不着');
  await student.sees('已收到');
  await expect(supervisor.queue).toHaveCount(1);

  await counselor.be('可接');
  await expect(counselor.ring).toBeVisible();
  await expect(counselor.page).toHaveTitle(counselor.said('● 新来访，还剩 {left} 秒'));
  await audit(counselor.page);
  await expect(supervisor.region('咨询员')).toContainText(supervisor.said('响铃中'));
  await counselor.page.keyboard.press('Alt+a');
  await counselor.sees('我睡不着');
  await student.isConnected();
  await expect(supervisor.talks).toHaveCount(1);
  await expect(supervisor.queue).toHaveCount(0);
  await expect(supervisor.region('最近的派单和理由')).toContainText(
    supervisor.said('12355 青少年服务台'),
  );

  await counselor.write('我在，慢慢说。');
  await student.sees('我在，慢慢说。');
  await counselor.sees('已读');
  await student.write('谢谢你在');
  await counselor.sees('谢谢你在');
  await counselor.box.pressSequentially('嗯');
  await student.sees('对方正在输入…');
  await expect(student.page.locator('main')).toMatchAriaSnapshot({ name: 'widget-talk.aria.yml' });
  await audit(student.page);
  await audit(counselor.page);
  await audit(supervisor.page);

  await student.leave();
  await student.sees('你结束了这次聊天');
  await expect(student.page.locator('main')).toMatchAriaSnapshot({ name: 'widget-ended.aria.yml' });
  await audit(student.page);
  expect(await student.page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);

  await counselor.sees('对方结束了会话');
  await counselor.note.fill('失眠');
  await counselor.sees('已保存');
  await audit(counselor.page);
  await counselor.wrapUp('失眠，已约定明天再谈。');
  await counselor.sees('手上没有来访');
  await expect(supervisor.talks).toHaveCount(0);
});

test('a counselor ends the talk and the student is told so in plain words', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  await student.isConnected();
  await counselor.end();
  await student.sees('咨询员结束了这次聊天');
  await expect(student.page.getByRole('link', { name: /12356/ })).toHaveAttribute(
    'href',
    'tel:12356',
  );
  await counselor.wrapUp('已结束。');
  await student.button('重新开始').click();
  await expect(student.button('开始聊天')).toBeVisible();
});

test('a student who leaves while waiting leaves nothing behind', async ({
  newStudent,
  newSupervisor,
}) => {
  const student = await newStudent();
  const supervisor = await newSupervisor();
  await supervisor.watch();
  await student.reachOut();
  await expect(supervisor.queue).toHaveCount(1);
  await student.leave();
  await student.sees('你已离开');
  await expect(supervisor.queue).toHaveCount(0);
});

test('the numbers stand in plain HTML before any script', async ({ newStudent }) => {
  const student = await newStudent();
  const html = await (await student.context.request.get(`${student.cable.url}/chat/12355`)).text();
  for (const number of ['110', '120', '12356', '12355']) {
    expect(html.indexOf(`tel:${number}`)).toBeGreaterThan(0);
    expect(html.indexOf(`tel:${number}`)).toBeLessThan(html.indexOf('<noscript'));
  }
});

test('a wrong link says so and still offers the numbers', async ({ newStudent }) => {
  const student = await newStudent();
  await student.arrive('00000');
  await student.button('开始聊天').click();
  await student.sees('这个链接不对');
  await expect(student.page.getByRole('link', { name: /110/ }).first()).toBeVisible();
});

test('what is written is shown as it was written, and nothing of it runs', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  const texts = [
    '<img src=x onerror="document.title=1">',
    '<script>document.title=1</script>',
    '{@html 1} {{1}}',
    'javascript:alert(1) "\'><svg/onload=alert(1)>',
    '第一行\n第二行 \u202e倒着写 😀',
  ];
  for (const text of texts) await student.write(text);
  await expect(counselor.bubbles()).toHaveText(texts);
  for (const text of texts) await counselor.write(text.replace('\n', ' '));
  await expect(student.bubbles()).toHaveCount(10);
  await expect(student.page).toHaveTitle(student.label('聊天'));
  expect(await counselor.page.locator('.bubble > *').count()).toBe(0);
  expect(await student.page.locator('.bubble > *').count()).toBe(0);
});

test('a message that is too long is held back with a count, not cut', async ({ newStudent }) => {
  const student = await newStudent();
  await student.reachOut();
  const field = student.box;
  await field.fill('字'.repeat(3_900));
  await student.sees(student.filled('还可以写 {left} 字', { left: 100 }));
  await field.fill('字'.repeat(4_001));
  await student.sees(student.filled('超出 {over} 字，请分几次发送', { over: 1 }));
  await expect(student.button('发送')).toBeDisabled();
  await field.fill('字'.repeat(4_000));
  await student.button('发送').click();
  await student.sees('已收到');
});
