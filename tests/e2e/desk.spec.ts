/** The desk as a counselor in her fourth hour meets it. */
import { PASSWORD } from './fixtures/people';
import { auditAllDresses, expect, test } from './fixtures/test';

test('two talks stand open side by side, the list says who waits, and a reload opens the same', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const first = await newStudent();
  await counselor.talksWith(first, '一');
  await counselor.button('让 {alias} 一直开着').click();
  const second = await newStudent();
  await counselor.talksWith(second, '二');
  const columns = counselor.page.getByRole('article');
  await expect(columns).toHaveCount(2);
  await expect(counselor.held.first()).toContainText(counselor.said('等最久'));
  await counselor.page.keyboard.press('Alt+u');
  await expect(counselor.the('textbox', '写给对方', columns.first())).toBeFocused();
  await counselor.page.keyboard.type('我在');
  await first.sees('对方正在输入…');
  await counselor.page.keyboard.press('Enter');
  await first.sees('我在');
  await expect(counselor.held.nth(1)).toContainText(counselor.said('等最久'));
  await second.box.pressSequentially('嗯');
  await expect(counselor.held.nth(1)).toContainText(counselor.said('正在输入…'));
  await auditAllDresses(counselor.page);
  await counselor.page.reload();
  await expect(columns).toHaveCount(2);
  await counselor.page.setViewportSize({ width: 1024, height: 800 });
  await expect(columns).toHaveCount(1);
  const kept = await counselor.page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  expect(kept).not.toContain('我在');
});

test('a note is saved while one talks and survives a reload; the seeker never sees it', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  await counselor.note.fill('考试压力');
  await counselor.sees('已保存');
  await expect(counselor.page.getByRole('article')).toMatchAriaSnapshot({
    name: 'desk-talk.aria.yml',
  });
  await auditAllDresses(counselor.page);
  await counselor.page.reload();
  await expect(counselor.note).toHaveValue('考试压力');
  counselor.cable.cut();
  await counselor.note.fill('考试压力，怕父母');
  await counselor.sees('没有保存成功，会自动重试');
  counselor.cable.heal();
  await counselor.sees('已保存');
  await student.seesNot('考试压力');
  await student.leave();
  await expect(counselor.note).toHaveValue('考试压力，怕父母');
  await expect(counselor.page.getByRole('radio').first()).toBeVisible();
  await expect(counselor.page.getByRole('article')).toMatchAriaSnapshot({
    name: 'desk-wrap-up.aria.yml',
  });
  await auditAllDresses(counselor.page);
});

test('a canned reply is found by its initials, put in to be edited, and not sent', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  await counselor.box.press('/');
  const search = counselor.the('combobox', '查找常用语');
  await expect(search).toBeFocused();
  await expect(counselor.page.getByRole('option').first()).toBeVisible();
  await search.fill(counselor.words.lang === 'en' ? 'open' : 'kc');
  await expect(counselor.page.getByRole('option').first()).toContainText(counselor.said('开场'));
  await auditAllDresses(counselor.page);
  await search.press('Enter');
  await expect(counselor.box).toBeFocused();
  await expect(counselor.box).toHaveValue(/\S/);
  await expect(student.bubbles()).toHaveCount(1);
});

test('an outcome by one press can be taken back, and closes the contact if it is not', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '……');
  await student.leave();
  const prank = counselor.button(counselor.starts('恶作剧'));
  const closes = (outcome: string) =>
    counselor.sees(counselor.filled('{alias} 记为“{outcome}”，马上结束。', { outcome }));
  await prank.click();
  await closes('恶作剧');
  await counselor.button(counselor.starts('撤回')).click();
  await expect(prank).toBeVisible();
  await counselor.page.keyboard.press('Alt+4');
  await closes('对方未说话');
  await expect(counselor.held).toHaveCount(0);
});

test('a ringing offer is clean in both themes', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await newStudent();
  await student.reachOut();
  await expect(counselor.ring).toBeVisible();
  await auditAllDresses(counselor.page);
});

test('an expired sign-in gives back the same pane with what was typed', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(await newStudent(), '在吗');
  await counselor.box.fill('没发出的话');
  const { page, cable } = counselor;
  await counselor.context.request.delete(`${cable.url}/api/v1/session`, {
    headers: { 'X-Requested-With': 'xinqiao', Origin: cable.url },
  });
  await counselor.sees('登录已过期');
  await auditAllDresses(page);
  await counselor.the('textbox', '用户名').fill(counselor.username);
  await page.getByLabel(counselor.label('密码')).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(counselor.box).toHaveValue('没发出的话');
  const kept = () =>
    page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, c: document.cookie }));
  expect(await kept()).not.toContain('没发出的话');
});

test('Enter that ends a composition sends nothing', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.work();
  await counselor.talksWith(await newStudent(), '在吗');
  await counselor.box.fill('ni');
  await counselor.box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true });
  await counselor.box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(counselor.bubbles()).toHaveCount(1);
  await expect(counselor.box).toHaveValue('ni');
});

test('a supervisor’s whisper is answered in a box of its own and never reaches the seeker', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  const supervisor = await newSupervisor();
  await supervisor.open('/desk');
  // The look itself is the board's story: here a bare console speaks for it.
  const contact = await counselor.page.evaluate(
    () =>
      (JSON.parse(sessionStorage.getItem('xinqiao.columns') ?? '{}') as { chosen: string }).chosen,
  );
  await supervisor.page.evaluate((contact_id) => {
    const socket = new WebSocket(
      `${location.origin.replace('http', 'ws')}/api/v1/console/socket`,
      'xinqiao.v1',
    );
    const say = (frame: object) => socket.send(JSON.stringify(frame));
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(data) as { type: string };
      if (type === 'welcome') say({ type: 'look', contact_id, reason: 'quality' });
      if (type === 'looking')
        say({ type: 'whisper', contact_id, client_id: 'w1', text: '问问身边有没有人' });
    };
  }, contact);
  const sheet = counselor.the('region', '督导悄悄话');
  await expect(sheet).toContainText('问问身边有没有人');
  await expect(sheet).toContainText(counselor.said('{by} 正在看'));
  await auditAllDresses(counselor.page);
  await counselor.page.keyboard.press('Alt+w');
  await counselor.page.keyboard.type('好的');
  await counselor.page.keyboard.press('Enter');
  await expect(sheet.getByRole('log')).toContainText('好的');
  await expect(counselor.bubbles()).toHaveCount(1);
  await student.page.reload();
  await student.sees('在吗');
  await expect(student.bubbles()).toHaveCount(1);
});
