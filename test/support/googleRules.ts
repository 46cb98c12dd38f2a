import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { crc32c, crc32cText } from "../../packages/agent/src/store/crc32c.js";

/** What Google promises and fake-gcs-server 1.52.3 does not do, in front of it. */
export interface GoogleRules {
  readonly endpoint: string;
  /** Names of the objects whose uploads were begun and neither completed nor cancelled. */
  openUploads(): string[];
  stop(): Promise<void>;
}

interface Session {
  name: string;
  bucket: string;
  createOnly: boolean;
  arrived: number;
  checksum: number;
}

interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/**
 * fake-gcs-server differs from Google in what a store's writes stand on. Each is mended here, by the words of Google's documentation, and everything
 * else is passed on as it is:
 * - A resumable upload knows no precondition: it overwrites. Here one that is create-only is refused at its beginning and again at its end.
 * - It takes the question how far an upload came (`bytes * of *`) for its end, and appends whatever comes, wherever it says that it belongs.
 * - It goes on with an upload that was cancelled, and completes one whose X-Goog-Hash is another than the bytes'.
 * - A listing has one page only.
 * - A copy onto a name knows no precondition, and a DELETE removes the version in sight, whichever is meant: other ones are refused here.
 * It knows no soft delete, retention or holds: what the store makes of those is tested by answers written down from the documentation.
 */
