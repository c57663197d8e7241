import { describe, expect, it, vi } from 'vitest';
import { Problem, restAt } from './rest';

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  return vi.fn(
    async () => new Response(body === null ? null : JSON.stringify(body), { status, headers }),
  );
}

describe('a call over HTTP', () => {
  it('marks itself as ours when it changes something', async () => {
    const fetcher = answering(204, null);
    await restAt('http://here', 'console', fetcher)('DELETE', '/api/v1/session');
    const [url, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe('http://here/api/v1/session');
    expect(init.headers).toMatchObject({ 'X-Requested-With': 'xinqiao' });
  });

  it('of a seeker is a simple one, so that a school’s page may make it', async () => {
    const fetcher = answering(201, {});
    await restAt('http://here', 'seeker', fetcher)('POST', '/api/v1/contacts', {});
    const [, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit];
    expect(init.headers).not.toHaveProperty('X-Requested-With');
    expect(init.headers).not.toHaveProperty('Authorization');
    expect(init.credentials).toBe('omit');
  });

  it('proves with the token whose contact it is about', async () => {
    const fetcher = answering(204, null);
    await restAt('', 'seeker', fetcher)('POST', '/rating', { score: 5 }, 't1');
    const [, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit];
    expect(init.headers).toMatchObject({ Authorization: 'Bearer t1' });
  });

  it.each([
    [answering(401, { code: 'otp_required' }), 'otp_required', null],
    [answering(429, { code: 'rate_limited' }, { 'Retry-After': '7' }), 'rate_limited', 7],
    [answering(429, { code: 'locked_out', retry_after: 60 }), 'locked_out', 60],
    [answering(502, 'a proxy'), 'http_502', null],
    [vi.fn(async () => Promise.reject(new TypeError('offline'))), 'network', null],
  ])('says what went wrong by a stable code (%#)', async (fetcher, code, wait_s) => {
    const answer = restAt('', 'console', fetcher as typeof fetch)('GET', '/');
    const problem = await answer.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code, retry_after_s: wait_s });
  });
});
