import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "@pgkeep/core";

/** One request that tells somebody something. */
export interface Delivery {
  method: "GET" | "POST";
  url: URL;
  headers?: Record<string, string>;
  body?: string;
}

export interface DeliveryLimits {
  /** For all tries together, in milliseconds. */
  timeout: number;
  /** No further try begins once it is aborted; the one under way goes on. */
  signal?: AbortSignal;
}

/** What became of it. `reason` names no part of the address but hosts. */
export type Answer = { delivered: true; status: number } | { delivered: false; reason: string };

const TRIES = 3;
const FIRST_PAUSE_MILLISECONDS = 300;

/**
 * Sends a request until it is taken, at most three times. Redirects are not followed: a token would go to whoever the first host names. Never
 * throws.
 */
export async function deliver(delivery: Delivery, { timeout, signal }: DeliveryLimits): Promise<Answer> {
  const end = performance.now() + timeout;
  for (let attempt = 1; ; attempt += 1) {
    const left = end - performance.now();
    const { answer, worthAnother } = await send(delivery, Math.max(1, Math.min(left, timeout / TRIES)));
    const pause = FIRST_PAUSE_MILLISECONDS * attempt ** 2;
    if (answer.delivered || !worthAnother || attempt === TRIES || end - performance.now() <= pause) return answer;
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
    if (signal?.aborted) return answer;
  }
}

interface Attempt {
  answer: Answer;
  worthAnother: boolean;
}

async function send({ method, url, headers, body }: Delivery, milliseconds: number): Promise<Attempt> {
  const failed = (reason: string, worthAnother: boolean): Attempt => ({ answer: { delivered: false, reason }, worthAnother });
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(Math.ceil(milliseconds)),
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    if (ok) return { answer: { delivered: true, status }, worthAnother: false };
    if (status >= 300 && status < 400) return failed(redirectReason(status, response.headers.get("location"), url), false);
    return failed(`it answered ${status}`, status >= 500 || status === 408 || status === 429);
  } catch (error) {
    return failed(failureReason(error, milliseconds), true);
  }
}

function redirectReason(status: number, location: string | null, from: URL): string {
  const to = location !== null && URL.canParse(location, from.href) ? ` to ${new URL(location, from).host}` : "";
  return `it answered ${status} and would have us go on${to}; redirects are not followed, so name the final address`;
}

/** fetch's own messages may repeat an address, so only codes are taken from them. */
function failureReason(error: unknown, milliseconds: number): string {
  if ((error as Error).name === "TimeoutError") return `it did not answer within ${formatDuration(milliseconds)}`;
  const code = codeOf((error as Error).cause);
  if (code === undefined) return "the request failed";
  return REASONS[code] ?? (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code) ? `its certificate is not trusted, or TLS failed (${code})` : code);
}

/** Where several addresses of a host were tried, the cause holds one error of each. */
function codeOf(cause: unknown): string | undefined {
  const { code, errors } = (cause ?? {}) as { code?: unknown; errors?: unknown[] };
  if (typeof code === "string") return code;
  return errors?.map(codeOf).find((found) => found !== undefined);
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "it refused the connection",
  ECONNRESET: "it cut the connection",
  UND_ERR_SOCKET: "it cut the connection",
  ENOTFOUND: "no such host is known",
  EAI_AGAIN: "the name server did not answer",
  EHOSTUNREACH: "no route leads there",
  ENETUNREACH: "no route leads there",
  EPROTO: "it does not speak TLS as we do (EPROTO)",
};
