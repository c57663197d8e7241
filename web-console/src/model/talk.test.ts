import { describe, expect, it } from 'vitest';
import {
  ack,
  BLOCK_ENTRIES,
  blocksOf,
  forgiveGap,
  hasGap,
  hear,
  refuse,
  replayTo,
  silence,
  type Talk,
  unsent,
  write,
} from './talk';

/**
 * One letter a step. `1`–`9`: the counselor's message of that number arrives;
 * `a`–`d`: the seeker writes; `A`–`D`: its ack with the next free number.
 */
function play(steps: string, from: Talk = silence): Talk {
  let talk = from;
  for (const step of steps) {
    const at = '2026-01-01T00:00:00.000Z';
    if (step >= '1' && step <= '9') {
      talk = hear(talk, { seq: Number(step), from: 'counselor', text: step, at });
    } else if (step >= 'a') talk = write(talk, 'seeker', step, step);
    else talk = ack(talk, { client_id: step.toLowerCase(), seq: talk.high + 1, at });
  }
  return talk;
}

const shown = (talk: Talk) =>
  talk.entries.map((entry) => (entry.fate === 'saved' ? entry.text : `(${entry.text})`)).join('');

describe('a talk on one screen', () => {
  it.each([
    ['shows what arrives in order', '123', '123'],
    ['drops a message told twice', '1122', '12'],
    ['puts a late message where it belongs', '132', '123'],
    ['keeps what waits for its ack at the end', '1a2b', '12(a)(b)'],
    ['moves what is saved to its place', '1aA3', '1a3'],
    ['acks out of order and keeps the order of numbers', 'abBA', 'ba'],
    ['takes an ack told twice once', 'aAA', 'a'],
  ])('%s', (_, steps, expected) => {
    expect(shown(play(steps))).toBe(expected);
  });

  it('knows a hole from the end of the talk', () => {
    expect(hasGap(play('12'))).toBe(false);
    expect(hasGap(play('13'))).toBe(true);
    expect(hasGap(play('132'))).toBe(false);
    expect(play('124').low).toBe(2);
  });

  it('knows that something is missing when the welcome says more than it has', () => {
    expect(hasGap(replayTo(play('12'), 4))).toBe(true);
  });

  it('trusts a replay: what it leaves out was never there', () => {
    const talk = play('26', replayTo(silence, 6));
    expect(hasGap(talk)).toBe(false);
    expect(talk.low).toBe(6);
  });

  it('can let a hole be when asking again brought nothing', () => {
    expect(hasGap(forgiveGap(play('13')))).toBe(false);
  });

  it('shows an own message once when the resume tells it back before its ack', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const told = hear(play('a'), { seq: 1, from: 'seeker', text: 'a', at, client_id: 'a' });
    expect(shown(told)).toBe('a');
    expect(shown(ack(told, { client_id: 'a', seq: 1, at }))).toBe('a');
    expect(unsent(told)).toEqual([]);
  });

  it('does not send again what was refused', () => {
    const talk = refuse(play('ab'), 'a', 'text_too_long');
    expect(unsent(talk).map((entry) => entry.key)).toEqual(['b']);
  });
});

it('stands in blocks of which a new line changes the last alone', () => {
  let talk = silence;
  const say = (seq: number) => {
    talk = hear(talk, { seq, from: 'seeker', text: `${seq}`, at: '2026-01-01T00:00:00.000Z' });
  };
  for (let seq = 1; seq <= BLOCK_ENTRIES + 1; seq += 1) say(seq);
  const before = blocksOf(talk.entries);
  say(BLOCK_ENTRIES + 2);
  const after = blocksOf(talk.entries);
  expect(after.map((block) => block.length)).toEqual([BLOCK_ENTRIES, 2]);
  expect(after[0]).toEqual(before[0]);
  expect(after.flat()).toEqual(talk.entries);
});
