/** The desk as a counselor in her fourth hour meets it. */
import type { Counselor, Student } from './fixtures/people';
import { PASSWORD } from './fixtures/people';
import { audit, auditAllDresses, expect, test } from './fixtures/test';

async function talking(newStudent: () => Promise<Student>, counselor: Counselor, text: string) {
  const student = await newStudent();
  await student.reachOut();
  await student.write(text);
  const before = await counselor.held.count();
  await counselor.ring.getByRole('button', { name: /^接起/ }).click();
  await expect(counselor.held).toHaveCount(before + 1);
  await student.isConnected();
  return student;
}
const note = ({ page }: Counselor) => page.getByRole('textbox', { name: /^记录/ });
const box = ({ page }: Counselor) => page.getByRole('textbox', { name: '写给对方' });

test('two talks stand open side by side, the list says who waits, and a reload opens the same', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const first = await talking(newStudent, counselor, '一');
  await counselor.page.getByRole('button', { name: /一直开着/ }).click();
  const second = await talking(newStudent, counselor, '二');
  const columns = counselor.page.getByRole('article');
  await expect(columns).toHaveCount(2);
  await expect(counselor.held.first()).toContainText('等最久');
  await counselor.page.keyboard.press('Alt+u');
  await expect(columns.first().getByRole('textbox', { name: '写给对方' })).toBeFocused();
  await counselor.page.keyboard.type('我在');
  await expect(first.page.getByText('对方正在输入…')).toBeVisible();
  await counselor.page.keyboard.press('Enter');
  await first.sees('我在');
  await expect(counselor.held.nth(1)).toContainText('等最久');
  await second.page.getByRole('textbox', { name: '写下想说的话' }).pressSequentially('嗯');
  await expect(counselor.held.nth(1)).toContainText('正在输入');
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
  const student = await talking(newStudent, counselor, '在吗');
  await note(counselor).fill('考试压力');
  await counselor.sees('已保存');
  await expect(counselor.page.getByRole('article')).toMatchAriaSnapshot({
    name: 'desk-talk.aria.yml',
  });
  await auditAllDresses(counselor.page);
  await counselor.page.reload();
  await expect(note(counselor)).toHaveValue('考试压力');
  counselor.cable.cut();
  await note(counselor).fill('考试压力，怕父母');
  await counselor.sees('没有保存成功，会自动重试');
  counselor.cable.heal();
  await counselor.sees('已保存');
  await student.seesNot('考试压力');
  await student.leave();
  await expect(note(counselor)).toHaveValue('考试压力，怕父母');
  await expect(counselor.page.getByRole('radio').first()).toBeVisible();
  await expect(counselor.page.getByRole('article')).toMatchAriaSnapshot({
    name: 'desk-wrap-up.aria.yml',
  });
  await auditAllDresses(counselor.page);
});

test('a canned reply is found by pinyin, put in to be edited, and not sent', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await talking(newStudent, counselor, '在吗');
  await box(counselor).press('/');
  const search = counselor.page.getByRole('combobox', { name: '查找常用语' });
  await expect(search).toBeFocused();
  await expect(counselor.page.getByRole('option').first()).toBeVisible();
  await search.fill('kc');
  await expect(counselor.page.getByRole('option').first()).toContainText('开场');
  await audit(counselor.page);
  await search.press('Enter');
  await expect(box(counselor)).toBeFocused();
  await expect(box(counselor)).toHaveValue(/\S/);
  await expect(student.bubbles()).toHaveCount(1);
});

test('an outcome by one press can be taken back, and closes the contact if it is not', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await talking(newStudent, counselor, '……');
  await student.leave();
  await counselor.page.getByRole('button', { name: /^恶作剧/ }).click();
  await counselor.sees(/记为“恶作剧”/);
  await counselor.button(/^撤回/).click();
  await expect(counselor.page.getByRole('button', { name: /^恶作剧/ })).toBeVisible();
  await audit(counselor.page);
  await counselor.page.keyboard.press('Alt+4');
  await counselor.sees(/记为“对方未说话”/);
  await expect(counselor.held).toHaveCount(0);
});

test('a ringing offer is clean in both languages and themes', async ({
  newStudent,
  newCounselor,
}) => {
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
  await talking(newStudent, counselor, '在吗');
  await box(counselor).fill('没发出的话');
  const { page, cable } = counselor;
  await counselor.context.request.delete(`${cable.url}/api/v1/session`, {
    headers: { 'X-Requested-With': 'xinqiao', Origin: cable.url },
  });
  await counselor.sees('登录已过期');
  await audit(page);
  await page.getByLabel('用户名').fill(counselor.username);
  await page.getByLabel('密码').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(box(counselor)).toHaveValue('没发出的话');
  const kept = () =>
    page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, c: document.cookie }));
  expect(await kept()).not.toContain('没发出的话');
});

test('Enter that ends a composition sends nothing', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.work();
  await talking(newStudent, counselor, '在吗');
  await box(counselor).fill('ni');
  await box(counselor).dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true });
  await box(counselor).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(counselor.bubbles()).toHaveCount(1);
  await expect(box(counselor)).toHaveValue('ni');
});

test('the card asks once how to call, lets it be tried, and explains a refusal', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
    // Whoever drives the browser from outside counts as a touch, sooner or later.
    const untouched = { hasBeenActive: false, isActive: false };
    Object.defineProperty(navigator, 'userActivation', { get: () => untouched });
  });
  await counselor.open('/desk');
  await counselor.sees('浏览器拒绝了通知');
  await page.getByRole('checkbox', { name: '响铃' }).check();
  await counselor.button('试听').click();
  await counselor.sees(/刚才响了一声|浏览器还不让出声/);
  await auditAllDresses(page);
  await counselor.button('就这样').click();
  await page.reload();
  await expect(page.getByRole('heading', { name: '手上没有来访' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '来访来时，怎样叫你？' })).toBeHidden();
  // A page that was not touched yet cannot ring: that is said, not hidden.
  await counselor.sees('浏览器还不让出声');
  await page.getByRole('heading', { name: '手上没有来访' }).click();
  await counselor.sees('连接正常');
  await counselor.button('提醒设置').click();
  await expect(page.getByRole('checkbox', { name: '响铃' })).toBeChecked();
});

test('a notification says that somebody is there, and not a word of theirs', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Shown {
      static permission = 'granted';
      constructor(title: string, options: NotificationOptions) {
        shown.push(`${title}|${options.body}`);
      }
      close() {}
    }
    Object.assign(window, { Notification: Shown, shown });
    localStorage.setItem('xinqiao.desk', '{"sound":true,"banner":true,"isAsked":true}');
    document.hasFocus = () => false;
  });
  await counselor.work();
  const student = await newStudent();
  await student.reachOut();
  await student.write('不想被人看到的话');
  await expect(counselor.ring).toBeVisible();
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  await expect.poll(shown).toEqual(['新来访|请回到咨询台接起。']);
});

test('a supervisor’s whisper is answered in a box of its own and never reaches the seeker', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const counselor = await newCounselor();
  await counselor.work();
  const student = await talking(newStudent, counselor, '在吗');
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
  const sheet = counselor.page.getByRole('region', { name: '督导悄悄话' });
  await expect(sheet).toContainText('问问身边有没有人');
  await expect(sheet).toContainText('正在看');
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
