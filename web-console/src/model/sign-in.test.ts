import { describe, expect, it } from 'vitest';
import { FakeClock } from '../wire/fake';
import { type Call, Problem } from '../wire/rest';
import { SignIn } from './sign-in';

const WHO = {
  account_id: 'a',
  username: 'demo1',
  alias: '小禾',
  role: 'counselor',
  permissions: [],
};

/** A house that answers in this order; an answer that is a Problem is thrown. */
function aHouse(...answers: unknown[]) {
  const asked: unknown[] = [];
  const call = (async (method: string, _path: string, body?: unknown) => {
    asked.push([method, body]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  }) as Call;
  return { asked, signIn: new SignIn(call, new FakeClock()) };
}

const STRANGER = new Problem('not_signed_in', 401);

async function atTheDoor(...answers: unknown[]) {
  const house = aHouse(STRANGER, ...answers);
  await house.signIn.check();
  return house;
}

describe('signing in', () => {
  it('finds a sign-in that still holds', async () => {
    const { signIn } = aHouse(WHO);
    await signIn.check();
    expect(signIn.state).toEqual({ at: 'in', who: WHO });
  });

  it('with the right words lets in', async () => {
    const { signIn, asked } = await atTheDoor(null, WHO);
    await signIn.enter('demo1', 'secret', '');
    expect(signIn.state.at).toBe('in');
    expect(asked[1]).toEqual(['POST', { username: 'demo1', password: 'secret' }]);
  });

  it('with wrong words says so', async () => {
    const { signIn } = await atTheDoor(new Problem('bad_credentials', 401));
    await signIn.enter('demo1', 'wrong', '');
    expect(signIn.state).toMatchObject({ at: 'out', trouble: 'bad_credentials', needsOtp: false });
  });

  it('asks for the second factor without blaming', async () => {
    const { signIn } = await atTheDoor(new Problem('otp_required', 401));
    await signIn.enter('super1', 'secret', '');
    expect(signIn.state).toMatchObject({ at: 'out', trouble: null, needsOtp: true });
  });

  it('knows until when it is locked', async () => {
    const { signIn } = await atTheDoor(new Problem('locked_out', 429, 60));
    await signIn.enter('demo1', 'wrong', '');
    expect(signIn.state).toMatchObject({ trouble: 'locked_out', locked_until: 1_060_000 });
  });

  it('survives a network that fails in the middle of a shift', async () => {
    const { signIn } = aHouse(WHO, new Problem('network', 0));
    await signIn.check();
    await signIn.check();
    expect(signIn.state.at).toBe('in');
  });

  it('ends when the house no longer knows us', async () => {
    const { signIn } = aHouse(WHO, STRANGER);
    await signIn.check();
    await signIn.check();
    expect(signIn.state).toMatchObject({ at: 'out', isExpired: true });
  });
});
