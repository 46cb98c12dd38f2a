import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Connection } from "@pgkeep/core";

export interface PairWritersOptions {
  /** Databases that must differ by no more than what is in flight. */
  databases: readonly string[];
  /** Concurrent writers, each with a connection per database. 8 unless said. */
  writers?: number;
  /** Commits per second over all databases at most; as many as the machine gives unless said. */
  commitsPerSecond?: number;
  /** Also TRUNCATE, rewrite, swap, make and drop tables beside them. */
  churn?: boolean;
}

export interface PairWritersCount {
  /** Commits of pairs so far, over all databases. */
  commits: number;
  /** Statements of churn done, and those that gave up on a lock and were tried again. */
  churned: number;
  refused: number;
}

/** A load that keeps an invariant over several databases. */
export interface PairWriters {
  count(): Promise<PairWritersCount>;
  /** Lets every writer finish its pair and ends the process. Throws what made a writer fail. */
  stop(): Promise<PairWritersCount>;
}

/** Tables that must exist in every database before the writers start. Quoted name and all: a lock list has to spell it right. */
export const pairSchema = `
  CREATE TABLE IF NOT EXISTS pair (writer int NOT NULL, n int NOT NULL);
  CREATE TABLE IF NOT EXISTS truncated (i int, generation int);
  CREATE TABLE IF NOT EXISTS rewritten (i int, generation int);
  CREATE TABLE IF NOT EXISTS swapped (i int, generation int);
  INSERT INTO truncated SELECT i, 0 FROM generate_series(1, 1000) i;
  INSERT INTO rewritten SELECT i, 0 FROM generate_series(1, 1000) i;
  INSERT INTO swapped SELECT i, 0 FROM generate_series(1, 1000) i;`;

/** Starts the writers in a process of their own, which ends with this one. */
export async function startPairWriters(connection: Connection, options: PairWritersOptions): Promise<PairWriters> {
  const { host, port, user, password } = connection;
  const child = fork(fileURLToPath(new URL("./pairWritersProcess.mts", import.meta.url)), { execArgv: [], stdio: "inherit" });
  const failed = new Promise<never>((_, reject) => {
    child.once("exit", (code, signal) => reject(new Error(`the pair writers ended with ${signal ?? code}`)));
    child.on("message", (message: { failed?: string }) => {
      if (message.failed !== undefined) reject(new Error(`a pair writer failed: ${message.failed}`));
    });
  });
  failed.catch(() => undefined);
  const answer = <T>(key: string, request: object): Promise<T> => Promise.race([failed, reply<T>(child, key, request)]);
  await answer("started", {
    start: {
      connection: { host, port, user, password },
      databases: options.databases,
      writers: options.writers ?? 8,
      commitsPerSecond: options.commitsPerSecond ?? Number.MAX_SAFE_INTEGER,
      churn: options.churn ?? false,
    },
  });
  return {
    count: () => answer<PairWritersCount>("count", { count: true }),
    stop: () => answer<PairWritersCount>("stopped", { stop: true }),
  };
}

function reply<T>(child: ChildProcess, key: string, request: object): Promise<T> {
  return new Promise((resolve) => {
    const listen = (message: Record<string, unknown>) => {
      if (!(key in message)) return;
      child.off("message", listen);
      resolve(message[key] as T);
    };
    child.on("message", listen);
    // When the process is gone its exit says why, through `failed`.
    if (child.connected) child.send(request);
  });
}

/** What one writer had committed in one database: n runs from 1 to `count` without a gap, or the state is not one that ever was. */
export interface WriterState {
  writer: number;
  count: number;
  highest: number;
}

/** Says in words where databases differ by more than the one pair that each writer may have in flight; empty when nowhere. */
export function pairViolations(states: ReadonlyMap<string, readonly WriterState[]>): string[] {
  const names = [...states.keys()];
  const gaps = names.flatMap((name) =>
    (states.get(name) ?? [])
      .filter((s) => s.count !== s.highest)
      .map((s) => `${name}: writer ${s.writer} has ${s.count} rows up to ${s.highest}`),
  );
  const writers = new Set([...states.values()].flat().map(({ writer }) => writer));
  const skews = [...writers].flatMap((writer) => {
    const counts = names.map((name) => (states.get(name) ?? []).find((s) => s.writer === writer)?.count ?? 0);
    // A pair is committed in the databases' order, so a later database is never ahead and the first is ahead by one at most.
    const fine = counts.every((count, i) => i === 0 || count <= (counts[i - 1] ?? 0)) && (counts[0] ?? 0) - (counts.at(-1) ?? 0) <= 1;
    return fine ? [] : [`writer ${writer}: ${names.map((name, i) => `${name} ${counts[i]}`).join(", ")}`];
  });
  return [...gaps, ...skews];
}
