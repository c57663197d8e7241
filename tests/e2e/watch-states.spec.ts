/** States of the board that a real night brings seldom: fed by hand, looked at in every dress. */
import { busy, calm, FakeDesk, huge } from './fixtures/board';
import { audit, auditAllDresses, expect, test } from './fixtures/test';
import { LANGS, watchIn } from './fixtures/words';

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
  await supervisor.sees('小禾 求助');
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
  const look = page.getByRole('article', { name: '查看 白鹭-1101' });
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
  await page.getByRole('button', { name: /^停用: 12355/ }).click();
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
  await watchIn(supervisor, 'zh-CN');
  const hour = supervisor.region('最近一小时');
  const minute = hour.getByRole('slider');
  await minute.focus();
  await page.keyboard.press('Home');
  const first = await minute.getAttribute('aria-valuetext');
  expect(first).toMatch(/^\d\d:\d\d：等待 \d+，最长等待 .+，到来 \d+，接起 \d+，放弃 \d+$/);
  await page.keyboard.press('ArrowRight');
  await expect(minute).not.toHaveAttribute('aria-valuetext', first ?? '');
  await expect(hour.getByRole('img')).toHaveCount(3);
  await hour.getByText('数字表（每 10 分钟一行）').click();
  await expect(hour.locator('tbody tr')).toHaveCount(6);
  await page.emulateMedia({ forcedColors: 'active' });
  await audit(page);
  await expect(hour.locator('canvas')).toHaveCount(3);
});

for (const lang of LANGS) {
  test(`alarms are said in words, heeded, and not lost (${lang})`, async ({ newSupervisor }) => {
    const supervisor = await newSupervisor();
    const { page } = supervisor;
    const desk = await FakeDesk.on(page);
    desk.show({ ...calm, store_ok: false });
    const say = await watchIn(supervisor, lang);
    const alarms = supervisor.region(say('watch.alarms'));
    await expect(alarms).toContainText(say('watch.alarm_store_do'));
    await audit(page);
    await supervisor.button(say('watch.heed')).click();
    await expect(alarms).toHaveCount(0);
    desk.show({ ...calm, waiting: 12 });
    await expect(alarms).toContainText(lang === 'en' ? 'Waiting too long: 2' : '等得太久：2 位');
    await expect(page).toHaveTitle(say('watch.tab', { count: 1 }));
    desk.show({ ...calm, store_ok: false });
    await expect(alarms).toContainText(say('watch.alarm_store'));
    desk.show(calm);
    await expect(alarms).toHaveCount(0);
    desk.hush();
    await expect(supervisor.region(say('watch.glance'))).toContainText(
      lang === 'en' ? 'not up to date' : '不是最新',
      { timeout: 20_000 },
    );
    await expect(alarms).toContainText(say('watch.alarm_stale_do'));
    await audit(page);
  });

  test(`a fifth look is refused in words, and so is what the server refuses (${lang})`, async ({
    newSupervisor,
  }) => {
    const supervisor = await newSupervisor();
    const { page } = supervisor;
    const desk = await FakeDesk.on(page);
    desk.show({ ...busy, talks: 6 });
    const say = await watchIn(supervisor, lang);
    const ask = page.getByRole('button', { name: new RegExp(`^${say('watch.look')}: `) });
    for (let count = 0; count < 5; count += 1) {
      await ask.first().click();
      await page.getByLabel(say('look_reason.quality')).check();
      await supervisor.button(say('watch.look_yes')).click();
    }
    await supervisor.sees(say('no.too_many_looks'));
    await expect(page.getByRole('article')).toHaveCount(4);
    const asked = desk.heard.filter((frame) => frame.type === 'look');
    expect(asked).toHaveLength(4);
    const [refused] = asked;
    desk.say({ type: 'error', code: 'own_talk', message: '', contact_id: refused?.contact_id });
    await supervisor.sees(say('no.own_talk'));
    await expect(page.getByRole('article')).toHaveCount(3);
  });
}

test('five hundred rows of each kind: only those in sight are there, and all can be reached', async ({
  newSupervisor,
}) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(huge);
  await watchIn(supervisor, 'zh-CN');
  const queue = supervisor.region('排队（最先接的在最上）');
  const box = queue.getByRole('group');
  await expect(queue.getByRole('table')).toHaveAttribute('aria-rowcount', '501');
  expect(await queue.locator('tbody tr').count()).toBeLessThan(60);
  await box.focus();
  await page.keyboard.press('End');
  await expect(queue.getByRole('rowheader', { name: /-599/ })).toBeVisible();
  await page.getByLabel('风险不低于').selectOption({ label: '高风险' });
  await expect(queue.getByRole('table')).toHaveAttribute('aria-rowcount', '11');
  await page.getByLabel('排队次序').selectOption({ label: '风险高的在上' });
  await expect(queue.locator('tbody tr').first()).toContainText('危急');
  await audit(page);
});

test('a whole look by keyboard alone: alarm, reason, whisper, leave', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(busy);
  await watchIn(supervisor, 'zh-CN');
  await supervisor.region('进行中的会话').waitFor();
  desk.call(sos);
  await supervisor.sees('小禾 求助');
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
  await tabTo(/^马上看$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tabTo(/记录并查看/);
  await page.keyboard.press('Enter');
  desk.say(looking('t1', '白鹭-1101'));
  desk.say(message('t1', 1, 'seeker', '我在楼顶'));
  desk.say(message('t1', 2, 'counselor', '我在'));
  await supervisor.sees('我在楼顶');
  await tabTo(/^悄悄写给 小禾$/);
  await page.keyboard.type('问问身边有没有人');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => desk.heard.find((frame) => frame.type === 'whisper')?.text)
    .toBe('问问身边有没有人');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.getByRole('button', { name: '不看了: 白鹭-1101' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article')).toHaveCount(0);
  expect(desk.heard.at(-1)).toEqual({ type: 'look_away', contact_id: 't1' });
});

test('a full line, an outage and since when are marked in words', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const desk = await FakeDesk.on(supervisor.page);
  desk.show({ ...busy, full: 0, outage: 1 });
  await watchIn(supervisor, 'zh-CN');
  const lines = supervisor.page.getByRole('rowheader');
  await expect(lines.filter({ hasText: '12355 青少年服务台' }).first()).toContainText('已满');
  await expect(lines.filter({ hasText: '966525 心理服务热线' }).first()).toContainText(
    /停用中 \d\d:\d\d:\d\d 起/,
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
  await settings.getByRole('checkbox', { name: '声音' }).check();
  await settings.getByRole('button', { name: '试听' }).click();
  await expect(settings).toContainText(/刚才响了一声|浏览器还不让出声/);
  await settings.getByRole('checkbox', { name: '桌面通知' }).check();
  await settings.getByRole('button', { name: '试一下' }).click();
  await expect(settings).toContainText('刚才弹出了一条');
  await settings.getByRole('button', { name: '就这样' }).click();
  desk.call(sos);
  await supervisor.sees('小禾 求助');
  const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  expect(shown.at(-1)).toBe('有咨询员求助 请回到值班看板。');
  await page.reload();
  await expect(settings.getByRole('checkbox', { name: '声音' })).toBeChecked();
  await expect(settings.getByRole('button', { name: '就这样' })).toHaveCount(0);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toMatch(/小禾|白鹭|蓝鲸/);
});
