import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import tls from "node:tls";
import { type Connection, SslMode } from "@pgkeep/core";
import type { TestServer } from "./postgresServer.js";
import { makeCertificates } from "./testCertificates.js";

/**
 * A stand-in for RDS's IAM database authentication, in front of a real PostgreSQL: it speaks TLS and asks in clear text for a password, as RDS does,
 * verifies the token's SigV4 signature, expiry, endpoint and user by itself, and only then lets the client through to the server. IAM's policies are
 * not evaluated. Roles that are not in `rds_iam` reach the server untouched and meet its own password check, as on RDS.
 */
export interface RdsIamStandIn {
  /** As the role `dumper`, by IAM database authentication; `signToken` is missing. */
  connection: Connection;
  environment: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string; AWS_SESSION_TOKEN: string };
  /** Signatures of the tokens that were let in. */
  readonly admitted: string[];
  /** Why tokens were refused. */
  readonly refused: string[];
  /** Its clock, as seconds after the machine's. */
  secondsAhead: number;
  stop(): Promise<void>;
}

const REGION = "eu-west-1";
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

/** What the server's pg_hba.conf begins with: whoever the stand-in let through comes from here. */
export const RDS_IAM_HBA = ["host all +rds_iam 127.0.0.1/32 trust"];

export async function startRdsIam(server: TestServer): Promise<RdsIamStandIn> {
  const certificates = makeCertificates("IP:127.0.0.1");
  const context = tls.createSecureContext({ cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) });
  const environment = {
    AWS_ACCESS_KEY_ID: "AKIDCANARY0000000001",
    AWS_SECRET_ACCESS_KEY: "canary-of-the-secret-access-key",
    AWS_SESSION_TOKEN: "canary-of-the-session-token",
  };
  const sockets = new Set<Socket>();
  const admitted: string[] = [];
  const refused: string[] = [];
  const upstream = () => connect({ host: server.connection.host, port: server.connection.port });
  const keep = <One extends Socket>(socket: One): One => {
    sockets.add(socket);
    return socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket)) as One;
  };
  const forward = (client: Socket, first: Buffer) => {
    const real = keep(upstream());
    real.write(first);
    client.pipe(real).pipe(client);
    client.on("close", () => real.destroy());
    real.on("close", () => client.destroy());
  };

  const serve = async (plain: Socket) => {
    const begin = await messageOf(plain, 4, 0);
    if (begin.readInt32BE(4) === CANCEL_REQUEST) return forward(plain, begin);
    if (begin.readInt32BE(4) !== SSL_REQUEST) return fail(plain, "28000", "no pg_hba.conf entry for this host, no encryption");
    plain.write("S");
    const client = keep(new tls.TLSSocket(plain, { isServer: true, secureContext: context }));
    const startup = await messageOf(client, 4, 0);
    const user = parametersOf(startup).get("user") ?? "";
    const byIam = await server.psql(
      `SELECT count(*) FROM pg_roles WHERE rolname = '${user.replaceAll("'", "''")}' AND pg_has_role(oid, 'rds_iam', 'MEMBER') AND NOT rolsuper`,
    );
    if (byIam !== "1") return forward(client, startup);
    client.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
    const answer = await messageOf(client, 5, 1);
    const token = answer.subarray(5, -1).toString();
    const reason = refusalOf(token, { user, port: standIn.connection.port, environment, now: Date.now() + standIn.secondsAhead * 1000 });
    if (reason !== undefined) {
      refused.push(reason);
      return fail(client, "28000", `PAM authentication failed for user "${user}"`);
    }
    admitted.push(new URLSearchParams(token.split("?")[1]).get("X-Amz-Signature") ?? "");
    forward(client, startup);
  };
  const listener = createServer((socket) => void serve(keep(socket)).catch(() => socket.destroy()));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const standIn: RdsIamStandIn = {
    connection: {
      ...without(server.connection, "password"),
      port: (listener.address() as { port: number }).port,
      user: "dumper",
      rdsIam: { region: REGION },
      sslMode: SslMode.VerifyFull,
      sslRootCertificate: certificates.authority,
    },
    environment,
    admitted,
    refused,
    secondsAhead: 0,
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => {
          certificates.remove();
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  return standIn;
}

function without<T extends object, K extends keyof T>({ ...copy }: T, name: K): Omit<T, K> {
  delete copy[name];
  return copy;
}

/** One whole message, whose length stands at `lengthAt` and does not count what comes before it. What follows stays in the socket. */
async function messageOf(socket: Socket, header: number, lengthAt: number): Promise<Buffer> {
  const take = async (bytes: number): Promise<Buffer> => {
    for (;;) {
      const piece = socket.read(bytes) as Buffer | null;
      if (piece !== null) return piece;
      if (socket.destroyed || socket.readableEnded) throw new Error("the client went away");
      await new Promise<void>((resolve) => {
        for (const event of ["readable", "end", "close"]) socket.once(event, resolve);
      });
    }
  };
  const head = await take(header);
  const rest = head.readInt32BE(lengthAt) + lengthAt - header;
  return rest === 0 ? head : Buffer.concat([head, await take(rest)]);
}

function parametersOf(startup: Buffer): Map<string, string> {
  const texts = startup.subarray(8).toString().split("\0");
  return new Map(texts.flatMap((name, i) => (i % 2 === 0 && name !== "" ? [[name, texts[i + 1] ?? ""]] : [])));
}

function fail(socket: Socket, state: string, message: string): void {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  socket.end(Buffer.concat([head, fields]));
}

interface Expected {
  user: string;
  port: number;
  environment: RdsIamStandIn["environment"];
  now: number;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html, written anew here so that signer and verifier share nothing. */
function refusalOf(token: string, { user, port, environment, now }: Expected): string | undefined {
  const [place, query = ""] = token.split("/?");
  const values = new URLSearchParams(query);
  const value = (name: string) => values.get(name) ?? "";
  const host = `127.0.0.1:${port}`;
  if (place !== host) return "it is for another endpoint";
  if (value("Action") !== "connect" || value("DBUser") !== user) return "it is for another user";
  const date = value("X-Amz-Date");
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const signedAt = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
  const seconds = Number(value("X-Amz-Expires"));
  if (!(seconds <= 900)) return "it asks for more than 15 minutes";
  if (!(now <= signedAt + seconds * 1000)) return "it has expired";
  if (!(now >= signedAt - 300_000)) return "it is of the future";
  const scope = `${date.slice(0, 8)}/${REGION}/rds-db/aws4_request`;
  if (value("X-Amz-Credential") !== `${environment.AWS_ACCESS_KEY_ID}/${scope}`) return "it is of another key, Region or service";
  if (value("X-Amz-Security-Token") !== environment.AWS_SESSION_TOKEN) return "it is of another session";
  const strict = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonicalQuery = [...values]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, text]) => `${strict(name)}=${strict(text)}`)
    .sort()
    .join("&");
  const request = ["GET", "/", canonicalQuery, `host:${host}`, "", "host", sha256("")].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(request)].join("\n");
  let key: string | Buffer = `AWS4${environment.AWS_SECRET_ACCESS_KEY}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(toSign).digest("hex") === value("X-Amz-Signature") ? undefined : "its signature is wrong";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
