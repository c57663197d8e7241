import { describe, expect, it } from 'vitest';
import type { OfficeCounselor, OfficeLine } from '../protocol/office';
import { checkLine, draftOfLine, type LineDraft, lineOf, newLine } from './office-line';

const LINE: OfficeLine = {
  code: '12355',
  name: '青少年服务台',
  name_en: 'Youth Service',
  owner: '团市委',
  numbers: ['12355'],
  greeting: '有人在听',
  greeting_en: 'Somebody listens',
  crisis_numbers: [{ number: '110', name: '报警', name_en: 'Police' }],
  hours: [{ from_minute: 480, to_minute: 1260 }],
  steps: [
    {
      skills: [{ skill: 'teens', at_least: 3 }],
      widens_after_s: 20,
      fixed: false,
      stored_step: null,
    },
    { skills: null, widens_after_s: 40, fixed: true, stored_step: 1 },
  ],
  last_rung: { kind: 'forward', line: '966525' },
  threshold_s: 15,
  greeting_s: 10,
  waiting_max: 100,
  mixes_voice_and_chat: false,
  triage_seats: [],
  saved_at: '2026-11-24T00:00:00.000Z',
};
const WORLD = {
  lines: [LINE, { ...LINE, code: '966525', name: '心理热线', numbers: ['966525'] }],
  skills: [{ skill_id: 1, code: 'teens', name: '青少年', name_en: 'Teens' }],
  counselors: [],
};
function faultsAfter(change: (draft: LineDraft) => void) {
  const draft = draftOfLine(LINE);
  change(draft);
  return checkLine(draft, WORLD).map(({ field, code }) => `${field} ${code}`);
}

describe('a line as a form', () => {
  it('comes back as it was, a fixed step too', () => {
    expect(lineOf(draftOfLine(LINE))).toEqual(LINE);
    expect(checkLine(draftOfLine(LINE), WORLD)).toEqual([]);
  });

  it('sends no empty number', () => {
    const draft = draftOfLine(LINE);
    draft.numbers.push(' ');
    expect(lineOf(draft).numbers).toEqual(['12355']);
    expect(checkLine(draft, WORLD)).toEqual([]);
  });

  it('that is new says everything that is missing, the last rung too', () => {
    const fields = checkLine(newLine(), WORLD).map(({ field }) => field);
    expect(fields).toEqual([
      'code',
      'name',
      'name_en',
      'owner',
      'greeting',
      'greeting_en',
      'last_rung.kind',
    ]);
  });
});

describe('nonsense is found at its field', () => {
  it.each<[string, (draft: LineDraft) => void]>([
    [
      'name too_long',
      (draft) => {
        draft.name = '热'.repeat(61);
      },
    ],
    [
      'owner one_line',
      (draft) => {
        draft.owner = '甲\n乙';
      },
    ],
    [
      'numbers.0 bad_number',
      (draft) => {
        draft.numbers = ['一二三五五'];
      },
    ],
    [
      'numbers.0 number_taken',
      (draft) => {
        draft.numbers = ['966525'];
      },
    ],
    [
      'numbers.1 repeated',
      (draft) => {
        draft.numbers = ['12355', '12355'];
      },
    ],
    [
      'crisis_numbers none',
      (draft) => {
        draft.crisis_numbers = [];
      },
    ],
    [
      'crisis_numbers.0.name required',
      (draft) => {
        draft.crisis_numbers = [{ number: '110', name: '', name_en: 'Police' }];
      },
    ],
    [
      'steps none',
      (draft) => {
        draft.steps = [];
      },
    ],
    [
      'steps.0.widens_after_s out_of_range',
      (draft) => {
        draft.steps = [
          { ...draft.steps[1], skills: [], widens_after_s: 0 } as LineDraft['steps'][0],
        ];
      },
    ],
    [
      'last_rung.line other_line',
      (draft) => {
        draft.last_rung = { kind: 'forward', line: '12355' };
      },
    ],
    [
      'threshold_s number_needed',
      (draft) => {
        draft.threshold_s = null;
      },
    ],
    [
      'waiting_max not_whole',
      (draft) => {
        draft.waiting_max = 1.5;
      },
    ],
    [
      'week never_open',
      (draft) => {
        draft.week = { isAlways: false, days: [[]] };
      },
    ],
  ])('%s', (fault, change) => expect(faultsAfter(change)).toEqual([fault]));

  it('in a triage seat of somebody who takes part no more', () => {
    const gone = { counselor_id: 'c', alias: '走了', removed: true } as OfficeCounselor;
    const draft = { ...draftOfLine(LINE), triage_seats: ['c'] };
    expect(checkLine(draft, { ...WORLD, counselors: [gone] })).toMatchObject([
      { field: 'triage_seats', code: 'seat_gone', values: { names: '走了' } },
    ]);
  });

  it('in the skills of a step', () => {
    const skills = [
      { skill: 'gone', at_least: 3 },
      { skill: '', at_least: 6 },
      { skill: 'teens', at_least: 1 },
      { skill: 'teens', at_least: 2 },
    ];
    const found = faultsAfter((draft) => {
      draft.steps = [{ skills, widens_after_s: 20, fixed: false, stored_step: null }];
    });
    expect(found.sort()).toEqual([
      'steps.0.skills.0.skill no_such_skill',
      'steps.0.skills.1.at_least out_of_range',
      'steps.0.skills.1.skill choose_skill',
      'steps.0.skills.3.skill repeated',
    ]);
  });
});
