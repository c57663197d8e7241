import { type Counselor, PASSWORD } from './fixtures/people';
import { audit, expect, test } from './fixtures/test';
import { CONSOLES, Words } from './fixtures/words';

const field = (counselor: Counselor, quote: string) =>
  counselor.page.getByLabel(counselor.label(quote));

test('a wrong password says so, and too many of them lock the account for a while', async ({
  newCounselor,
}) => {
  const counselor = await newCounselor();
  const { page, cable } = counselor;
  const enter = async (password: string) => {
    await field(counselor, '用户名').fill('demo1');
    await field(counselor, '密码').fill(password);
    await counselor.button('登录').click();
  };
  await page.goto(`${cable.url}/desk`);
  await expect(page.locator('main')).toMatchAriaSnapshot({ name: 'sign-in.aria.yml' });
  await audit(page);
  await enter('wrong');
  await counselor.sees('用户名、密码或验证码不对。');
  const locked = page.getByText(counselor.said('输错太多次'));
  await expect(async () => {
    if (!(await locked.isVisible())) await enter('wrong');
    await expect(locked).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(counselor.button('登录')).toBeDisabled();
  await audit(page);
});

test('a counselor signs in by the form, sees no board, and signs out', async ({ newCounselor }) => {
  const counselor = await newCounselor();
  const { page, cable } = counselor;
  await page.goto(`${cable.url}/watch`);
  await field(counselor, '用户名').fill('demo1');
  await field(counselor, '密码').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await counselor.sees('这个账号不能打开这个页面。');
  await page.goto(`${cable.url}/desk`);
  await expect(counselor.the('heading', '手上没有来访')).toBeVisible();
  await expect(counselor.the('link', '值班看板')).toHaveCount(0);
  await counselor.button('退出登录').click();
  await expect(field(counselor, '用户名')).toBeVisible();
  await page.reload();
  await expect(field(counselor, '用户名')).toBeVisible();
});

test('a console signed out elsewhere goes back to its door', async ({ newCounselor }) => {
  const counselor = await newCounselor();
  await counselor.work();
  const other = await counselor.context.newPage();
  await other.goto(`${counselor.cable.url}/desk`);
  await counselor.the('button', '退出登录', other).click();
  await expect(field(counselor, '用户名')).toBeVisible();
});

test('the console changes its language by a button, and remembers it', async ({
  newCounselor,
  lang,
}) => {
  const counselor = await newCounselor();
  const { page, cable } = counselor;
  const other = new Words(lang === 'en' ? 'zh-CN' : 'en', CONSOLES);
  await page.goto(`${cable.url}/desk`);
  await counselor.button('English').click();
  const heading = page.getByRole('heading', { name: other.label('心桥 · 咨询台') });
  await expect(heading).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', other.lang);
  await page.reload();
  await expect(page.getByLabel(other.label('用户名'))).toBeVisible();
  await page.getByRole('button', { name: other.label('English') }).click();
  await expect(counselor.the('heading', '心桥 · 咨询台')).toBeVisible();
});
