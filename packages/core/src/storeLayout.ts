import { formatTimeName } from "./timeName.js";
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
  /** Prefix of the results of physical drills, which are of no recovery point, with a trailing slash. Below `drills`: whoever may write there may write these. */
  physicalDrills: string;
  /** The result of one physical drill, named as that of a drill. */
  physicalDrill(time: Date, verdict: Verdict): string;
  /** Prefix of what the anomaly gate found, with a trailing slash. Written before the manifest, so that no listing misses it. */
  suspicions: string;
  suspicion(id: string): string;
  /** Prefix of the records by which somebody accepted a suspicious recovery point, with a trailing slash. */
  acceptances: string;
  acceptance(id: string): string;
  /** Prefix of all pins, with a trailing slash. The newest name below a recovery point's own prefix decides: a listing alone tells. */
  pins: string;
  /** A pin made at a time; `until` null is for ever. */
  pin(id: string, at: Date, until: Date | null): string;
  unpin(id: string, at: Date): string;
  /** Prefix of the records of removals, with a trailing slash. The newest name below a recovery point's own prefix decides; none is left when it is done. */
  tombstones: string;
  /** Prefix of the records of one removal, with a trailing slash. */
  tombstonesOf(id: string): string;
  /** A removal began. */
  removalBegan(id: string, at: Date): string;
  /** It was given up before anything was removed. */
  removalGivenUp(id: string, at: Date): string;
  /** The store refused it before anything was removed, until then; null where it did not say. */
  removalRefused(id: string, at: Date, until: Date | null): string;
  /** Prefix of the marks of running restores, drills and copies, with a trailing slash. */
  inUse: string;
  /** Prefix of the marks of one recovery point, with a trailing slash. */
  inUseOf(id: string): string;
  /** One use of a recovery point lives until then, unless a later name says longer. `use` is eight characters of a-z0-9. */
  inUseUntil(id: string, use: string, until: Date): string;
  inUseEnded(id: string, use: string): string;
  /** Prefix of the audit trail, with a trailing slash. Names sort by time. */
  audit: string;
  /** One record of the audit trail; `unique` keeps two of one millisecond apart. */
  auditRecord(at: Date, action: string, result: string, unique: string): string;
  /**
   * How far a restore of `--once` came. Below `audit`: whoever may leave a record there may leave this, and it is not removed with its recovery point.
   */
  restoreStep(name: string, step: "begun" | "changing" | "done"): string;
  /** Prefix of what schedules keep, with a trailing slash. */
  schedule: string;
  /** The record that one run of `pgkeep doctor` leaves, which proves that it could write. */
  doctor(run: string): string;
}

/** The layout of one cluster, for example `syntho/manifests/20261121T020000Z-4f9k2m1x.json`. */
export function storeLayout(cluster: string): StoreLayout {
  const drillsOf = (id: string) => `${cluster}/drills/${id}/`;
  const tombstonesOf = (id: string) => `${cluster}/tombstones/${id}/`;
  const inUseOf = (id: string) => `${cluster}/in-use/${id}/`;
  return {
    manifests: `${cluster}/manifests/`,
    manifest: (id) => `${cluster}/manifests/${id}.json`,
    points: `${cluster}/points/`,
    attempt: (id, attempt) => `${cluster}/points/${id}/${attempt}/`,
    drills: `${cluster}/drills/`,
    drillsOf,
    drill: (id, time, verdict) => `${drillsOf(id)}${formatTimeName(time)}-${verdict}.json`,
    physicalDrills: `${cluster}/drills/physical/`,
    physicalDrill: (time, verdict) => `${cluster}/drills/physical/${formatTimeName(time)}-${verdict}.json`,
    suspicions: `${cluster}/suspicious/`,
    suspicion: (id) => `${cluster}/suspicious/${id}.json`,
    acceptances: `${cluster}/accepted/`,
    acceptance: (id) => `${cluster}/accepted/${id}.json`,
    pins: `${cluster}/pins/`,
    pin: (id, at, until) =>
      `${cluster}/pins/${id}/${formatTimeName(at)}-${until === null ? "forever" : `until-${formatTimeName(until)}`}.json`,
    unpin: (id, at) => `${cluster}/pins/${id}/${formatTimeName(at)}-unpinned.json`,
    tombstones: `${cluster}/tombstones/`,
    tombstonesOf,
    removalBegan: (id, at) => `${tombstonesOf(id)}${formatTimeName(at)}-began.json`,
    removalGivenUp: (id, at) => `${tombstonesOf(id)}${formatTimeName(at)}-given-up.json`,
    removalRefused: (id, at, until) =>
      `${tombstonesOf(id)}${formatTimeName(at)}-${until === null ? "refused" : `refused-until-${formatTimeName(until)}`}.json`,
    inUse: `${cluster}/in-use/`,
    inUseOf,
    inUseUntil: (id, use, until) => `${inUseOf(id)}${use}-until-${formatTimeName(until)}.json`,
    inUseEnded: (id, use) => `${inUseOf(id)}${use}-ended.json`,
    audit: `${cluster}/audit/`,
    auditRecord: (at, action, result, unique) => `${cluster}/audit/${formatTimeName(at)}-${action}-${result}-${unique}.json`,
    restoreStep: (name, step) => `${cluster}/audit/restores/${name}/${step}.json`,
    schedule: `${cluster}/schedule/`,
    doctor: (run) => `${cluster}/doctor/${run}.json`,
  };
}

/** Object name of one database inside an attempt. Percent-encoded, so that any database name is one safe path segment. */
export function databaseObjectName(database: string, encrypted: boolean): string {
  return `${encodeURIComponent(database).replace(/[.!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}.dump.zst${encrypted ? ".age" : ""}`;
}
