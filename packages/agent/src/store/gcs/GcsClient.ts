import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { patientAgent } from "../patientAgent.js";
import { GcsRefusal, refusalOf } from "./GcsRefusal.js";

export const GCS_ENDPOINT = "https://storage.googleapis.com";

/** Tries of one request, with growing pauses: up to half a minute, enough for a server that restarts. */
const TRIES = 8;

export interface GcsRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query, or the whole address of an upload. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: Buffer | string;
  signal?: AbortSignal;
}

export interface GcsAnswer {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

/** Headers that say who asks. */
export type Authorize = () => Promise<Record<string, string>>;

/**
 * Requests to Google Cloud Storage, or to what speaks its JSON interface. Not @google-cloud/storage: its upload streams retry behind one's back and keep
 * what they sent in memory, cannot tell a lost answer from a refusal, and give no word on whether an aborted upload was cancelled;
 * its part that is needed here, the credentials, is a library of its own, google-auth-library.
 */
export class GcsClient {
  readonly #endpoint: URL;
  readonly #authorize: Authorize;
  readonly #agent: Agent;
  readonly tries: number;
  /** The Date header of the latest answer. */
  serverDate: Date | undefined;

  constructor(endpoint: string, authorize: Authorize, tries = TRIES) {
    this.#endpoint = new URL(endpoint);
    this.#authorize = authorize;
    this.#agent = patientAgent(this.#endpoint.protocol);
    this.tries = tries;
  }

  /** Sends a request until it is answered, trying again where the server is busy or away for a moment. Throws GcsRefusal when it refuses. */
  async send(request: GcsRequest): Promise<GcsAnswer> {
    return await this.#repeatedly(request, async () => await this.once(request));
  }

  /** As `send`, and leaves the answer's body to the caller. */
  async open(request: GcsRequest): Promise<IncomingMessage> {
    return await this.#repeatedly(request, async () => {
      const answer = await this.#exchange(request);
      if ((answer.statusCode ?? 0) < 300) return answer;
      throw refusalOf(answer.statusCode ?? 0, await text(answer));
    });
  }

  /** One try. 308 is an answer, with which an upload says that it wants more. */
  async once(request: GcsRequest): Promise<GcsAnswer> {
    const answer = await this.#exchange(request);
    const body = await text(answer);
    const status = answer.statusCode ?? 0;
    if (status < 300 || status === 308) return { status, headers: answer.headers, text: body };
    throw refusalOf(status, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #repeatedly<Result>({ signal }: GcsRequest, attempt: () => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error) || signal?.aborted || tried >= this.tries) throw error;
        await sleep(pauseBefore(tried + 1), undefined, { signal });
      }
    }
  }

  async #exchange({ method, path, headers = {}, body, signal }: GcsRequest): Promise<IncomingMessage> {
    const url = new URL(path, this.#endpoint);
    const authorization = await this.#authorize();
    const send = url.protocol === "https:" ? tlsRequest : plainRequest;
    return await new Promise((resolve, reject) => {
      const outgoing = send(
        url,
        {
          method,
          agent: this.#agent,
          headers: { ...authorization, ...headers, "content-length": body === undefined ? 0 : Buffer.byteLength(body) },
          ...(signal ? { signal } : {}),
        },
        (answer) => {
          if (answer.headers.date !== undefined) this.serverDate = new Date(answer.headers.date);
          resolve(answer);
        },
      );
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  }
}

/** How long to wait before a try, in milliseconds. */
export function pauseBefore(attempt: number): number {
  return Math.min(100 * 2 ** (attempt - 1), 10_000) * (0.5 + Math.random() / 2);
}

/** Whether the next try may go better: no answer, or one that says that the server is busy or failing. */
export function isPassing(error: unknown): boolean {
  if (error instanceof GcsRefusal) return error.status === 408 || error.status === 429 || error.status >= 500;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE|HPE_)/.test(code);
}
