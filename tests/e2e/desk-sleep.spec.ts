/** A closed lid, and a wrap-up whose time is over: what was typed into the note is kept. */
import type { Counselor } from './fixtures/people';
import { expect, test } from './fixtures/test';

/** The computer sleeps: nothing runs and nothing is heard; what is typed last was not yet sent. */
async function closeLid({ page, cable }: Counselor, last: () => Promise<void>): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 2_000));
  await last();
  cable.cut();
}
async function openLid({ page, cable }: Counselor): Promise<void> {
  cable.heal();
  await page.clock.fastForward('10:00');
  await page.clock.resume();
}

/** The contact in front: its column is remembered by id. */
const inFront = ({ page }: Counselor) =>
  page.evaluate(() => {
    const kept = sessionStorage.getItem('xinqiao.columns') ?? '{}';
    return (JSON.parse(kept) as { chosen: string }).chosen;
  });
/** What the house has of it; its writer may still read it for a day. */
async function noteOf({ context, cable }: Counselor, contact: string): Promise<unknown> {
  const answer = await context.request.get(`${cable.url}/api/v1/contacts/${contact}/note`);
  return answer.json();
}

test('a note half typed when the lid closes is saved when it opens', async ({
  newStudent,
  newCounselor,
}) => {
  const counselor = await newCounselor();
  await counselor.page.clock.install();
  await counselor.work();
  const student = await newStudent();
  await counselor.talksWith(student, '在吗');
  await counselor.note.fill('考试');
  await counselor.sees('已保存');
  await closeLid(counselor, () => counselor.note.fill('考试压力，怕父'));
  await student.write('你还在吗');
  await openLid(counselor);
  await expect(counselor.note).toHaveValue('考试压力，怕父');
  await counselor.sees('已保存');
  await counselor.page.reload();
  await expect(counselor.note).toHaveValue('考试压力，怕父');
  await counselor.sees('你还在吗');
});

test.describe('a lid closed for longer than the grace', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__COUNSELOR_GRACE_MS: '1000' } });

  test('loses the talk, and not the note', async ({ newStudent, newCounselor }) => {
    const counselor = await newCounselor();
    await counselor.page.clock.install();
    await counselor.work();
    const student = await newStudent();
    await counselor.talksWith(student, '在吗');
    const contact = await inFront(counselor);
    await expect(counselor.note).toBeEnabled();
    await closeLid(counselor, () => counselor.note.fill('考试压力，怕父'));
    const next = await newCounselor('demo2');
    await next.work();
    await next.accept();
    await student.isConnected();
    await openLid(counselor);
    await expect(counselor.held).toHaveCount(0);
    // By its own rest or because its contact has gone, whichever comes first.
    await expect
      .poll(() => noteOf(counselor, contact))
      .toMatchObject({ text: '考试压力，怕父', outcome: null });
    await student.seesNot('考试压力，怕父');
  });
});

test.describe('a wrap-up whose time is over', () => {
  test.use({ settings: { XINQIAO_SWITCHBOARD__WRAP_UP_MS: '6000' } });

  test('closes by itself, says so, and keeps what was written', async ({
    newStudent,
    newCounselor,
  }) => {
    const counselor = await newCounselor();
    await counselor.work();
    const student = await newStudent();
    await counselor.talksWith(student, '在吗');
    const contact = await inFront(counselor);
    await student.leave();
    await counselor.sees('到时间会自动结束');
    await counselor.note.fill('失眠，想家');
    await counselor.sees('已保存');
    await counselor.sees('{alias} 的整理时间到了，已自动结束；写下的记录已保存。');
    await expect(counselor.held).toHaveCount(0);
    const kept = await noteOf(counselor, contact);
    expect(kept).toMatchObject({ text: '失眠，想家', outcome: null });
  });
});
