import { expect, test } from './fixtures/test';

/** The whole visit without a mouse: Tab, Shift+Tab, Enter, Space and Esc alone. */
const WORDS = {
  'zh-CN': {
    start: '开始聊天',
    waiting: '正在为你找咨询员',
    ground: '看看身边',
    begin: '开始',
    next: '找到了，下一步',
    field: '写下想说的话',
    more: '更多',
    ask: '给我六个字',
    words: '你的六个字',
    end: '结束聊天',
    stay: '再聊一会儿',
    yes: '结束',
    over: '聊天结束了',
    rate: '有一些',
    thanks: '谢谢你告诉我们。',
  },
  en: {
    start: 'Start chatting',
    waiting: 'Finding you a counselor',
    ground: 'Look around',
    begin: 'Begin',
    next: 'Found them, next',
    field: 'Write what you want to say',
    more: 'More',
    ask: 'Give me six words',
    words: 'Your six words',
    end: 'End chat',
    stay: 'Keep talking',
    yes: 'End',
    over: 'The chat is over',
    rate: 'Somewhat',
    thanks: 'Thank you for telling us.',
  },
};

for (const [lang, say] of Object.entries(WORDS)) {
  test(`a student’s whole visit by keyboard alone, in ${lang}`, async ({
    newStudent,
    newCounselor,
  }) => {
    const student = await newStudent();
    const counselor = await newCounselor();
    const { page } = student;
    const { keyboard } = page;
    const focused = () =>
      page.evaluate(() => {
        const el = document.activeElement;
        return (
          el?.getAttribute('aria-label') ?? (el as HTMLInputElement)?.placeholder ?? el?.textContent
        );
      });
    /** Tabs on until it stands on what is called so; says if that never comes. */
    const tabTo = async (name: string, key = 'Tab') => {
      for (let count = 0; count < 30; count += 1) {
        await keyboard.press(key);
        const here =
          (await focused()) || (await page.evaluate(() => document.activeElement?.textContent));
        if (here === name) return;
      }
      throw new Error(`no way to ${name}`);
    };
    await page.route('**/return-phrase', (route) =>
      route.fulfill({ status: 201, json: { return_phrase: 'a b c d e f' } }),
    );
    await page.route('**/rating', (route) => route.fulfill({ status: 204 }));
    await page.goto(`${student.cable.url}/chat/12355?lang=${lang}`);
    await expect(student.button(say.start)).toBeVisible();
    await tabTo(say.start);
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: say.waiting })).toBeFocused();
    await tabTo(say.ground);
    await keyboard.press('Enter');
    await tabTo(say.begin);
    await keyboard.press('Space');
    await expect(student.button(say.next)).toBeFocused();
    await counselor.work();
    await counselor.accept();
    await tabTo(say.field);
    await keyboard.type('hello');
    await keyboard.press('Enter');
    await counselor.sees('hello');
    await tabTo(say.more, 'Shift+Tab');
    await keyboard.press('Enter');
    await tabTo(say.ask);
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: say.words })).toBeFocused();
    await keyboard.press('Escape');
    await expect(student.button(say.more)).toBeFocused();
    await page.waitForTimeout(1_100);
    await tabTo(say.end);
    await keyboard.press('Enter');
    await expect(student.button(say.stay)).toBeFocused();
    await tabTo(say.yes, 'Shift+Tab');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: say.over })).toBeFocused();
    await tabTo(say.rate);
    await keyboard.press('Enter');
    await student.sees(say.thanks);
    await keyboard.press('Escape');
    await keyboard.press('Escape');
    await expect(page).toHaveURL(/\/quiet\.html$/);
  });
}
