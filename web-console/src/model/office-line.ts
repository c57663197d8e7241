/** A line as a form. Limits and judgement are the server's. */
import type { CrisisNumber } from '../protocol/lobby';
import type { OfficeCounselor, OfficeLine, OfficeSkill } from '../protocol/office';
import { type Fault, Faults, type Typed } from './office-fault';
import { checkWeek, hoursOf, type WeekDraft, weekOf } from './office-hours';
import { checkRung, checkSteps, emptyStep, type Rung, type StepDraft, stepOf } from './office-plan';

export interface LineDraft {
  code: string;
  name: string;
  name_en: string;
  owner: string;
  numbers: string[];
  greeting: string;
  greeting_en: string;
  crisis_numbers: CrisisNumber[];
  week: WeekDraft;
  steps: StepDraft[];
  last_rung: Rung;
  threshold_s: Typed;
  greeting_s: Typed;
  waiting_max: Typed;
  mixes_voice_and_chat: boolean;
  triage_seats: string[];
  saved_at: string | null;
}

export const LINE_MAX = {
  code: 20,
  name: 60,
  owner: 80,
  greeting: 500,
  numbers: 20,
  crisis_numbers: 8,
  threshold_s: 3_600,
  greeting_s: 600,
  waiting: 100_000,
  seats: 50,
} as const;

/** The numbers every line starts with. */
const CRISIS_NUMBERS: readonly CrisisNumber[] = [
  { number: '110', name: '报警，有人身危险时', name_en: 'Police, when somebody is in danger' },
  { number: '120', name: '急救', name_en: 'Ambulance' },
  { number: '12356', name: '全国心理援助热线', name_en: 'National psychological help line' },
];

export function newLine(): LineDraft {
  return {
    code: '',
    name: '',
    name_en: '',
    owner: '',
    numbers: [''],
    greeting: '',
    greeting_en: '',
    crisis_numbers: CRISIS_NUMBERS.map((number) => ({ ...number })),
    week: weekOf(null),
    steps: [emptyStep()],
    last_rung: { kind: '', line: '' },
    threshold_s: 15,
    greeting_s: 10,
    waiting_max: 1_000,
    mixes_voice_and_chat: false,
    triage_seats: [],
    saved_at: null,
  };
}

export function draftOfLine(line: OfficeLine): LineDraft {
  const { hours, last_rung, ...rest } = structuredClone(line);
  return {
    ...rest,
    week: weekOf(hours ?? null),
    steps: line.steps.map(stepOf),
    last_rung: { kind: last_rung.kind, line: last_rung.line ?? '' },
    saved_at: line.saved_at ?? null,
  };
}

/** What is sent. Only for a draft without faults. */
export function lineOf(draft: LineDraft): OfficeLine {
  const { week, last_rung, ...rest } = draft;
  const kind = last_rung.kind || 'full';
  return {
    ...rest,
    numbers: numbersOf(draft),
    hours: hoursOf(week),
    steps: draft.steps.map((step) => ({ ...step, widens_after_s: step.widens_after_s ?? 0 })),
    last_rung: kind === 'forward' ? { kind, line: last_rung.line } : { kind },
    threshold_s: draft.threshold_s ?? 0,
    greeting_s: draft.greeting_s ?? 0,
    waiting_max: draft.waiting_max ?? 0,
  };
}

/** Numbers as they are dialled; empty fields are none. */
const numbersOf = (draft: LineDraft) =>
  draft.numbers.map((number) => number.trim()).filter((number) => number !== '');

export interface LineWorld {
  lines: readonly OfficeLine[];
  skills: readonly OfficeSkill[];
  counselors: readonly OfficeCounselor[];
}

export function checkLine(draft: LineDraft, world: LineWorld): Fault[] {
  const faults = new Faults();
  if (!/^[a-z0-9-]{1,20}$/.test(draft.code)) faults.add('code', 'bad_code');
  else if (draft.saved_at === null && world.lines.some((line) => line.code === draft.code)) {
    faults.add('code', 'code_taken');
  }
  faults.name('name', draft.name, LINE_MAX.name);
  faults.name('name_en', draft.name_en, LINE_MAX.name);
  faults.name('owner', draft.owner, LINE_MAX.owner);
  checkNumbers(draft, world.lines, faults);
  faults.text('greeting', draft.greeting, LINE_MAX.greeting);
  faults.text('greeting_en', draft.greeting_en, LINE_MAX.greeting);
  checkCrisisNumbers(draft.crisis_numbers, faults);
  checkWeek(draft.week, faults);
  checkSteps(draft.steps, world.skills, faults);
  checkRung(draft.last_rung, draft.code, world.lines, faults);
  faults.number('threshold_s', draft.threshold_s, 0, LINE_MAX.threshold_s);
  faults.number('greeting_s', draft.greeting_s, 0, LINE_MAX.greeting_s);
  faults.number('waiting_max', draft.waiting_max, 1, LINE_MAX.waiting);
  checkSeats(draft.triage_seats, world.counselors, faults);
  return faults.list;
}

/** Who takes part no more sits nowhere; unknown while the list is not to be seen. */
function checkSeats(
  seats: readonly string[],
  counselors: readonly OfficeCounselor[],
  faults: Faults,
): void {
  faults.count('triage_seats', seats.length, 0, LINE_MAX.seats);
  const gone = counselors.filter((one) => one.removed && seats.includes(one.counselor_id));
  if (gone.length > 0) {
    faults.add('triage_seats', 'seat_gone', { names: gone.map((one) => one.alias).join(' ') });
  }
}

/** 2 to 20 digits, perhaps with `+` before and `-` between. */
const isNumber = (number: string) => /^(?=.*\d)\+?[\d-]{2,20}$/.test(number);

function checkNumbers(draft: LineDraft, lines: readonly OfficeLine[], faults: Faults): void {
  const numbers = draft.numbers.map((number) => number.trim());
  faults.count('numbers', numbersOf(draft).length, 0, LINE_MAX.numbers);
  const others = lines.filter((line) => line.code !== draft.code);
  for (const [place, number] of numbers.entries()) {
    const owner = others.find((line) => line.numbers.includes(number));
    if (number !== '' && !isNumber(number)) faults.add(`numbers.${place}`, 'bad_number');
    else if (number !== '' && owner) {
      faults.add(`numbers.${place}`, 'number_taken', { line: owner.name });
    }
  }
  faults.eachOnce('numbers', numbers);
}

function checkCrisisNumbers(numbers: readonly CrisisNumber[], faults: Faults): void {
  faults.count('crisis_numbers', numbers.length, 1, LINE_MAX.crisis_numbers);
  for (const [place, crisis] of numbers.entries()) {
    const field = `crisis_numbers.${place}`;
    if (!isNumber(crisis.number)) faults.add(`${field}.number`, 'bad_number');
    faults.name(`${field}.name`, crisis.name, LINE_MAX.name);
    faults.name(`${field}.name_en`, crisis.name_en, LINE_MAX.name);
  }
}
