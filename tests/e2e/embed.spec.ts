import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Student } from './fixtures/people';
import { audit, expect, test } from './fixtures/test';

const HOSTILE = `
  html { font-size: 5px }
  body * { all: unset !important; color: hotpink !important; display: none !important;
    visibility: hidden !important; font-size: 4px !important; height: 0 !important;
    position: fixed !important; opacity: 0 !important; pointer-events: none !important }
  button, main, header { display: none !important }`;

/** A school's page, with styles that would break ours if they got in, and a policy of its own. */
const page = (home: string, lang: string) => `<!doctype html><html lang="zh-CN">
<head><meta charset="utf-8"><title>某某中学</title><style nonce="school">${HOSTILE}</style></head>
<body><h1>某某中学</h1><xinqiao-chat line="12355" lang="${lang}"></xinqiao-chat>
<script src="${home}/widget.js"></script></body></html>`;

/** Only what the element needs of us: its script and its calls. No style, no frame, no image. */
const policy = (home: string) =>
  `default-src 'none'; style-src 'nonce-school'; script-src ${home}; ` +
  `connect-src ${home} ${home.replace('http', 'ws')}; require-trusted-types-for 'script'`;

/** The school's own web site, on an origin that is not ours. */
const school = http.createServer((request, response) => {
  const asked = new URL(request.url ?? '/', 'http://school').searchParams;
  const home = asked.get('home') ?? '';
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Security-Policy', policy(home));
  response.end(page(home, asked.get('lang') ?? ''));
});
const schoolUrl = () => `http://127.0.0.1:${(school.address() as AddressInfo).port}`;
const chatAt = ({ cable, words }: Student) =>
  `${schoolUrl()}/?${new URLSearchParams({ home: cable.url, lang: words.lang })}`;
const open = () => new Promise<void>((done) => school.listen(0, '127.0.0.1', done));

test.describe('the element on a school’s page', () => {
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    settings: async ({}, use) => {
      await open();
      await use({ XINQIAO_SERVER__WIDGET_FRAME_ANCESTORS: `["${schoolUrl()}"]` });
      school.close();
    },
  });

  test('works under hostile styles and a strict policy, and neither page touches the other', async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    await student.page.goto(chatAt(student));
    const frame = await student.page.locator('xinqiao-chat').boundingBox();
    expect(frame?.height).toBeGreaterThan(500);
    await student.knock();
    await student.sees('下一个就是你');
    await expect(student.page).toHaveTitle('某某中学');
    await student.button('读一读').click();
    await student.sees('睡不着的时候');
    const counselor = await newCounselor();
    await counselor.work();
    await counselor.accept();
    await student.isConnected();
    await student.write('在学校的网页上');
    await counselor.sees('在学校的网页上');
    const dress = await student.button('结束聊天').evaluate((el) => {
      const { color, fontSize } = getComputedStyle(el);
      return { color, fontSize, height: el.getBoundingClientRect().height };
    });
    expect(dress).toMatchObject({ fontSize: '16px', height: 44 });
    expect(dress.color).not.toBe('rgb(255, 105, 180)');
    await student.button('快速离开').click();
    await expect(student.page).toHaveURL(`${student.cable.url}/quiet.html`);
    await counselor.sees('对方结束了会话');
  });
});

test('the element on a site that is not listed reaches nobody and names the numbers', async ({
  newStudent,
}) => {
  await open();
  const student = await newStudent();
  await student.page.goto(chatAt(student));
  await student.sees('暂时连不上');
  await student.button('开始聊天').click();
  await student.sees('网络不通');
  await expect(student.page.getByRole('link', { name: /12356/ })).toHaveAttribute(
    'href',
    'tel:12356',
  );
  school.close();
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
  await expect(student.the('heading', '正在为你找咨询员')).toBeFocused();
  await counselor.work();
  await expect(counselor.ring).toBeVisible();
  await counselor.page.keyboard.press('Alt+a');
  await student.isConnected();
  await student.box.focus();
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