export async function startGoogleRules(target: string): Promise<GoogleRules> {
  const sessions = new Map<string, Session>();
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", target);
    const isRead = incoming.method === "GET" && !/\/o$/.test(url.pathname);
    if (isRead) {
      stream(target, incoming, outgoing);
      return;
    }
    void buffer(incoming)
      .then((body) => {
        // One at a time, so that looking and writing are one step.
        const answering = turn.then(() => answer(target, sessions, incoming, url, body));
        turn = answering.catch(() => undefined);
        return answering;
      })
      .then(({ status, headers, body }) => outgoing.writeHead(status, { ...headers, "content-length": body.length }).end(body))
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openUploads: () => [...sessions.values()].map(({ name }) => name),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(target: string, sessions: Map<string, Session>, incoming: IncomingMessage, url: URL, body: Buffer): Promise<Answer> {
  const { method = "GET" } = incoming;
  const query = url.searchParams;
  const bucket = /\/b\/([^/]+)\/o/.exec(url.pathname)?.[1] ?? "";
  const createOnly = query.get("ifGenerationMatch") === "0";
  const pass = (path = `${url.pathname}${url.search}`) => forward(target, method, path, incoming.headers, body);
  const id = query.get("upload_id");
  if (id !== null)
    return await goOn(sessions, id, method, incoming, body, () => exists(target, bucket, sessions.get(id)?.name ?? ""), pass);
  if (query.get("uploadType") === "resumable") {
    const { name } = JSON.parse(body.toString()) as { name: string };
    if (createOnly && (await exists(target, bucket, name))) return refusal(412, "conditionNotMet", "At least one precondition failed.");
    const begun = await pass();
    const location = new URL(String(begun.headers.location ?? target));
    const session = location.searchParams.get("upload_id");
    if (session !== null) sessions.set(session, { name, bucket, createOnly, arrived: 0, checksum: 0 });
    return { ...begun, headers: { ...begun.headers, location: `http://${incoming.headers.host}${location.pathname}${location.search}` } };
  }
  if (method === "GET") return await listPage(url, pass);
  const copied = /\/o\/([^/]+)\/rewriteTo\//.exec(url.pathname)?.[1];
  if (copied !== undefined && createOnly && (await exists(target, bucket, decodeURIComponent(copied)))) {
    return refusal(412, "conditionNotMet", "At least one precondition failed.");
  }
  if (method === "DELETE" && query.has("generation")) {
    const live = await forward(target, "GET", url.pathname, {}, Buffer.alloc(0));
    const { generation } = live.status === 200 ? (JSON.parse(live.body.toString()) as { generation?: string }) : {};
    if (generation !== query.get("generation")) return refusal(501, "notImplemented", "fake-gcs-server removes the version in sight only");
  }
  return await pass();
}

/** The next request of an upload: a chunk, the question how far it came, or its end before its time. */
async function goOn(
  sessions: Map<string, Session>,
  id: string,
  method: string,
  { headers }: IncomingMessage,
  body: Buffer,
  isTaken: () => Promise<boolean>,
  pass: () => Promise<Answer>,
): Promise<Answer> {
  const session = sessions.get(id);
  if (!session) return refusal(404, "notFound", "Not Found");
  if (method === "DELETE") {
    sessions.delete(id);
    return refusal(499, "", "");
  }
  const [, range = "", total = ""] = /^bytes ([^/]+)\/(.+)$/.exec(String(headers["content-range"] ?? "")) ?? [];
  const sofar = (): Answer => ({
    status: 308,
    headers: session.arrived === 0 ? {} : { range: `bytes=0-${session.arrived - 1}` },
    body: Buffer.alloc(0),
  });
  if (range === "*" && total !== String(session.arrived)) return sofar();
  if (range !== "*" && Number(range.split("-")[0]) !== session.arrived) return sofar();
  const isLast = total !== "*";
  const checksum = crc32c(body, session.checksum);
  const expected = /crc32c=([^,]+)/.exec(String(headers["x-goog-hash"] ?? ""))?.[1];
  if (isLast && expected !== undefined && expected !== crc32cText(checksum)) {
    return refusal(400, "invalid", `Provided CRC32C "${expected}" doesn't match calculated CRC32C "${crc32cText(checksum)}".`);
  }
  if (isLast && session.createOnly && (await isTaken())) return refusal(412, "conditionNotMet", "At least one precondition failed.");
  const answered = await pass();
  if (answered.status === 308 || answered.status === 200) {
    session.arrived += body.length;
    session.checksum = checksum;
  }
  if (answered.status === 200) sessions.delete(id);
  return answered.status === 308 ? sofar() : answered;
}

async function listPage(url: URL, pass: (path: string) => Promise<Answer>): Promise<Answer> {
  const query = new URLSearchParams(url.searchParams);
  const most = Number(query.get("maxResults") ?? "1000");
  const from = query.get("pageToken");
  if (from !== null) query.set("startOffset", from);
  query.set("maxResults", String(most + 1));
  query.delete("pageToken");
  query.delete("fields");
  const listed = await pass(`${url.pathname}?${query}`);
  if (listed.status !== 200) return listed;
  const page = JSON.parse(listed.body.toString()) as { items?: { name: string }[] };
  const next = page.items?.[most]?.name;
  const cut = { ...page, items: page.items?.slice(0, most), ...(next === undefined ? {} : { nextPageToken: next }) };
  return {
    status: 200,
    headers: { "content-type": "application/json", date: listed.headers.date },
    body: Buffer.from(JSON.stringify(cut)),
  };
}

async function exists(target: string, bucket: string, name: string): Promise<boolean> {
  return (await forward(target, "GET", `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`, {}, Buffer.alloc(0))).status === 200;
}

function refusal(status: number, reason: string, message: string): Answer {
  const body = Buffer.from(JSON.stringify({ error: { code: status, message, errors: [{ domain: "global", reason, message }] } }));
  return { status, headers: { "content-type": "application/json", date: new Date().toUTCString() }, body };
}

function forward(target: string, method: string, path: string, headers: OutgoingHttpHeaders, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, "transfer-encoding": ___, ...rest } = headers;
    const outgoing = request(target + path, { method, headers: { ...rest, "content-length": body.length }, agent: false }, (answered) => {
      buffer(answered).then((content) => {
        const { "content-length": _length, "transfer-encoding": _encoding, connection: _connection, ...answers } = answered.headers;
        resolve({ status: answered.statusCode ?? 500, headers: answers, body: content });
      }, reject);
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

function stream(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { host: _, ...headers } = incoming.headers;
  const upstream = request(target + (incoming.url ?? ""), { method: "GET", headers, agent: false }, (answered) => {
    outgoing.writeHead(answered.statusCode ?? 500, answered.headers);
    answered.pipe(outgoing);
  });
  upstream.once("error", () => outgoing.destroy());
  outgoing.once("close", () => upstream.destroy());
  upstream.end();
}
