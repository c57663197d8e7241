import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { audit, expect, test } from './fixtures/test';

/** A school's page, with styles of its own that would break ours if they got in. */
const page = (home: string) => `<!doctype html><html lang="zh-CN">
<head><meta charset="utf-8"><title>某某中学</title>
<style>button { display: none } * { color: hotpink !important }</style></head>
<body><h1>某某中学</h1><xinqiao-chat line="12355" lang="zh-CN"></xinqiao-chat>
<script src="${home}/widget.js"></script></body></html>`;

/** The school's own web site, on an origin that is not ours. */
const school = http.createServer((request, response) => {
  const home = new URL(request.url ?? '/', 'http://school').searchParams.get('home') ?? '';
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(page(home));
});
const schoolUrl = () => `http://127.0.0.1:${(school.address() as AddressInfo).port}`;

test.describe('the element on a school’s page', () => {
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    settings: async ({}, use) => {
      await new Promise<void>((done) => school.listen(0, '127.0.0.1', done));
      await use({ XINQIAO_SERVER__WIDGET_FRAME_ANCESTORS: `["${schoolUrl()}"]` });
      school.close();
    },
  });

  test('works across origins, and neither page touches the other', async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    await student.page.goto(`${schoolUrl()}/?home=${encodeURIComponent(student.cable.url)}`);
    await student.knock();
    await student.sees('下一个就是你');
    await expect(student.page).toHaveTitle('某某中学');
    const counselor = await newCounselor();
    await counselor.work();
    await counselor.accept();
    await student.isConnected();
    await student.write('在学校的网页上');
    await counselor.sees('在学校的网页上');
    const button = student.button('结束聊天');
    expect(await button.evaluate((el) => getComputedStyle(el).color)).not.toBe(
      'rgb(255, 105, 180)',
    );
  });
});

test('a student who cannot use a mouse gets through by keyboard alone', async ({
  newStudent,
  newCounselor,
}) => {
  const student = await newStudent();
  const counselor = await newCounselor();
  const press = (...keys: string[]) =>
    keys.reduce((all, key) => all.then(() => student.page.keyboard.press(key)), Promise.resolve());
  await student.arrive();
  await student.button('开始聊天').focus();
  await press('Enter');
  await student.sees('下一个就是你');
  await expect(student.page.getByRole('heading', { name: '正在为你找咨询员' })).toBeFocused();
  await counselor.work();
  await expect(counselor.ring).toBeVisible();
  await counselor.page.keyboard.press('Alt+a');
  await student.isConnected();
  await student.page.getByRole('textbox').focus();
  await student.page.keyboard.type('你好');
  await press('Shift+Enter');
  await student.page.keyboard.type('我在');
  await press('Enter');
  await expect(counselor.bubbles()).toHaveText([/你好\s我在/]);
  await student.button('结束聊天').focus();
  await press('Enter');
  await expect(student.button('再聊一会儿')).toBeFocused();
  await press('Escape');
  await expect(student.button('结束聊天')).toBeFocused();
  await audit(student.page);
});
