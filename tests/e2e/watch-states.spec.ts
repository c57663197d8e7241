/** States of the board that a real night brings seldom: fed by hand, looked at in every dress. */
import { busy, calm, FakeDesk, huge } from './fixtures/board';
import { audit, auditAllDresses, expect, test } from './fixtures/test';

const AT = '2026-01-01T12:00:00.000Z';
const contact = (contact_id: string, alias: string) => ({
  contact_id,
  line: '12355',
  line_name: '',
  channel: 'chat',
  alias,
  risk: 'high',
  state: 'talking',
  arrived_at: AT,
  connected_at: AT,
  wrap_up_until: null,
  ended: null,
  seeker_online: true,
  last_seq: 2,
  locale: 'zh-CN',
  simulated: false,
  looked_at_by: [],
  earlier_contacts: 0,
});
const looking = (contact_id: string, alias: string) => ({
  type: 'looking',
  counselor: '小禾',
  contact: contact(contact_id, alias),
});
const message = (contact_id: string, seq: number, from: string, text: string) => ({
  type: 'message',
  contact_id,
  seq,
  message_id: `m${seq}`,
  from,
  kind: 'message',
  text,
  at: AT,
});
const sos = { type: 'sos', contact_id: 't1', counselor_id: 'k1', counselor: '小禾', at: AT };

