import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestServer } from "./postgresServer.js";

/**
 * A front of moto's RDS, which has instances and no servers: an instance's endpoint becomes a real PostgreSQL of this machine, which takes the master
 * password that ModifyDBInstance sets, a moment later, as RDS does. Everything else is moto's own answer.
 */
export interface RdsFront {
  readonly endpoint: string;
  /** Every ModifyDBInstance that came, by its parameters. */
  readonly modified: URLSearchParams[];
  stop(): Promise<void>;
}

export async function startRdsFront(moto: string, server: TestServer, takesMilliseconds = 1500): Promise<RdsFront> {
  const modified: URLSearchParams[] = [];
  const { endpoint, stop } = await listen(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const answer = await passOn(moto, incoming, body);
    const parameters = new URLSearchParams(body.toString());
    if (parameters.get("Action") === "ModifyDBInstance") modified.push(parameters);
    const password = parameters.get("MasterUserPassword");
    if (parameters.get("Action") === "ModifyDBInstance" && password !== null && answer.status === 200) {
      void sleep(takesMilliseconds).then(() => server.psql(`ALTER ROLE ${server.connection.user} PASSWORD '${password}'`));
    }
    const { host, port } = server.connection;
    const shown = answer.body
      .replace(/<Address>[^<]*<\/Address>/g, `<Address>${host}</Address>`)
      .replace(/<Endpoint>(.*?)<Port>\d+<\/Port>/gs, `<Endpoint>$1<Port>${port}</Port>`);
    outgoing.writeHead(answer.status, { "content-type": answer.type }).end(shown);
  });
  return { endpoint, modified, stop };
}

/**
 * A stand-in for the two operations of AWS Backup that a validation uses, which moto has not got, by their reference:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutRestoreValidationResult.html and API_DescribeRestoreJob.html. Signatures are not
 * checked. A result that stands is not changed.
 */
export interface BackupStandIn {
  readonly endpoint: string;
  readonly results: Map<string, { ValidationStatus: string; ValidationStatusMessage?: string }>;
  /** `METHOD path` of all requests. */
  readonly requests: string[];
  /** What becomes of the next puts, in their order; done unless said. */
  readonly fates: ("busy" | "lose-answer" | "forbidden")[];
  stop(): Promise<void>;
}

export async function startBackupStandIn(): Promise<BackupStandIn> {
  const results: BackupStandIn["results"] = new Map();
  const requests: string[] = [];
  const fates: BackupStandIn["fates"] = [];
  const { endpoint, stop } = await listen(async (incoming, outgoing) => {
    const body = await text(incoming);
    requests.push(`${incoming.method} ${incoming.url}`);
    const refuse = (status: number, code: string, message: string) =>
      outgoing.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": code }).end(JSON.stringify({ message }));
    const [, job = "", part] = /^\/restore-jobs\/([^/]+)(\/validations)?$/.exec(incoming.url ?? "") ?? [];
    if (job === "") return refuse(404, "ResourceNotFoundException", "no such operation here");
    if (incoming.method === "GET" && part === undefined) {
      return outgoing
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ RestoreJobId: job, ...results.get(job) }));
    }
    if (incoming.method !== "PUT" || part === undefined) return refuse(400, "InvalidRequestException", "no such operation here");
    const fate = fates.shift();
    if (fate === "busy") return refuse(500, "ServiceUnavailableException", "try again");
    if (fate === "forbidden") return refuse(403, "AccessDeniedException", "not authorized to perform backup:PutRestoreValidationResult");
    if (results.has(job)) return refuse(400, "InvalidRequestException", "Validation status is already set");
    results.set(job, JSON.parse(body));
    if (fate === "lose-answer") return incoming.socket.destroy();
    return outgoing.writeHead(204).end();
  });
  return { endpoint, results, requests, fates, stop };
}

async function listen(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown,
): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    Promise.resolve(answer(incoming, outgoing)).catch((error: Error) => outgoing.writeHead(500).end(error.message));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function passOn(target: string, incoming: IncomingMessage, body: Buffer): Promise<{ status: number; type: string; body: string }> {
  return await new Promise((resolve, reject) => {
    const { host: _host, ...headers } = incoming.headers;
    const outgoing = request(new URL(incoming.url ?? "/", target), { method: incoming.method, headers }, (answer) => {
      text(answer).then(
        (whole) => resolve({ status: answer.statusCode ?? 500, type: answer.headers["content-type"] ?? "text/xml", body: whole }),
        reject,
      );
    });
    outgoing.once("error", reject).end(body);
  });
}
