/** Every key of the desk's overview that the shift by keyboard does not press. */
import { auditAllDresses, expect, test } from './fixtures/test';

test('three talks stand in three columns, and the keys go between them', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor('demo2');
  const { keyboard } = counselor.page;
  await counselor.work();
  const students = [await newStudent(), await newStudent(), await newStudent()] as const;
  for (const [at, student] of students.entries()) {
    await counselor.talksWith(student, `第${at + 1}位`);
    await keyboard.press('Alt+p');
  }
  const columns = counselor.page.getByRole('article');
  await expect(columns).toHaveCount(3);
  const boxOf = (at: number) => counselor.the('textbox', '写给对方', columns.nth(at));
  await expect(boxOf(2)).toBeFocused();
  for (const [key, at] of [
    ['Alt+j', 0],
    ['Alt+j', 1],
    ['Alt+k', 0],
    ['Alt+k', 2],
    ['Alt+u', 0],
  ] as const) {
    await keyboard.press(key);
    await expect(boxOf(at)).toBeFocused();
  }
  for (const [at, student] of students.entries()) {
    await boxOf(at).click();
    await keyboard.type(`给第${at + 1}位`);
    await keyboard.press('Enter');
    await student.sees(`给第${at + 1}位`);
    await expect(student.bubbles()).toHaveCount(2);
  }
  await auditAllDresses(counselor.page);
  // The pin of the one in front is taken out: going elsewhere closes its column.
  await expect(counselor.button('让 {alias} 一直开着')).toHaveCount(3);
  for (let at = 0; at < 3; at += 1) {
    const pin = counselor.the('button', '让 {alias} 一直开着', columns.nth(at));
    if ((await pin.getAttribute('aria-pressed')) !== 'true') continue;
    await boxOf(at).focus();
    await keyboard.press('Alt+p');
    await expect(pin).toHaveAttribute('aria-pressed', 'false');
    await keyboard.press('Alt+p');
    await expect(pin).toHaveAttribute('aria-pressed', 'true');
  }
});

test('away is away, and an offer is declined by key', async ({ newStudent, newCounselor }) => {
  const counselor = await newCounselor();
  const { keyboard } = counselor.page;
  await counselor.open('/desk');
  await expect(counselor.button('可接')).toBeEnabled();
  await keyboard.press('Alt+b');
  await expect(counselor.button('离开')).toHaveAttribute('aria-pressed', 'true');
  await keyboard.press('Alt+v');
  await expect(counselor.button('可接')).toHaveAttribute('aria-pressed', 'true');
  const student = await newStudent();
  await student.reachOut();
  await expect(counselor.ring).toBeVisible();
  await keyboard.press('Alt+d');
  await expect(counselor.ring).toBeHidden();
  await student.sees('下一个就是你');
  await expect(counselor.held).toHaveCount(0);
});

test('who has as many as allowed pulls one more', async ({ newStudent, newCounselor }) => {
  // The demo's supervisor takes two.
  const counselor = await newCounselor('super1');
  const { page } = counselor;
  await counselor.work();
  // Asked again and again with nobody waiting, the answer stands once and covers nothing.
  const none = () => page.getByText(counselor.said('现在没有人在等，或没有你能接的。'));
  for (let count = 0; count < 5; count += 1) await page.keyboard.press('Alt+l');
  await expect(none()).toHaveCount(1);
  await counselor.talksWith(await newStudent(), '一');
  await counselor.talksWith(await newStudent(), '二');
  const third = await newStudent();
  await third.reachOut();
  await expect(counselor.ring).toBeHidden();
  await counselor.button('再接一位').click();
  await expect(counselor.ring).toContainText(counselor.said('咨询员主动多接一位'));
  await page.keyboard.press('Alt+a');
  await expect(counselor.held).toHaveCount(3);
  await third.isConnected();
});

test('help, canned replies, transfer and the end are asked for by key, and Esc takes back', async ({
  newStudent,
  newCounselor,
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  await supervisor.watchQuietly();
  const counselor = await newCounselor();
  const { page } = counselor;
  const { keyboard } = page;
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  await keyboard.press('Alt+s');
  await expect(counselor.button('已呼叫督导')).toBeDisabled();
  await supervisor.sees(supervisor.said('{counselor} 求助'));

  await keyboard.press('Alt+c');
  await expect(page.getByRole('option').first()).toBeVisible();
  await auditAllDresses(page);
  await keyboard.press('Escape');
  await expect(counselor.the('combobox', '查找常用语')).toBeHidden();
  await expect(counselor.box).toBeFocused();

  await keyboard.press('Alt+/');
  await expect(counselor.the('dialog', '快捷键一览')).toBeVisible();
  await keyboard.press('Escape');
  await expect(counselor.box).toBeFocused();

  await keyboard.press('Alt+x');
  await expect(counselor.button('继续谈')).toBeFocused();
  await auditAllDresses(page);
  await keyboard.press('Escape');
  await expect(counselor.box).toBeFocused();

  await keyboard.press('Alt+t');
  const target = page.getByLabel(counselor.label('转到'));
  await expect(target).toBeFocused();
  await auditAllDresses(page);
  await keyboard.press('Escape');
  await expect(counselor.box).toBeFocused();
  await keyboard.press('Alt+t');
  await keyboard.press('ArrowDown');
  await expect(target).not.toHaveValue('');
  await keyboard.press('Tab');
  await keyboard.type('先安抚');
  for (const key of ['Tab', 'Tab', 'Enter']) await keyboard.press(key);
  await student.sees('正在把你转给更合适的咨询员');
  await expect(counselor.held).toHaveCount(0);
  await counselor.sees(counselor.said('{alias} 已转出。'));
  await student.seesNot('先安抚');
});

test('every outcome has its key, and what closes at once is taken back by key', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  // An audit takes its time: the few seconds in which one can take back are made a minute.
  await page.addInitScript(() => {
    const { setTimeout: after } = window;
    const slow = (act: () => void, ms?: number) => after(act, ms === 5_000 ? 60_000 : ms);
    Object.assign(window, { setTimeout: slow });
  });
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  await student.leave();
  await expect(counselor.the('radio', '已倾听支持')).toBeVisible();
  for (const [key, outcome] of [
    ['Alt+2', '已转介'],
    ['Alt+3', '其他'],
    ['Alt+1', '已倾听支持'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(counselor.the('radio', outcome)).toBeChecked();
  }
  for (const [key, outcome] of [
    ['Alt+4', '对方未说话'],
    ['Alt+5', '辱骂骚扰'],
    ['Alt+6', '恶作剧'],
    ['Alt+7', '打错了'],
  ] as const) {
    await page.keyboard.press(key);
    await counselor.sees(counselor.filled('{alias} 记为“{outcome}”，马上结束。', { outcome }));
    if (key === 'Alt+7') await auditAllDresses(page);
    await page.keyboard.press('Alt+z');
    await expect(counselor.button(counselor.starts(outcome))).toBeVisible();
    await expect(counselor.note).toBeFocused();
  }
  await page.keyboard.press('Alt+Enter');
  await expect(counselor.held).toHaveCount(0);
});
