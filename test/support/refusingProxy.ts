import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What is answered in the server's place, as services of AWS with the query protocol write it. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

export interface RefusingProxy {
  endpoint: string;
  close(): Promise<void>;
}

/** Stands before a server that speaks AWS's query protocol (form fields in, XML out), and refuses some of its calls. */
export async function startRefusingProxy(
  endpoint: string,
  refusalOf: (call: URLSearchParams) => Refusal | undefined,
): Promise<RefusingProxy> {
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const refusal = refusalOf(new URLSearchParams(body));
      if (refusal !== undefined) {
        const { status, code, message } = refusal;
        const type = status < 500 ? "Sender" : "Receiver";
        outgoing.writeHead(status, { "content-type": "text/xml" });
        outgoing.end(
          `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
        );
        return;
      }
      const passed = request(endpoint + (incoming.url ?? "/"), { method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk as string;
  return text;
}
