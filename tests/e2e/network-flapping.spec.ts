/** A lift, a stairwell, the edge of a cell: the network comes and goes while two people write. */
import type { Cable } from './fixtures/cable';
import { expect, test } from './fixtures/test';

const FLAPS = 10;
/** Ten of them take twenty seconds. */
const HALF_MS = 1_000;
/** The last wait before a line is tried again, and the time it takes. */
const BACK_MS = 40_000;

const pass = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Everything each wrote, in the order of writing, and nothing twice. */
function written(texts: string[], by: string): string[] {
  return texts.filter((text) => text.startsWith(by));
}
const all = (by: string) => Array.from({ length: FLAPS * 2 }, (_, at) => `${by} ${at}.`);

for (const whose of ['the student’s', 'the counselor’s', 'either one’s'] as const) {
  test(`${whose} network flaps ten times: every message once, in order`, async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    const counselor = await newCounselor();
    await counselor.work();
    await counselor.talksWith(student, '你好');
    // Two cables take turns: while one is cut the other has just healed.
    const cables: [Cable | null, Cable | null] = {
      'the student’s': [student.cable, null] as [Cable, null],
      'the counselor’s': [null, counselor.cable] as [null, Cable],
      'either one’s': [student.cable, counselor.cable] as [Cable, Cable],
    }[whose];
    for (let at = 0; at < FLAPS * 2; at += 1) {
      cables[at % 2]?.cut();
      cables[(at + 1) % 2]?.heal();
      await student.write(`s ${at}.`);
      await counselor.write(`c ${at}.`);
      await pass(HALF_MS);
    }
    for (const cable of cables) cable?.heal();
    for (const one of [student, counselor]) {
      await expect(one.bubbles()).toHaveCount(FLAPS * 4 + 1, { timeout: BACK_MS });
    }
    await expect(student.page.getByText(student.label('发送中', '连上网就自动发出'))).toHaveCount(
      0,
    );
    const seen = await student.bubbles().allTextContents();
    expect(await counselor.bubbles().allTextContents()).toEqual(seen);
    expect(written(seen, 's')).toEqual(all('s'));
    expect(written(seen, 'c')).toEqual(all('c'));
  });
}
