import { expect, test } from './fixtures/test';

test.use({ actionTimeout: 20_000 });

const WECHAT =
  'Mozilla/5.0 (Linux; Android 10; V1986A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ' +
  'Chrome/87.0.4280.141 Mobile Safari/537.36 MicroMessenger/8.0.40(0x28002837) Language/zh_CN';

for (const storage of ['throws at a touch', 'throws at a write'] as const) {
  test(`inside WeChat, where storage ${storage}, a student gets through and reloads`, async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    const network = await student.context.newCDPSession(student.page);
    await network.send('Network.setUserAgentOverride', { userAgent: WECHAT });
    await student.page.addInitScript((how) => {
      const deny = () => {
        throw new DOMException('denied', 'SecurityError');
      };
      if (how === 'throws at a write') Storage.prototype.setItem = deny;
      else {
        for (const name of ['sessionStorage', 'localStorage', 'indexedDB', 'caches']) {
          Object.defineProperty(window, name, { get: deny });
        }
      }
      Object.defineProperty(document, 'cookie', { get: deny, set: deny });
    }, storage);
    const counselor = await newCounselor();
    await student.reachOut();
    expect(await student.page.evaluate(() => navigator.userAgent)).toContain('MicroMessenger');
    await student.box.fill('写了一半');
    // Without storage the tab's own history entry holds it, a moment after the last key.
    const held = () => student.page.evaluate(() => JSON.stringify(history.state));
    await expect.poll(held).toContain('写了一半');
    await student.page.reload();
    await student.sees('下一个就是你');
    await expect(student.box).toHaveValue('写了一半');
    await counselor.work();
    await counselor.accept();
    await student.button('发送').click();
    await counselor.reads('写了一半');
    await student.button('快速离开').click();
    await expect(student.page).toHaveURL(/\/quiet\.html$/);
    expect(await student.page.evaluate(() => history.state)).toBeNull();
  });
}
