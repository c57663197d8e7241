/** The Watch half of the console, sentence by sentence, on the real server with three kinds of people. */
import { expect, test } from './fixtures/test';

test('shows lines by channel, who waits at what risk, who is on and with whom', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watchQuietly();
  await supervisor.sees('没有人在等');
  const student = await newStudent();
  await student.reachOut();
  await student.button('我现在有危险').click();
  await expect(supervisor.region('一眼看清')).toContainText(
    supervisor.filled('{count} 位有危险的来访在等 · 最久 {longest}', { count: 1 }),
  );
  const lines = supervisor.region('热线').first();
  await expect(lines.locator('tbody').first()).toContainText(supervisor.said('危急'));
  await expect(lines.locator('.channel').first()).toContainText(supervisor.said('文字'));
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.accept();
  await supervisor.sees('没有人在等');
  const alias = await supervisor.region('进行中的会话').locator('tbody th').innerText();
  const row = supervisor.region('咨询员').locator('tbody tr').filter({ hasText: '小满' });
  await expect(row).toContainText(supervisor.said('会话中'));
  await expect(row).toContainText(alias.trim());
  await expect(row).toContainText(supervisor.said('{at} 起'));
});

test('a look takes a reason, shows the talk live, and a whisper never reaches the seeker', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  await student.write('我在楼顶');
  await counselor.sees('我在楼顶');
  await counselor.write('我在，慢慢说');
  await supervisor.watchQuietly();
  await supervisor.button(supervisor.starts('查看')).click();
  const dialog = supervisor.page.getByRole('dialog');
  await expect(dialog).toContainText(
    supervisor.said(
      '理由先记录在案，再显示会话。来访者事先已被告知督导可能会看；咨询员会看到你在看。',
    ),
  );
  await supervisor.the('button', '记录并查看', dialog).click();
  await expect(dialog).toContainText(supervisor.said('请选一个理由。'));
  await dialog.getByLabel(supervisor.said('带教新人')).check();
  await supervisor.the('button', '记录并查看', dialog).click();
  const look = supervisor.page.getByRole('article');
  await expect(look.locator('.bubble')).toHaveText(['我在楼顶', '我在，慢慢说']);
  await expect(look).toContainText(supervisor.said('带教新人'));
  await student.write('风很大');
  await expect(look).toContainText('风很大');
  await counselor.box.pressSequentially('嗯');
  await expect(look).toContainText(supervisor.filled('{who} 正在输入…', { who: '小满' }));

  await look
    .getByRole('textbox', {
      name: supervisor.filled('悄悄写给 {counselor}', { counselor: '小满' }),
    })
    .fill('先问身边有没有人');
  await look.getByRole('button', { name: supervisor.said('只发给咨询员') }).click();
  await expect(look.locator('.whispers .fate.saved')).toBeVisible();
  await student.write('还在吗');
  await expect(look).toContainText('还在吗');
  await student.seesNot('先问身边有没有人');
  await student.page.reload();
  await student.sees('还在吗');
  await student.seesNot('先问身边有没有人');

  supervisor.cable.cut();
  await supervisor.sees('网络断开，正在重连。写下的内容都在，连上就会发出。');
  await student.write('断线时说的');
  supervisor.cable.heal();
  await expect(look).toContainText('断线时说的');
  await expect(look.locator('.whispers li')).toHaveCount(1);
  await supervisor.button(supervisor.starts('不看了')).click();
  await expect(look).toHaveCount(0);
});

test('a call for help rings until it is heeded, and leads straight into the talk', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const student = await newStudent();
  const counselor = await newCounselor();
  await supervisor.watchQuietly();
  await supervisor.sees('没有人在岗');
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  await student.write('救救我');
  await supervisor.region('进行中的会话').locator('tbody tr').waitFor();
  await counselor.button(counselor.starts('求助督导')).click();
  const alarm = supervisor.region('警报');
  await expect(alarm).toContainText(supervisor.filled('{counselor} 求助', { counselor: '小满' }));
  await expect(supervisor.page).toHaveTitle(/‼ 1/);
  await supervisor.page.reload();
  await expect(alarm).toContainText(supervisor.filled('{counselor} 求助', { counselor: '小满' }));
  await supervisor.button('马上看').click();
  await expect(supervisor.page.getByLabel(supervisor.said('咨询员求助'))).toBeChecked();
  await supervisor.button('记录并查看').click();
  await expect(supervisor.page.getByRole('article')).toContainText('救救我');
  // Whoever looks has gone there: the alarm is heeded, and the talk says by whom.
  await expect(alarm).toHaveCount(0);
  await expect(supervisor.region('进行中的会话')).toContainText(
    supervisor.filled('求助中，{by} 在处理', { by: '督导 青松' }),
  );
  await supervisor.page.reload();
  await supervisor.region('进行中的会话').waitFor();
  await expect(alarm).toHaveCount(0);
});

