import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";

/** Kubernetes' real API server with a real etcd, and nothing else: objects are checked, defaulted and kept, and no controller acts on them. */
export interface TestKubernetes {
  /** `https://127.0.0.1:…` */
  endpoint: string;
  /** Of a user who may do everything. */
  token: string;
  /** The same, with the server's certificate, as `kubectl` and Pulumi's provider read it. */
  kubeconfig: string;
  /** File with the key that service accounts' tokens are signed with. */
  serviceKey: string;
  /** What the server answers to a GET, with its HTTP status. */
  read(path: string): Promise<{ status: number; body: unknown }>;
  /** Changes fields of an object, as somebody with `kubectl edit` does. */
  edit(path: string, fields: object): Promise<void>;
  stop(): Promise<void>;
}

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingKubernetes(): string | undefined {
  const { PGKEEP_ETCD, PGKEEP_KUBE_APISERVER } = process.env;
  return PGKEEP_ETCD === undefined || PGKEEP_KUBE_APISERVER === undefined ? "etcd or kube-apiserver is not on this machine" : undefined;
}

export interface KubernetesOptions {
  /** Whether a controller manager will run, whose garbage collector a delete in the foreground then waits for. Default: none. */
  controllers?: boolean;
  /** The range of the addresses of Services. Default: 10.0.0.0/24, which nothing routes. */
  serviceRange?: string;
}

export async function startKubernetes(options: KubernetesOptions = {}): Promise<TestKubernetes> {
  const { PGKEEP_ETCD: etcd, PGKEEP_KUBE_APISERVER: apiServer } = process.env;
  if (etcd === undefined || apiServer === undefined) throw new Error(`${missingKubernetes()}. \`npm test\` builds them where it can.`);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-kubernetes-"));
  const servers: ServerProcess[] = [];
  const stop = async () => {
    for (const server of servers.reverse()) await server.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const store = await startEtcd(etcd, folder, servers);
    const token = randomBytes(16).toString("hex");
    const port = await freePort();
    const endpoint = `https://127.0.0.1:${port}`;
    const certificate = join(folder, "certificates", "apiserver.crt");
    const get = async (path: string) => await askJson(`${endpoint}${path}`, token, readFileSync(certificate, "utf8"));
    const edit = async (path: string, fields: object) => {
      const address = `${endpoint}${path}?fieldManager=kubectl-edit`;
      const { status, body } = await askJson(address, token, readFileSync(certificate, "utf8"), fields);
      if (status !== 200) throw new Error(`kube-apiserver: ${status} ${JSON.stringify(body)}`);
    };
    const ready = (path: string) =>
      get(path).then(
        ({ status }) => status === 200,
        () => false,
      );
    servers.push(
      await startServerProcess({
        program: apiServer,
        args: apiServerArguments(folder, store, port, token, options),
        logFile: join(folder, "kube-apiserver.log"),
        // The namespace `default` is made by the server itself, shortly after it is ready for requests.
        ready: async () => (await ready("/readyz")) && (await ready("/api/v1/namespaces/default")),
      }),
    );
    const serviceKey = join(folder, "service.key");
    return { endpoint, token, kubeconfig: kubeconfigOf(endpoint, token, certificate), serviceKey, read: get, edit, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEtcd(program: string, folder: string, servers: ServerProcess[]): Promise<string> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const addresses = ["--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer];
  const alone = ["--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`];
  servers.push(
    await startServerProcess({
      program,
      args: ["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--log-level", "warn", ...addresses, ...alone],
      logFile: join(folder, "etcd.log"),
      ready: () =>
        fetch(`${client}/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
    }),
  );
  return client;
}

function apiServerArguments(
  folder: string,
  store: string,
  port: number,
  token: string,
  { controllers = false, serviceRange = "10.0.0.0/24" }: KubernetesOptions,
): string[] {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const files = { "service.key": privateKey, "service.pub": publicKey, tokens: `${token},test,test,"system:masters"\n` };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  mkdirSync(join(folder, "certificates"));
  const service = ["--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", join(folder, "service.pub")];
  return [
    ...["--etcd-servers", store, "--bind-address", "127.0.0.1", "--secure-port", String(port), "--cert-dir", join(folder, "certificates")],
    ...["--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none", "--service-cluster-ip-range", serviceRange],
    ...["--token-auth-file", join(folder, "tokens"), "--authorization-mode", "Node,RBAC", "--allow-privileged"],
    ...[...service, "--service-account-signing-key-file", join(folder, "service.key")],
    `--enable-garbage-collector=${controllers}`,
    // The name of a test's node resolves nowhere.
    "--kubelet-preferred-address-types=InternalIP",
  ];
}

function kubeconfigOf(server: string, token: string, certificate: string): string {
  const cluster = { server, "certificate-authority-data": readFileSync(certificate).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}

function askJson(address: string, token: string, ca: string, merged?: object): Promise<{ status: number; body: unknown }> {
  const method = merged === undefined ? "GET" : "PATCH";
  const headers = { authorization: `Bearer ${token}`, ...(merged === undefined ? {} : { "content-type": "application/merge-patch+json" }) };
  return new Promise((resolve, reject) => {
    const asked = request(address, { method, ca, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text.startsWith("{") ? JSON.parse(text) : text }));
    });
    asked.on("error", reject);
    asked.end(merged === undefined ? undefined : JSON.stringify(merged));
  });
}
