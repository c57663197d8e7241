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
    const made: AudioContext[] = [];
    class Untouched extends AudioContext {
      constructor() {
        super();
        made.push(this);
      }
      override get state() {
        return isTouched ? super.state : 'suspended';
      }
      override resume() {
        return isTouched ? super.resume() : new Promise<void>(() => {});
      }
    }
    Object.assign(window, { AudioContext: Untouched });
    addEventListener('pointerdown', () => {
      isTouched = true;
      for (const one of made) one.dispatchEvent(new Event('statechange'));
    });
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

test('the browser is asked for notifications by the card, once and by a press', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page, context, cable } = counselor;
  // A browser without a head has no question to show: the person's yes comes from here.
  const asked: string[] = [];
  await page.exposeFunction('answer', async () => {
    asked.push('asked');
    await context.grantPermissions(['notifications'], { origin: cable.url });
  });
  await page.addInitScript(() => {
    const { answer } = window as unknown as { answer: () => Promise<void> };
    Notification.requestPermission = async () => {
      await answer();
      return Notification.permission;
    };
    const bodies: string[] = [];
    Object.assign(window, {
      bodies,
      Notification: new Proxy(Notification, {
        construct(target, [title, options]: [string, NotificationOptions]) {
          const one = new target(title, options);
          one.onshow = () => bodies.push(one.body);
          return one;
        },
      }),
    });
  });
  await counselor.open('/desk');
  await expect(counselor.the('heading', '来访来时，怎样叫你？')).toBeVisible();
  const wish = counselor.the('checkbox', '桌面通知');
  await expect(wish).not.toBeChecked();
  expect(asked).toEqual([]);
  await wish.click();
  await expect(wish).toBeChecked();
  await counselor.button('试一下').click();
  await counselor.sees('刚才弹出了一条');
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { bodies: string[] }).bodies))
    .toEqual([expect.stringMatching(counselor.label('这是一条试验通知。'))]);
  expect(asked).toEqual(['asked']);
  await counselor.button('就这样').click();
  await page.reload();
  await counselor.button('提醒设置').click();
  await expect(wish).toBeChecked();
  await auditAllDresses(page);
});

test('an offer is heard while it rings, and not a moment longer', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page } = counselor;
  await page.addInitScript(() => {
    localStorage.setItem('xinqiao.desk', '{"sound":true,"banner":false,"isAsked":true}');
    // Only listened to: what goes to the loudspeaker goes through an analyser as well.
    const heard = { tones: 0, now_s: () => 0, peak: () => 0, state: () => 'none' };
    const { connect } = AudioNode.prototype;
    const { start } = OscillatorNode.prototype;
    AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
      if (to[0] === this.context.destination) {
        const ear = this.context.createAnalyser();
        Reflect.apply(connect, this, [ear]);
        const wave = new Float32Array(ear.fftSize);
        heard.peak = () => {
          ear.getFloatTimeDomainData(wave);
          return Math.max(...wave);
        };
      }
      return Reflect.apply(connect, this, to);
    } as typeof connect;
    OscillatorNode.prototype.start = function (...args) {
      const context = this.context as AudioContext;
      heard.tones += 1;
      heard.now_s = () => context.currentTime;
      heard.state = () => context.state;
      return start.apply(this, args);
    };
    Object.assign(window, { heard });
  });
  type Heard = { tones: number; now_s(): number; peak(): number; state(): string };
  const hear = <T>(what: 'tones' | 'now_s' | 'peak' | 'state') =>
    page.evaluate((name) => {
      const { heard } = window as unknown as { heard: Heard };
      const one = heard[name];
      return (typeof one === 'function' ? one() : one) as T;
    }, what);
  await counselor.work();
  const student = await newStudent();
  await student.reachOut();
  await expect(counselor.ring).toBeVisible();
  await expect.poll(() => hear<number>('peak'), { intervals: [50] }).toBeGreaterThan(0.01);
  expect(await hear<string>('state')).toBe('running');
  await expect.poll(() => hear<number>('tones')).toBeGreaterThan(1);
  await counselor.accept();
  const tones = await hear<number>('tones');
  const now_s = await hear<number>('now_s');
  // Longer than from one tone to the next, on the sound's own clock.
  await expect.poll(() => hear<number>('now_s')).toBeGreaterThan(now_s + 2.5);
  expect(await hear<number>('tones')).toBe(tones);
  expect(await hear<number>('peak')).toBeLessThan(0.001);
});
