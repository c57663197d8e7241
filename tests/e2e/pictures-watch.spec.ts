/** The board in its states, for people to look at: calm, busy, at 1920 px on a wall, looked into. */
import { busy, calm, FakeDesk } from './fixtures/board';
import { keep, take, takeIn } from './fixtures/pictures';
import { expect, test } from './fixtures/test';

test.setTimeout(600_000);

const AT = '2026-01-01T12:00:00.000Z';
const said = (seq: number, from: string, text: string) => ({
  type: 'message',
  contact_id: 't1',
  seq,
  message_id: `m${seq}`,
  from,
  kind: 'message',
  text,
  at: AT,
});

test('the board has its pictures taken', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show(calm);
  await supervisor.watch();
  await take(page, 'watch-first');
  await supervisor.button('就这样').click();
  await take(page, 'watch-calm');
  desk.show(busy);
  await supervisor.sees(/位有危险的来访在等/);
  await supervisor.region('最近一小时').locator('canvas').first().waitFor();
  await take(page, 'watch-busy');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await keep(page, 'wall');
  await supervisor.region('最近一小时').scrollIntoViewIfNeeded();
  await take(page, 'watch-hour');
  desk.call({ type: 'sos', contact_id: 't1', counselor_id: 'k1', counselor: '小禾', at: AT });
  await supervisor.sees('小禾 求助');
  await supervisor.button('马上看').click();
  await supervisor.button('记录并查看').click();
  desk.say({
    type: 'looking',
    counselor: '小禾',
    contact: {
      contact_id: 't1',
      line: '966525',
      line_name: '',
      channel: 'chat',
      alias: '白鹭-1101',
      risk: 'high',
      state: 'talking',
      arrived_at: AT,
      connected_at: AT,
      seeker_online: true,
      last_seq: 3,
      locale: 'zh-CN',
    },
  });
  desk.say(said(1, 'seeker', '我在楼顶，很害怕'));
  desk.say(said(2, 'counselor', '我在。你现在说的每句话我都在听。身边有人吗？'));
  desk.say(said(3, 'seeker', '没有人'));
  desk.say({
    type: 'whisper',
    contact_id: 't1',
    whisper_id: 'x1',
    by: '值班督导',
    mine: true,
    text: '先请他往里走几步，坐下来。110 我来联系。',
    at: AT,
  });
  await expect(page.getByRole('article').locator('.bubble')).toHaveCount(3);
  await take(page, 'watch-look');
});

test('alarms over the board have their pictures taken', async ({ newSupervisor }) => {
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  const desk = await FakeDesk.on(page);
  desk.show({ ...busy, danger_every: 0, waiting: 3 });
  await supervisor.watchQuietly();
  const rows = supervisor.region('警报').getByRole('listitem');
  const call = (at: number, counselor: string) =>
    desk.call({ type: 'sos', contact_id: `t${at}`, counselor_id: `k${at}`, counselor, at: AT });
  call(0, '小禾');
  await expect(rows).toHaveCount(1);
  await take(page, 'watch-alarm');
  desk.show({ ...busy, store_ok: false });
  call(1, '小满');
  call(2, '阿宁');
  await expect(rows).toHaveCount(5);
  await take(page, 'watch-alarms');
});

const ORDERS = [
  ['outage', /^停用|^Take out of order/],
  ['switchboard', /^总机模式|^Switchboard mode/],
  ['log-out', /^设为离线|^Set offline/],
  ['close', /^结束会话|^End talk/],
] as const;

for (const [name, order] of ORDERS) {
  test(`the order ${name} has its pictures taken`, async ({ newSupervisor }) => {
    const supervisor = await newSupervisor();
    const { page } = supervisor;
    const desk = await FakeDesk.on(page);
    desk.show(busy);
    await supervisor.watchQuietly();
    // A dialog lies over the language switch: the language is set before it opens.
    for (const lang of ['zh-CN', 'en']) {
      await page.evaluate((wished) => localStorage.setItem('xinqiao.lang', wished), lang);
      await page.reload();
      await page.getByRole('button', { name: order }).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await takeIn(page, `watch-order-${name}`, lang);
    }
  });
}
