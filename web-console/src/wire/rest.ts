/** Calls over HTTP. What went wrong is always a `Problem` with a stable code. */

/** `network` when nothing was answered at all; else the server's own code. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    /** When the server said how long to wait. */
    readonly retry_after_s: number | null = null,
    /** The rest of the answer: `faults` of a form, the `current` edition. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call; the answer's JSON, or null when it has none. */
export type Call = <Answer>(
  method: Method,
  path: string,
  body?: unknown,
  token?: string,
) => Promise<Answer>;

/** A call that takes longer than this has failed, as far as a person is concerned. */
const CALL_MS = 15_000;

/**
 * Calls to the server at `origin`. A console's calls carry its cookie and a header that no
 * foreign form can send; a seeker's carry neither, and so may come from a school's page.
 */
export function restAt(
  origin: string,
  caller: 'console' | 'seeker',
  fetcher: typeof fetch = fetch.bind(globalThis),
): Call {
  return async <Answer>(method: Method, path: string, body?: unknown, token?: string) => {
    const init = request(caller, method, body, token);
    const response = await ask(fetcher, origin + path, init);
    if (!response.ok) throw await problemOf(response);
    return (response.status === 204 ? null : await response.json()) as Answer;
  };
}

function request(
  caller: 'console' | 'seeker',
  method: Method,
  body: unknown,
  token: string | undefined,
): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET' && caller === 'console') headers['X-Requested-With'] = 'xinqiao';
  if (token) headers['Authorization'] = `Bearer ${token}`;
  // A seeker has no cookie; one that a counselor left in the same browser stays out of it.
  const credentials = caller === 'seeker' ? 'omit' : 'same-origin';
  const init: RequestInit = { method, headers, cache: 'no-store', credentials };
  if (body === undefined) return init;
  headers['Content-Type'] = 'application/json';
  return { ...init, body: JSON.stringify(body) };
}

/** Said while the page is going away: the browser carries it after us, and nobody hears the answer. */
export function sayGoodbye(url: string, token: string): void {
  const headers = { Authorization: `Bearer ${token}` };
  const init: RequestInit = { method: 'POST', headers, keepalive: true, credentials: 'omit' };
  fetch(url, init).catch(() => {});
}

async function ask(fetcher: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), CALL_MS);
  try {
    return await fetcher(url, { ...init, signal: abort.signal });
  } catch {
    throw new Problem('network', 0);
  } finally {
    clearTimeout(timer);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const code = typeof body['code'] === 'string' ? body['code'] : `http_${response.status}`;
  const wait_s = Number(body['retry_after'] ?? response.headers.get('Retry-After') ?? Number.NaN);
  return new Problem(code, response.status, Number.isFinite(wait_s) ? wait_s : null, body);
}