test('an order says what it does before it is given', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const student = await newStudent();
  const counselor = await newCounselor();
  await supervisor.watchQuietly();
  await student.reachOut();
  await student.button('我现在有危险').click();
  await expect(supervisor.region('排队（最先接的在最上）').locator('tbody')).toContainText(
    supervisor.said('危急'),
  );
  const dialog = supervisor.page.getByRole('dialog');
  const line = supervisor.page.getByRole('row', {
    name: supervisor.starts('12355 青少年服务台'),
  });
  await line.getByRole('button', { name: supervisor.starts('停用') }).click();
  await expect(dialog).toContainText(
    supervisor.filled('正在等的 {waiting} 位会立刻结束等待，只看到紧急电话。', { waiting: 1 }),
  );
  await expect(dialog).toContainText(
    supervisor.filled('其中 {danger} 位有危险。请先让人接起，再停用。', { danger: 1 }),
  );
  await expect(supervisor.the('button', '取消', dialog)).toBeFocused();
  await supervisor.page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await counselor.work();
  await counselor.accept();
  await supervisor.button(supervisor.starts('设为离线')).click();
  await expect(dialog).toContainText(
    supervisor.said('对方会看到：咨询员离开了，正在找另一位；说过的话都还在。'),
  );
  await supervisor.the('button', '取消', dialog).click();

  await supervisor.button(supervisor.starts('结束会话')).click();
  await expect(dialog).toContainText(
    supervisor.said('对方会看到：值班督导结束了这次聊天；可以随时再来。'),
  );
  await expect(dialog).toContainText(
    supervisor.filled('这位来访是{risk}。结束之前，请确认有人在跟进。', { risk: '危急' }),
  );
  await supervisor.the('button', '结束会话', dialog).click();
  await student.sees('督导结束了');
  await expect(supervisor.region('进行中的会话').locator('tbody tr')).toHaveCount(0);
});

test('switchboard mode says what it needs, and is refused in words without it', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watchQuietly();
  const toggle = supervisor.starts('总机模式');
  await supervisor.button(toggle).first().click();
  const dialog = supervisor.page.getByRole('dialog');
  await expect(dialog).toContainText(
    supervisor.said('要有分诊席在岗才能打开；分诊席都下岗时，暂时照原来的路由派。'),
  );
  await supervisor.the('button', '总机模式', dialog).click();
  await supervisor.sees('没有在岗的分诊席，不能打开总机模式。');
  const notice = supervisor.page.locator('.notice');
  await notice.getByRole('button', { name: supervisor.said('知道了') }).click();
  await expect(
    supervisor.page.getByText(supervisor.said('没有在岗的分诊席，不能打开总机模式。')),
  ).toHaveCount(0);
});

test('each pick is explained, and found by contact or counselor', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const student = await newStudent();
  const counselor = await newCounselor();
  await supervisor.watchQuietly();
  await student.reachOut();
  await counselor.work();
  await counselor.accept();
  const picks = supervisor.region('最近的派单和理由');
  await picks.getByText(supervisor.said('怎么选的')).click();
  await expect(picks).toContainText(supervisor.said('没有别人能接'));
  await expect(picks).toContainText(
    supervisor.said('先看风险，风险一样看谁等得久；再在能接的人里选最匹配、空闲最久的。'),
  );
  const find = picks.getByRole('searchbox', { name: supervisor.said('按来访或咨询员筛选') });
  await find.fill('小满');
  await expect(picks.locator('.picks > li')).toHaveCount(1);
  await find.fill('没有这个人');
  await expect(picks).toContainText(supervisor.said('没有符合筛选的'));
  // The hour is fetched each half minute; a reload does not wait for it.
  await supervisor.page.reload();
  const hour = supervisor.region('最近一小时');
  await expect(hour.locator('canvas')).toHaveCount(3);
  await expect(hour).toContainText(
    supervisor.filled(
      '到来 {arrived}，接起 {answered}，放弃 {abandoned}；同时最多 {waiting} 位在等；最长等待 {longest}。',
      { arrived: 1 },
    ),
  );
});
