import type { Verdict } from "./verdict.js";

/** Where the parts of a cluster's recovery points live below the store's prefix. One listing of `manifests/` tells the whole history. */
export interface StoreLayout {
  /** Prefix of all manifests, with a trailing slash. */
  manifests: string;
  /** The manifest of a recovery point; its existence is what makes the recovery point exist. */
  manifest(id: string): string;
  /** Prefix of everything written by all attempts at recovery points, with a trailing slash. Only this is ever tiered. */
  points: string;
  /** Prefix of what one attempt wrote, with a trailing slash. */
  attempt(id: string, attempt: string): string;
  /** Prefix of all drill results, with a trailing slash. */
  drills: string;
  /** Prefix of the results of drills of one recovery point, with a trailing slash. */
  drillsOf(id: string): string;
  /** The result of one drill, named to the millisecond: two drills of one recovery point may well end within one second. */
  drill(id: string, time: Date, verdict: Verdict): string;
  /** The record that one run of `pgkeep doctor` leaves, which proves that it could write. */
  doctor(run: string): string;
}

/** The layout of one cluster, for example `syntho/manifests/20261121T020000Z-4f9k2m1x.json`. */
export function storeLayout(cluster: string): StoreLayout {
  const drillsOf = (id: string) => `${cluster}/drills/${id}/`;
  return {
    manifests: `${cluster}/manifests/`,
    manifest: (id) => `${cluster}/manifests/${id}.json`,
    points: `${cluster}/points/`,
    attempt: (id, attempt) => `${cluster}/points/${id}/${attempt}/`,
    drills: `${cluster}/drills/`,
    drillsOf,
    drill: (id, time, verdict) => `${drillsOf(id)}${time.toISOString().replace(/[-:]/g, "")}-${verdict}.json`,
    doctor: (run) => `${cluster}/doctor/${run}.json`,
  };
}

/** Object name of one database inside an attempt. Percent-encoded, so that any database name is one safe path segment. */
export function databaseObjectName(database: string, encrypted: boolean): string {
  return `${encodeURIComponent(database).replace(/[.!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}.dump.zst${encrypted ? ".age" : ""}`;
}
