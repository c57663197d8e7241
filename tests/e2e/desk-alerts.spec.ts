/** How a contact calls a counselor who looks elsewhere: the card that asks, sound, notification. */
import { auditAllDresses, expect, test } from './fixtures/test';

test('the card asks once how to call, lets it be tried, and explains a refusal', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
    // As a browser that was not touched yet; whoever drives it from outside counts as a touch.
    let isTouched = false;
    addEventListener('pointerdown', () => {
      isTouched = true;
    });
    const { resume } = AudioContext.prototype;
    class Untouched extends AudioContext {
      constructor() {
        super();
        if (!isTouched) void this.suspend();
      }
      override resume() {
        return isTouched ? resume.call(this) : new Promise<void>(() => {});
      }
    }
    Object.assign(window, { AudioContext: Untouched });
  });
  await counselor.open('/desk');
  await counselor.sees('浏览器拒绝了通知');
  await counselor.the('checkbox', '响铃').check();
  await counselor.button('试听').click();
  await counselor.sees('刚才响了一声');
  await auditAllDresses(page);
  await counselor.button('就这样').click();
  await page.reload();
  await expect(counselor.the('heading', '手上没有来访')).toBeVisible();
  await expect(counselor.the('heading', '来访来时，怎样叫你？')).toBeHidden();
  // A page that was not touched yet cannot ring: that is said, not hidden.
  await counselor.sees('浏览器还不让出声');
  await counselor.the('heading', '手上没有来访').click();
  await counselor.sees('连接正常');
  await counselor.button('提醒设置').click();
  await expect(counselor.the('checkbox', '响铃')).toBeChecked();
});

test('a notification says that somebody is there, and not a word of theirs', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await counselor.context.grantPermissions(['notifications']);
  await page.addInitScript(() => {
    // Only watched: each is a notification of the browser's own.
    const shown: Notification[] = [];
    const Real = Notification;
    const Watched = new Proxy(Real, {
      construct(target, [title, options]: [string, NotificationOptions]) {
        const one = new target(title, options);
        shown.push(one);
        return one;
      },
    });
    Object.assign(window, { Notification: Watched, shown });
    localStorage.setItem('xinqiao.desk', '{"sound":true,"banner":true,"isAsked":true}');
    document.hasFocus = () => false;
  });
  await counselor.work();
  const student = await newStudent();
  await student.reachOut();
  await student.write('不想被人看到的话');
  await expect(counselor.ring).toBeVisible();
  const shown = () =>
    page.evaluate(() =>
      (window as unknown as { shown: Notification[] }).shown.map(
        (one) => `${one.constructor.name}|${one.title}|${one.body}|${one.silent}`,
      ),
    );
  await expect
    .poll(shown)
    .toEqual([
      expect.stringMatching(
        new RegExp(
          `^Notification\\|${counselor.said('新来访').source}\\|${counselor.said('请回到咨询台接起。').source}\\|true$`,
        ),
      ),
    ]);
});
