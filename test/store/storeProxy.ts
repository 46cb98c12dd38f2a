import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request on its way. */
export type Fate =
  /** Passed on, and its answer back. */
  | "pass"
  /** Passed on; the server does it; the answer is lost. */
  | "lose-answer"
  /** Cut before the server sees it. */
  | "lose-request"
  /** The answer's body is cut after so many bytes. */
  | { cutAfter: number }
  /** Answered by the proxy, as a server would that is busy or refuses. */
  | Refusal;

export interface Refusal {
  status: number;
  code: string;
  headers?: Record<string, string>;
}

/** A proxy between a store and a real server that loses and cuts what a test says. */
export interface StoreProxy {
  readonly endpoint: string;
  /** Decides about each request, as it comes; `pass` unless set. */
  fate: (method: string, url: URL, headers: IncomingMessage["headers"]) => Fate;
  /** `METHOD path?query` of all requests so far. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/**
 * Passes create-only writes on one at a time, which makes a server's check and write one step, as AWS promises. versitygw 1.7 looks first
 * and writes later: of two writers in that gap both win.
 */
export async function startStoreProxy(target: string, words: keyof typeof REFUSALS = "xml"): Promise<StoreProxy> {
  const requests: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", target);
    requests.push(`${incoming.method} ${url.pathname}${url.search}`);
    const fate = proxy.fate(incoming.method ?? "", url, incoming.headers);
    if (fate === "lose-request") {
      incoming.socket.destroy();
    } else if (typeof fate === "object" && "status" in fate) {
      incoming.resume().once("end", () => refuse(outgoing, fate, words));
    } else if (incoming.headers["if-none-match"] !== undefined) {
      turn = turn.then(() => passOn(target, incoming, outgoing, fate));
    } else {
      void passOn(target, incoming, outgoing, fate);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: StoreProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fate: () => "pass",
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

/** Resolves once the answer is complete, or lost. */
function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse, fate: Fate): Promise<void> {
  return new Promise((resolve) => {
    const lose = () => {
      outgoing.destroy();
      resolve();
    };
    // The host stays the proxy's: it is signed. The proxy's own server has answered `Expect: 100-continue`.
    const { expect: _, ...headers } = incoming.headers;
    const upstream = request(target + (incoming.url ?? ""), { method: incoming.method, headers, agent: false }, (answer) => {
      if (fate === "lose-answer") {
        answer.resume().once("end", lose);
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      let left = typeof fate === "object" && "cutAfter" in fate ? fate.cutAfter : Number.POSITIVE_INFINITY;
      if (left === 0) setImmediate(() => outgoing.destroy());
      answer.on("data", (chunk: Buffer) => {
        if (left <= 0) return;
        const passed = chunk.subarray(0, left);
        left -= passed.length;
        const more = outgoing.write(passed, () => {
          if (left <= 0) outgoing.destroy();
        });
        if (!more && left > 0) {
          answer.pause();
          outgoing.once("drain", () => answer.resume());
        }
      });
      answer.once("end", () => {
        if (left > 0) outgoing.end();
      });
      answer.once("close", resolve);
    });
    upstream.once("error", lose);
    outgoing.once("close", () => upstream.destroy());
    incoming.pipe(upstream);
  });
}

/** How servers word a refusal: S3 and Azure in XML, Google in JSON. */
const REFUSALS = {
  xml: (code: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>said by the proxy</Message><RequestId>1</RequestId></Error>`,
  json: (reason: string) => JSON.stringify({ error: { message: "said by the proxy", errors: [{ reason, message: "said by the proxy" }] } }),
};

function refuse(outgoing: ServerResponse, { status, code, headers }: Refusal, words: keyof typeof REFUSALS): void {
  outgoing.writeHead(status, { "content-type": `application/${words}`, "x-ms-error-code": code, ...headers });
  outgoing.end(REFUSALS[words](code));
}
