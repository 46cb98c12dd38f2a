import { hostname } from "node:os";
import { ExitCode, formatRecoveryPointId, ProblemError, type StoreLayout } from "@pgkeep/core";
import { assertClocksAgree, type ClockReading } from "../backup/clocks.js";
import { runIdentity } from "../configuration/runIdentity.js";
import { readHistory } from "../manifest/history.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import type { Store } from "../store/Store.js";
import { agentVersion } from "../version.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { ExaminedServer } from "./Examination.js";

/** That the store can be reached and listed. `found` gets the size of the newest recovery point, undefined where there is none. */
export function checkStore(store: Store, layout: StoreLayout, found: (newestBytes: number | undefined) => void): Promise<Diagnosis> {
  return diagnose("store", async () => {
    const { recoveryPoints, leftovers } = await readHistory(store, layout);
    found(recoveryPoints.at(-1)?.bytes);
    const points = recoveryPoints.length === 1 ? "1 recovery point" : `${recoveryPoints.length} recovery points`;
    return [`${store.description}: ${points}, ${leftovers.length} leftovers of runs that did not commit`];
  });
}

/**
 * That the store takes a new object, gives it back as it was and refuses to overwrite it. The record stays, under a key of its own below
 * `doctor/`: a writer may not delete, and only a new object shows that one can be written. Retention removes it.
 */
export function checkStoreWrites(store: Store, key: string): Promise<Diagnosis> {
  return diagnose("store writes", async () => {
    const record = { purpose: "pgkeep doctor wrote this to see that it can", at: new Date().toISOString(), host: hostname(), agentVersion };
    const text = `${JSON.stringify(record)}\n`;
    await store.putDocument(key, text);
    if ((await store.readDocument(key)) !== text) {
      throw new ProblemError(ExitCode.InputOutput, {
        where: `${store.description} ${key}`,
        reason: "what was just written does not read back as it was",
        next: "use another store; this one cannot be trusted",
      });
    }
    await assertCreateOnly(store, key);
    return [`a record was written, read back and not overwritten; it stays as ${key}`];
  });
}

/** A key that no other run of the doctor uses. */
export function doctorKey(layout: StoreLayout): string {
  return layout.doctor(formatRecoveryPointId(runIdentity({})));
}

/** That agent, server and store agree about the time, as far as they could be asked. */
export function checkClocks(store: Store | undefined, key: string, server: ExaminedServer | undefined): Promise<Diagnosis> {
  return diagnose("clocks", async () => {
    const readings: ClockReading[] = [];
    if (server) readings.push({ owner: "the PostgreSQL server", shown: server.server.clock, agent: server.readAt });
    if (store) readings.push({ owner: "the store", shown: await store.clock(key.slice(0, key.lastIndexOf("/") + 1)), agent: new Date() });
    assertClocksAgree(readings);
    const asked = readings.map(({ owner, shown, agent }) => {
      const seconds = Math.abs(shown.getTime() - agent.getTime()) / 1000;
      return `${owner} differs from this machine by ${seconds.toFixed(1)} s`;
    });
    if (readings.length === 2) return asked;
    const missing = server ? "the store" : store ? "the PostgreSQL server" : "the PostgreSQL server and the store";
    throw new ProblemError(ExitCode.CouldNotVerify, {
      where: "clocks",
      reason: `${missing} could not be asked for the time${asked.length > 0 ? `; ${asked.join(", ")}` : ""}`,
      next: "mend what the other checks found",
    });
  });
}