test('a busy board, a look and its dialogs stand up to an audit in every dress', async ({
  newSupervisor,
}) => {
  test.setTimeout(240_000);
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(busy);
  await supervisor.watch();
  await supervisor.region('最近一小时').locator('canvas').first().waitFor();
  // The question how to be called stands until it is answered.
  await auditAllDresses(page);
  await supervisor.button('就这样').click();
  desk.call(sos);
  await supervisor.sees(supervisor.filled('{counselor} 求助', { counselor: '小禾' }));
  await supervisor.button('马上看').click();
  await audit(page);
  await supervisor.button('记录并查看').click();
  desk.say(looking('t1', '白鹭-1101'));
  desk.say(message('t1', 1, 'seeker', '我在楼顶'));
  desk.say(message('t1', 2, 'counselor', '我在'));
  desk.say({
    type: 'whisper',
    contact_id: 't1',
    whisper_id: 'x1',
    by: '值班',
    mine: true,
    text: '问问身边有没有人',
    at: AT,
  });
  const look = supervisor.the('article', supervisor.filled('查看 {alias}', { alias: '白鹭-1101' }));
  await expect(look.locator('.bubble')).toHaveCount(2);
  await expect(look).toMatchAriaSnapshot({ name: 'board-look.aria.yml' });
  await auditAllDresses(page);
  for (const width of [360, 768, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    await audit(page);
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(over, `nothing sticks out at ${width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await supervisor.button(supervisor.starts('停用')).first().click();
  await expect(page.getByRole('dialog')).toMatchAriaSnapshot({ name: 'board-outage.aria.yml' });
  await audit(page);
});

test('the plots are read off by keyboard, and stand in forced colours', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(busy);
  await supervisor.watchQuietly();
  const hour = supervisor.region('最近一小时');
  const minute = hour.getByRole('slider');
  await minute.focus();
  await page.keyboard.press('Home');
  const first = await minute.getAttribute('aria-valuetext');
  expect(first).toMatch(
    supervisor.said(
      '{at}：等待 {waiting}，最长等待 {longest}，到来 {arrived}，接起 {answered}，放弃 {abandoned}',
    ),
  );
  await page.keyboard.press('ArrowRight');
  await expect(minute).not.toHaveAttribute('aria-valuetext', first ?? '');
  await expect(hour.getByRole('img')).toHaveCount(3);
  await hour.getByText(supervisor.said('数字表（每 10 分钟一行）')).click();
  await expect(hour.locator('tbody tr')).toHaveCount(6);
  await page.emulateMedia({ forcedColors: 'active' });
  await audit(page);
  await expect(hour.locator('canvas')).toHaveCount(3);
});

test('alarms are said in words, heeded, and not lost', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show({ ...calm, store_ok: false });
  await supervisor.watchQuietly();
  const alarms = supervisor.region('警报');
  await expect(alarms).toContainText(supervisor.said('新内容可能无法保存，请立即联系技术人员。'));
  await audit(page);
  await supervisor.button('知道了').click();
  await expect(alarms).toHaveCount(0);
  desk.show({ ...calm, waiting: 12 });
  await expect(alarms).toContainText(
    supervisor.filled('等得太久：{count} 位（{aliases}）', { count: 2 }),
  );
  await expect(page).toHaveTitle(supervisor.filled('‼ {count} 个警报 · 心桥', { count: 1 }));
  desk.show({ ...calm, store_ok: false });
  await expect(alarms).toContainText(supervisor.said('数据写入异常'));
  desk.show(calm);
  await expect(alarms).toHaveCount(0);
  desk.hush();
  await expect(supervisor.region('一眼看清')).toContainText(
    supervisor.said('数据停在 {at}，不是最新'),
    { timeout: 20_000 },
  );
  await expect(alarms).toContainText(supervisor.said('请检查网络；在恢复之前用电话联系值班室。'));
  await audit(page);
});

test('a fifth look is refused in words, and so is what the server refuses', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show({ ...busy, talks: 6 });
  await supervisor.watchQuietly();
  const ask = page.getByRole('button', { name: supervisor.starts('查看') });
  for (let count = 0; count < 5; count += 1) {
    await ask.first().click();
    await page.getByLabel(supervisor.said('质量检查')).check();
    await supervisor.button('记录并查看').click();
  }
  await supervisor.sees('最多同时看 4 个会话。请先对一个点“不看了”。');
  await expect(page.getByRole('article')).toHaveCount(4);
  const asked = desk.heard.filter((frame) => frame.type === 'look');
  expect(asked).toHaveLength(4);
  const [refused] = asked;
  desk.say({ type: 'error', code: 'own_talk', message: '', contact_id: refused?.contact_id });
  await supervisor.sees('这是你自己在接的会话，请在咨询台查看。');
  await expect(page.getByRole('article')).toHaveCount(3);
});

test('five hundred rows of each kind: only those in sight are there, and all can be reached', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(huge);
  await supervisor.watchQuietly();
  const queue = supervisor.region('排队（最先接的在最上）');
  const box = queue.getByRole('group');
  await expect(queue.getByRole('table')).toHaveAttribute('aria-rowcount', '501');
  expect(await queue.locator('tbody tr').count()).toBeLessThan(60);
  await box.focus();
  await page.keyboard.press('End');
  await expect(queue.getByRole('rowheader', { name: /-599/ })).toBeVisible();
  // The label's text goes on with that of its options.
  await page.getByLabel(supervisor.starts('风险不低于')).selectOption('high');
  await expect(queue.getByRole('table')).toHaveAttribute('aria-rowcount', '11');
  await page.getByLabel(supervisor.starts('排队次序')).selectOption('risk');
  await expect(queue.locator('tbody tr').first()).toContainText(supervisor.said('危急'));
  await audit(page);
});

test('a whole look by keyboard alone: alarm, reason, whisper, leave', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(busy);
  await supervisor.watchQuietly();
  await supervisor.region('进行中的会话').waitFor();
  desk.call(sos);
  await supervisor.sees(supervisor.filled('{counselor} 求助', { counselor: '小禾' }));
  const tabTo = async (name: RegExp) => {
    for (let count = 0; count < 80; count += 1) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement | null;
        const named = at?.id ? document.querySelector(`label[for="${at.id}"]`) : null;
        return at?.getAttribute('aria-label') ?? named?.textContent ?? at?.textContent ?? '';
      });
      if (name.test(label)) return;
    }
    throw new Error(`no ${name} within 80 tabs`);
  };
  await tabTo(supervisor.label('马上看'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tabTo(supervisor.label('记录并查看'));
  await page.keyboard.press('Enter');
  desk.say(looking('t1', '白鹭-1101'));
  desk.say(message('t1', 1, 'seeker', '我在楼顶'));
  desk.say(message('t1', 2, 'counselor', '我在'));
  await supervisor.sees('我在楼顶');
  await tabTo(supervisor.filled('悄悄写给 {counselor}', { counselor: '小禾' }));
  await page.keyboard.type('问问身边有没有人');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => desk.heard.find((frame) => frame.type === 'whisper')?.text)
    .toBe('问问身边有没有人');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await supervisor.button(supervisor.starts('不看了')).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article')).toHaveCount(0);
  expect(desk.heard.at(-1)).toEqual({ type: 'look_away', contact_id: 't1' });
});

test('a full line, an outage and since when are marked in words', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const desk = await FakeDesk.on(supervisor.page);
  desk.show({ ...busy, full: 0, outage: 1 });
  await supervisor.watchQuietly();
  const lines = supervisor.page.getByRole('rowheader');
  await expect(lines.filter({ hasText: '12355' }).first()).toContainText(supervisor.said('已满'));
  await expect(lines.filter({ hasText: '966525' }).first()).toContainText(
    new RegExp(`${supervisor.label('停用中').source.slice(4, -4)}\\s+.*\\d\\d:\\d\\d`),
  );
});

test('sound and notification are asked for once, say why, and can be tried', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  await page.context().grantPermissions(['notifications']);
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Fake {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      onclick: (() => void) | null = null;
      constructor(title: string, options: { body: string }) {
        shown.push(`${title} ${options.body}`);
      }
      close() {}
    }
    Object.assign(window, { Notification: Fake, shown });
    Object.defineProperty(document, 'hasFocus', { value: () => false });
  });
  const desk = await FakeDesk.on(page);
  desk.show(calm);
  await supervisor.watch();
  const settings = supervisor.region('提醒');
  await supervisor.the('checkbox', '声音', settings).check();
  await supervisor.the('button', '试听', settings).click();
  await expect(settings).toContainText(supervisor.said('刚才响了一声', '浏览器还不让出声'));
  await supervisor.the('checkbox', '桌面通知', settings).check();
  await supervisor.the('button', '试一下', settings).click();
  await expect(settings).toContainText(supervisor.said('刚才弹出了一条'));
  await supervisor.the('button', '就这样', settings).click();
  desk.call(sos);
  await supervisor.sees(supervisor.filled('{counselor} 求助', { counselor: '小禾' }));
  const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  expect(shown.at(-1)).toMatch(supervisor.said('有咨询员求助'));
  expect(shown.at(-1)).toMatch(supervisor.said('请回到值班看板。'));
  await page.reload();
  await expect(supervisor.the('checkbox', '声音', settings)).toBeChecked();
  await expect(supervisor.the('button', '就这样', settings)).toHaveCount(0);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toMatch(/小禾|白鹭|蓝鲸/);
});

test('a look goes on after a reload, for whoever looked and for nobody else', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(busy);
  await supervisor.watchQuietly();
  await supervisor.button(supervisor.starts('查看')).first().click();
  await page.getByLabel(supervisor.label('质量检查')).check();
  await page.getByLabel(supervisor.label('补充说明（可不填）')).fill('新人第一周');
  await supervisor.button('记录并查看').click();
  await expect(page.getByRole('article')).toHaveCount(1);
  const asked = () => desk.heard.filter((frame) => frame.type === 'look');
  await expect.poll(() => asked().length).toBe(1);
  await page.reload();
  // Asked for again, so that the server journals it again; what was typed is not kept here.
  await expect.poll(() => asked().length).toBe(2);
  const { contact_id } = asked()[0] ?? {};
  expect(asked()[1]).toEqual({ type: 'look', contact_id, reason: 'quality' });
  await expect(page.getByRole('article')).toHaveCount(1);
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem('xinqiao.board') ?? '{}');
    sessionStorage.setItem('xinqiao.board', JSON.stringify({ ...kept, username: 'another' }));
  });
  await page.reload();
  await supervisor.region('进行中的会话').waitFor();
  await expect(page.getByRole('article')).toHaveCount(0);
});

const ORDERS = ['停用', '总机模式', '设为离线', '结束会话'] as const;

for (const order of ORDERS) {
  test(`the order “${order}” stands up to an audit, and Esc gives it up`, async ({
    newSupervisor,
  }) => {
    const supervisor = await newSupervisor();
    const { page } = supervisor;
    const desk = await FakeDesk.on(page);
    desk.show(busy);
    await supervisor.watchQuietly();
    await supervisor.button(supervisor.starts(order)).first().click();
    const dialog = page.getByRole('dialog');
    await expect(supervisor.the('button', '取消', dialog)).toBeFocused();
    await auditAllDresses(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    const given = desk.heard.map((frame) => frame.type);
    expect(given).not.toContain('outage');
    expect(given).not.toContain('switchboard_mode');
    expect(given).not.toContain('log_out');
    expect(given).not.toContain('close');
  });
}
