import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer as the documentation of a service gives it. */
export interface WrittenAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * A server that gives answers written down from a service's documentation, for what no server at hand does: locks of Google and Azure, versions of Azure,
 * what was deleted softly. It shows what a store asks and what it makes of the answers, not that the service enforces anything.
 */
export async function startWrittenAnswers(answer: (request: string) => WrittenAnswer) {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const request = `${incoming.method} ${decodeURIComponent(incoming.url ?? "")}`;
    requests.push(request);
    const { status, headers = {}, body = "" } = answer(request);
    incoming.resume().once("end", () => outgoing.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
