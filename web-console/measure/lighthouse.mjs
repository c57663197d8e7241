/**
 * Lighthouse on every page, signed in where one signs in: accessibility and best practices.
 *
 * Starts the server it is told (XINQIAO, else the release build) on data of its own.
 * Prints one JSON line a category: the lowest score, and each page's with what it lacks.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = process.env.XINQIAO ?? join(ROOT, 'target/release/xinqiao');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const CATEGORIES = ['accessibility', 'best-practices'];
/** Each page, and who looks at it. */
const PAGES = [
  ['/chat/12355', null],
  ['/desk', null],
  ['/desk', 'demo1'],
  ['/watch', 'super1'],
  ['/office', 'admin1'],
];

async function house(data) {
  const args = ['serve', '--demo', '--data', data, '--listen', '127.0.0.1:0'];
  const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise((done, fail) => {
    let heard = '';
    child.stdout.on('data', (chunk) => {
      heard += chunk;
      const found = /ready http=[\d.]+:(\d+)/.exec(heard);
      if (found) done(found[1]);
    });
    child.once('exit', (code) => fail(new Error(`the server left with ${code}`)));
  });
  return { child, url: `http://127.0.0.1:${port}` };
}

async function signIn(browser, url, username) {
  const page = await browser.newPage();
  await page.goto(`${url}/desk`);
  const status = await page.evaluate(async (who) => {
    const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'xinqiao' };
    const body = JSON.stringify({ username: who, password: 'xinqiao-demo' });
    return (await fetch('/api/v1/session', { method: 'POST', headers, body })).status;
  }, username);
  await page.close();
  if (status !== 204) throw new Error(`${username} could not sign in: ${status}`);
}

async function look(browser, url, path) {
  const port = Number(new URL(browser.wsEndpoint()).port);
  const flags = { port, onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: 'error' };
  const { lhr } = await lighthouse(url + path, flags);
  const lacks = (category) =>
    lhr.categories[category].auditRefs
      .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score === 0)
      .map(({ id }) => id);
  return Object.fromEntries(
    CATEGORIES.map((name) => [
      name,
      { score: Math.round(lhr.categories[name].score * 100), lacks: lacks(name) },
    ]),
  );
}

const data = await mkdtemp(join(tmpdir(), 'xinqiao-lighthouse-'));
const { child, url } = await house(data);
const seen = {};
try {
  for (const [path, username] of PAGES) {
    const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
    const browser = await puppeteer.launch({ executablePath: CHROMIUM, args });
    if (username) await signIn(browser, url, username);
    seen[`${path} ${username ?? 'nobody'}`] = await look(browser, url, path);
    await browser.close();
  }
} finally {
  child.kill('SIGKILL');
  await rm(data, { recursive: true, force: true });
}
for (const category of CATEGORIES) {
  const pages = Object.fromEntries(Object.entries(seen).map(([page, of]) => [page, of[category]]));
  const value = Math.min(...Object.values(pages).map(({ score }) => score));
  const name = `lighthouse.${category.replace('-', '_')}`;
  process.stdout.write(`${JSON.stringify({ name, value, unit: '%', detail: pages })}\n`);
}
