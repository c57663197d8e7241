import { defineConfig } from '@playwright/test';

/** Pictures take both languages by themselves, and a measure needs one. */
const ONCE = Boolean(process.env.PICTURES || process.env.MEASURE);
const LANGS = (ONCE ? 'zh-CN' : (process.env.LANGS ?? 'zh-CN,en')).split(',');

/**
 * The browser tests, in Debian's own Chromium; no browser is ever downloaded.
 *
 * Each test starts its own server on a free port with its own data.
 */
export default defineConfig<{ lang: string }>({
  testDir: '../tests/e2e',
  outputDir: './test-results',
  snapshotPathTemplate: '../tests/e2e/aria/{projectName}/{arg}{ext}',
  // Made for people to look at, or to be measured with nothing else running.
  testIgnore: [
    ...(process.env.PICTURES ? [] : ['pictures*.spec.ts']),
    ...(process.env.MEASURE ? [] : ['measure*.spec.ts']),
  ],
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  // A story of three people on a busy machine; what is waited for is always on the screen.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  // Every story is read in both languages.
  projects: LANGS.map((lang) => ({ name: lang, use: { lang } })),
  use: {
    browserName: 'chromium',
    headless: true,
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // Chromium refuses its sandbox to root, which is who runs in a container.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
