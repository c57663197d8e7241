/** The Watch half of the console, sentence by sentence, on the real server with three kinds of people. */
import { expect, test } from './fixtures/test';
import { LANGS, watchIn } from './fixtures/words';

for (const lang of LANGS) {
  test.describe(`the board in ${lang}`, () => {
    test('shows lines by channel, who waits at what risk, who is on and with whom', async ({
      newStudent,
      newCounselor,
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const say = await watchIn(supervisor, lang);
      await supervisor.sees(say('watch.glance_calm'));
      const student = await newStudent();
      await student.reachOut();
      await student.button('我现在有危险').click();
      await expect(supervisor.region(say('watch.glance'))).toContainText(
        lang === 'en' ? /1 in danger waiting · longest/ : /1 位有危险的来访在等 · 最久/,
      );
      const lines = supervisor.region(say('watch.lines')).first();
      await expect(lines.locator('tbody').first()).toContainText(say('risk.imminent'));
      await expect(lines.locator('.channel').first()).toContainText(say('channel.chat'));
      const counselor = await newCounselor();
      await counselor.work();
      await counselor.accept();
      await supervisor.sees(say('watch.glance_calm'));
      const alias = await supervisor.region(say('watch.talks')).locator('tbody th').innerText();
      const row = supervisor
        .region(say('watch.counselors'))
        .locator('tbody tr')
        .filter({ hasText: '小满' });
      await expect(row).toContainText(say('presence.engaged'));
      await expect(row).toContainText(alias.trim());
      await expect(row).toContainText(lang === 'en' ? /since \d\d:\d\d/ : /\d\d:\d\d 起/);
    });

    test('a look takes a reason, shows the talk live, and a whisper never reaches the seeker', async ({
      newStudent,
      newCounselor,
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const student = await newStudent();
      const counselor = await newCounselor();
      await student.reachOut();
      await counselor.work();
      await counselor.accept();
      await student.write('我在楼顶');
      await counselor.sees('我在楼顶');
      await counselor.write('我在，慢慢说');
      const say = await watchIn(supervisor, lang);
      await supervisor.button(new RegExp(`^${say('watch.look')}: `)).click();
      const dialog = supervisor.page.getByRole('dialog');
      await expect(dialog).toContainText(say('watch.look_told'));
      await dialog.getByRole('button', { name: say('watch.look_yes') }).click();
      await expect(dialog).toContainText(say('watch.look_need_reason'));
      await dialog.getByLabel(say('look_reason.training')).check();
      await dialog.getByRole('button', { name: say('watch.look_yes') }).click();
      const look = supervisor.page.getByRole('article');
      await expect(look.locator('.bubble')).toHaveText(['我在楼顶', '我在，慢慢说']);
      await expect(look).toContainText(say('look_reason.training'));
      await student.write('风很大');
      await expect(look).toContainText('风很大');
      await counselor.page.getByRole('textbox', { name: '写给对方' }).pressSequentially('嗯');
      await expect(look).toContainText(say('watch.typing', { who: '小满' }));

      await look
        .getByRole('textbox', { name: say('watch.whisper_write', { counselor: '小满' }) })
        .fill('先问身边有没有人');
      await look.getByRole('button', { name: say('watch.whisper_send') }).click();
      await expect(look.locator('.whispers .fate.saved')).toBeVisible();
      await student.write('还在吗');
      await expect(look).toContainText('还在吗');
      await student.seesNot('先问身边有没有人');
      await student.page.reload();
      await student.sees('还在吗');
      await student.seesNot('先问身边有没有人');

      supervisor.cable.cut();
      await supervisor.sees(say('link.down'));
      await student.write('断线时说的');
      supervisor.cable.heal();
      await expect(look).toContainText('断线时说的');
      await expect(look.locator('.whispers li')).toHaveCount(1);
      await supervisor.button(new RegExp(`^${say('watch.look_leave')}: `)).click();
      await expect(look).toHaveCount(0);
    });

    test('a call for help rings until it is heeded, and leads straight into the talk', async ({
      newStudent,
      newCounselor,
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const student = await newStudent();
      const counselor = await newCounselor();
      const say = await watchIn(supervisor, lang);
      await supervisor.sees(say('watch.alarm_nobody'));
      await student.reachOut();
      await counselor.work();
      await counselor.accept();
      await student.write('救救我');
      await supervisor.region(say('watch.talks')).locator('tbody tr').waitFor();
      await counselor.button(/求助督导/).click();
      const alarm = supervisor.region(say('watch.alarms'));
      await expect(alarm).toContainText(say('watch.sos', { counselor: '小满' }));
      await expect(supervisor.page).toHaveTitle(/‼ 1/);
      await supervisor.page.reload();
      await expect(alarm).toContainText(say('watch.sos', { counselor: '小满' }));
      await supervisor.button(say('watch.sos_look')).click();
      await expect(supervisor.page.getByLabel(say('look_reason.sos'))).toBeChecked();
      await supervisor.button(say('watch.look_yes')).click();
      await expect(supervisor.page.getByRole('article')).toContainText('救救我');
      // Whoever looks has gone there: the alarm is heeded, and the talk says by whom.
      await expect(alarm).toHaveCount(0);
      await expect(supervisor.region(say('watch.talks'))).toContainText(
        say('watch.call_heeded', { by: '督导 青松' }),
      );
      await supervisor.page.reload();
      await supervisor.region(say('watch.talks')).waitFor();
      await expect(alarm).toHaveCount(0);
    });

    test('an order says what it does before it is given', async ({
      newStudent,
      newCounselor,
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const student = await newStudent();
      const counselor = await newCounselor();
      const say = await watchIn(supervisor, lang);
      await student.reachOut();
      await student.button('我现在有危险').click();
      await expect(supervisor.region(say('watch.queue')).locator('tbody')).toContainText(
        say('risk.imminent'),
      );
      const dialog = supervisor.page.getByRole('dialog');
      const line = supervisor.page.getByRole('row', {
        name: lang === 'en' ? /^12355 / : /^12355 青少年服务台/,
      });
      await line.getByRole('button', { name: new RegExp(`^${say('watch.outage')}`) }).click();
      await expect(dialog).toContainText(say('watch.outage_on_waiting', { waiting: 1 }));
      await expect(dialog).toContainText(say('watch.outage_on_danger', { danger: 1 }));
      await expect(dialog.getByRole('button', { name: say('watch.no') })).toBeFocused();
      await supervisor.page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);

      await counselor.work();
      await counselor.accept();
      await supervisor.button(`${say('watch.log_out')}: 小满`).click();
      await expect(dialog).toContainText(say('watch.log_out_told'));
      await dialog.getByRole('button', { name: say('watch.no') }).click();

      await supervisor.button(new RegExp(`^${say('watch.close')}: `)).click();
      await expect(dialog).toContainText(say('watch.close_seeker'));
      await expect(dialog).toContainText(say('watch.close_danger', { risk: say('risk.imminent') }));
      await dialog.getByRole('button', { name: say('watch.close') }).click();
      await student.sees(/督导结束了/);
      await expect(supervisor.region(say('watch.talks')).locator('tbody tr')).toHaveCount(0);
    });

    test('switchboard mode says what it needs, and is refused in words without it', async ({
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const say = await watchIn(supervisor, lang);
      const toggle = new RegExp(`^${say('watch.switchboard')}: `);
      await supervisor.button(toggle).first().click();
      const dialog = supervisor.page.getByRole('dialog');
      await expect(dialog).toContainText(say('watch.switchboard_on_seats'));
      await dialog.getByRole('button', { name: say('watch.switchboard') }).click();
      await supervisor.sees(say('no.no_triage_seat'));
      const notice = supervisor.page.locator('.notice');
      await notice.getByRole('button', { name: say('notice.dismiss') }).click();
      await expect(supervisor.page.getByText(say('no.no_triage_seat'))).toHaveCount(0);
    });

    test('each pick is explained, and found by contact or counselor', async ({
      newStudent,
      newCounselor,
      newSupervisor,
    }) => {
      const supervisor = await newSupervisor();
      const student = await newStudent();
      const counselor = await newCounselor();
      const say = await watchIn(supervisor, lang);
      await student.reachOut();
      await counselor.work();
      await counselor.accept();
      const picks = supervisor.region(say('watch.picks'));
      await picks.getByText(say('watch.pick_how')).click();
      await expect(picks).toContainText(say('watch.pick_next_none'));
      await expect(picks).toContainText(say.code('why_rule', 'risk_then_age'));
      const find = picks.getByRole('searchbox', { name: say('watch.picks_find') });
      await find.fill('小满');
      await expect(picks.locator('.picks > li')).toHaveCount(1);
      await find.fill('没有这个人');
      await expect(picks).toContainText(say('watch.filtered_none'));
      // The hour is fetched each half minute; a reload does not wait for it.
      await supervisor.page.reload();
      const hour = supervisor.region(say('hour.title'));
      await expect(hour.locator('canvas')).toHaveCount(3);
      await expect(hour).toContainText(lang === 'en' ? /1 arrived/ : /到来 1/);
    });
  });
}
