/** What a board of five hundred rows of each kind costs, told once a second for a minute. */
import { feedInPage, huge } from './fixtures/board';
import { report } from './fixtures/measure';
import { expect, test } from './fixtures/test';

const SECONDS = Number(process.env.MEASURE_S ?? 60);

test('a board of 500 waiting, 500 talks and 500 counselors', async ({ newSupervisor }) => {
  test.setTimeout(300_000);
  const supervisor = await newSupervisor();
  const { page } = supervisor;
  await feedInPage(page, huge, 20);
  await supervisor.watch();
  await expect(page.getByRole('table', { name: '排队（最先接的在最上）' })).toHaveAttribute(
    'aria-rowcount',
    '501',
  );
  await supervisor.button('知道了').first().click();
  await page.waitForTimeout(3_000);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'timeTicks' });
  const read = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    return {
      at: of('Timestamp'),
      task: of('TaskDuration'),
      script: of('ScriptDuration'),
      layout: of('LayoutDuration') + of('RecalcStyleDuration'),
      heap: of('JSHeapUsedSize'),
      nodes: of('Nodes'),
    };
  };
  const before = await read();
  const toldSoFar = () =>
    page.evaluate(() => (window as unknown as { boardsTold: number }).boardsTold);
  const told = await toldSoFar();
  await page.waitForTimeout(SECONDS * 1_000);
  const after = await read();
  const share = (name: 'task' | 'script' | 'layout') =>
    Math.round(((after[name] - before[name]) / (after.at - before.at)) * 10_000) / 100;
  const detail = {
    script_pct: share('script'),
    layout_and_style_pct: share('layout'),
    seconds: Math.round(after.at - before.at),
    boards: (await toldSoFar()) - told,
    rows: huge.waiting + huge.talks + huge.counselors,
    nodes: after.nodes,
    heap_mib: Math.round(after.heap / 1_048_576),
  };
  const value = share('task');
  report({ name: 'board.update_core_pct', value, unit: '%', detail });
  expect(detail.boards).toBeGreaterThan(SECONDS * 0.8);
});
