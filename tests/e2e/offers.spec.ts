import { expect, test } from './fixtures/test';

test.describe('an offer', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__BAR_MS: '1000' } });

  test('declined goes to somebody else', async ({ newStudent, newCounselor }) => {
    const student = await newStudent();
    const first = await newCounselor('demo1');
    await student.reachOut();
    await first.work();
    await expect(first.ring).toBeVisible();
    const second = await newCounselor('demo2');
    await second.work();
    await first.decline();
    await second.accept();
    await student.isConnected();
    await expect(first.ring).toBeHidden();
  });
});

test.describe('an offer that nobody answers', () => {
  test.use({
    settings: { XINQIAO_SWITCHBOARD__RING_MS: '2000', XINQIAO_SWITCHBOARD__BAR_MS: '0' },
  });

  test('expires, rings again, and the second miss sets the counselor away and says why', async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    const counselor = await newCounselor();
    await student.reachOut();
    await counselor.work();
    await expect(counselor.ring).toBeVisible();
    await counselor.sees('{alias} 响铃超时');
    await counselor.sees('连续两次没有接起');
    await expect(counselor.button('离开')).toHaveAttribute('aria-pressed', 'true');
    await student.sees('下一个就是你');
    await counselor.be('可接');
    await counselor.accept();
    await student.isConnected();
  });
});

test('an offer whose student has gone stops ringing and says so', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  await student.reachOut();
  await counselor.work();
  await expect(counselor.ring).toBeVisible();
  await student.leave();
  await expect(counselor.ring).toBeHidden();
  await counselor.sees('{alias} 已经离开');
});
