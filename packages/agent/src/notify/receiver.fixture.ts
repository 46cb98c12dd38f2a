import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as a receiver got it. */
export interface Received {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver answers: with a status, perhaps a header, or never. */
export type Answering = { status: number; location?: string } | "hang" | "cut";

/** Somebody who is told things, on loopback. */
export interface Receiver {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly received: Received[];
  /** Answers of the next requests; 200 when there is none left. */
  readonly answers: Answering[];
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Answering[] = [];
  const server = createServer(async (request, response) => {
    received.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: await text(request) });
    const answer = answers.shift() ?? { status: 200 };
    if (answer === "hang") return;
    if (answer === "cut") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end("OK");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    received,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
