import pg from "pg";
import { SHOP } from "../../agent/shop.js";
import type { Hold, HoldingProxy } from "../../support/cluster/holdingProxy.js";
import { untilSeen } from "../../support/cluster/untilSeen.js";
import type { TestServer } from "../../support/postgresServer.js";

/** How a Pod is ended. */
export enum Way {
  /** Without a word: out of memory, or a node that lost its power. */
  Kill = "SIGKILL",
  /** `kubectl delete pod --grace-period=0 --force`: SIGTERM, and SIGKILL two seconds later. */
  Delete = "kubectl delete --force",
}

/** What holds runs where they are to be killed. */
export interface Holders {
  proxy: HoldingProxy;
  server: TestServer;
}

/** A phase of a run in which its Pod is killed. */
export interface KillPhase {
  name: string;
  /** What the run was about to do, or had just done. */
  when: string;
  ways: readonly Way[];
  databases: readonly string[];
  /** Makes the next run of this cluster wait there. */
  hold(holders: Holders, cluster: string, database: string): Promise<Hold> | Hold;
  /** What the run has left below `points/` by then. */
  left: readonly string[];
  /** Whether its manifest is there. */
  committed: boolean;
  /** Whether retention is configured, and there is a recovery point that it lets go. */
  prunes?: true;
}

/** Larger than the parts that may be in flight at the same time, three of 8 MiB each, so that the dump itself has to wait. */
export const LARGE = "large";
const BEGUN = ["begin.json"];
const ROLES = [...BEGUN, "globals.sql.zst"];
const ALL = [...ROLES, ...SHOP.map((name) => `${name}.dump.zst`)];
const KILLED = [Way.Kill];
const BOTH = [Way.Kill, Way.Delete];

/** The phases of a run, in their order (`docs/architecture.md`). Each is stopped from outside: by a lock on a table, or by a store that does not answer. */
export const KILL_PHASES: readonly KillPhase[] = [
  {
    name: "connect",
    when: "before it says that it began",
    ways: KILLED,
    databases: SHOP,
    hold: ({ proxy }, cluster) =>
      proxy.hold("before", ({ method, key }) => method === "PUT" && isBelow(key, cluster, "points") && key.endsWith("/begin.json")),
    left: [],
    committed: false,
  },
  {
    name: "freeze",
    when: "while it waits for the lock on a table",
    ways: BOTH,
    databases: [],
    hold: ({ server }, _cluster, database) => lockedTable(server, database),
    left: BEGUN,
    committed: false,
  },
  {
    name: "stream",
    when: "in the midst of an object of which one part is there",
    ways: BOTH,
    databases: [LARGE],
    hold: ({ proxy }, cluster) =>
      proxy.hold("before", ({ key, query }) => isBelow(key, cluster, "points") && Number(query.get("partNumber") ?? 0) > 1),
    left: ROLES,
    committed: false,
  },
  {
    name: "complete",
    when: "when a dump was read to its end and found good, before its object is there",
    ways: KILLED,
    databases: [LARGE],
    hold: ({ proxy }, cluster) =>
      proxy.hold("before", ({ method, key, query }) => method === "POST" && isBelow(key, cluster, "points") && query.has("uploadId")),
    left: ROLES,
    committed: false,
  },
  {
    name: "check",
    when: "when it compares with the recovery points before",
    ways: KILLED,
    databases: SHOP,
    hold: ({ proxy }, cluster) => proxy.hold("before", ({ query, key }) => query.has("list-type") && isBelow(key, cluster, "suspicious")),
    left: ALL,
    committed: false,
  },
  {
    name: "commit",
    when: "just before the manifest",
    ways: BOTH,
    databases: SHOP,
    hold: ({ proxy }, cluster) => proxy.hold("before", ({ method, key }) => method === "PUT" && isBelow(key, cluster, "manifests")),
    left: ALL,
    committed: false,
  },
  {
    name: "committed",
    when: "when the manifest is there and it does not know yet",
    ways: KILLED,
    databases: SHOP,
    hold: ({ proxy }, cluster) => proxy.hold("after", ({ method, key }) => method === "PUT" && isBelow(key, cluster, "manifests")),
    left: ALL,
    committed: true,
  },
  {
    name: "retention",
    when: "in the midst of the removal of an older recovery point",
    ways: KILLED,
    databases: SHOP,
    hold: ({ proxy }, cluster) => proxy.hold("before", ({ method, key }) => method === "DELETE" && isBelow(key, cluster, "points")),
    left: ALL,
    committed: true,
    prunes: true,
  },
];

function isBelow(key: string, cluster: string, folder: string): boolean {
  return key.includes(`/${cluster}/${folder}/`);
}

/** Nobody else gets at a table of this database; somebody who waits for it is there. */
async function lockedTable(server: TestServer, database: string): Promise<Hold> {
  const { host, port, user, password } = server.connection;
  const holder = new pg.Client({ host, port, user, password: password ?? "", database });
  await holder.connect();
  await holder.query("BEGIN; LOCK TABLE wanted IN ACCESS EXCLUSIVE MODE");
  const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'wanted'::regclass";
  const reached = untilSeen(`somebody who waits for a table of ${database}`, async () =>
    (await holder.query(waiting)).rowCount ? true : undefined,
  );
  return { reached: reached.then(() => undefined), release: async () => await holder.end() };
}
