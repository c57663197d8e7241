import { PASSWORD } from './fixtures/people';
import { audit, expect, test } from './fixtures/test';

test('a wrong password says so, and too many of them lock the account for a while', async ({
  newCounselor,
}) => {
  const { page, cable } = await newCounselor();
  const enter = async (password: string) => {
    await page.getByLabel('用户名').fill('demo1');
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
  };
  await page.goto(`${cable.url}/desk`);
  await expect(page.locator('main')).toMatchAriaSnapshot({ name: 'sign-in.aria.yml' });
  await audit(page);
  await enter('wrong');
  await expect(page.getByText('用户名、密码或验证码不对。')).toBeVisible();
  const locked = page.getByText(/暂时锁定/);
  await expect(async () => {
    if (!(await locked.isVisible())) await enter('wrong');
    await expect(locked).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(page.getByRole('button', { name: '登录', exact: true })).toBeDisabled();
  await audit(page);
});

test('a counselor signs in by the form, sees no board, and signs out', async ({ newCounselor }) => {
  const { page, cable } = await newCounselor();
  await page.goto(`${cable.url}/watch`);
  await page.getByLabel('用户名').fill('demo1');
  await page.getByLabel('密码').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByText('这个账号不能打开这个页面。')).toBeVisible();
  await page.goto(`${cable.url}/desk`);
  await expect(page.getByRole('heading', { name: '手上没有来访' })).toBeVisible();
  await expect(page.getByRole('link', { name: '值班看板' })).toHaveCount(0);
  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page.getByLabel('用户名')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('用户名')).toBeVisible();
});

test('a console signed out elsewhere goes back to its door', async ({ newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.work();
  const other = await counselor.context.newPage();
  await other.goto(`${counselor.cable.url}/desk`);
  await other.getByRole('button', { name: '退出登录' }).click();
  await expect(counselor.page.getByLabel('用户名')).toBeVisible();
});

test('the whole console speaks English too', async ({ newCounselor }) => {
  const { page, cable } = await newCounselor();
  await page.goto(`${cable.url}/desk`);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Xinqiao · Desk' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByLabel('User name')).toBeVisible();
});
