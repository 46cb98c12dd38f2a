import {
  type AgentConfig,
  type Check,
  lifecycleExpiry,
  type Manifest,
  overallVerdict,
  type RetentionPlan,
  retentionRules,
  type StoreLayout,
} from "@pgkeep/core";
import { readHistory, type SizedRecoveryPoint } from "../manifest/history.js";
import { provenAt } from "../manifest/readDrills.js";
import { readManifestIfAny } from "../manifest/readManifest.js";
import { isEnforcedByLifecycle } from "../retention/enforcedBy.js";
import { surveyRetention } from "../retention/surveyRetention.js";
import { missingObjects } from "../runbook/collectRunbook.js";
import { publicToolsSection } from "../runbook/publicToolsSection.js";
import type { Store } from "../store/Store.js";
import { agentVersion } from "../version.js";
import { REPORT_VERSION, type Report, type ReportedDrill } from "./Report.js";
import { readDrillResult } from "./readDrillResult.js";
import { reportedAccess, reportedManifest, reportedObjectives, reportedPoint } from "./reportedFacts.js";

export interface ReportSource {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  now?: Date;
}

/** More drills than this are not read for a history: each is a document of its own. */
const MOST_DRILLS = 50;
/** More recovery points than this are not listed, and no plot could show them. */
const MOST_POINTS = 400;

/** What all reports hold, seen at one moment. */
export class ReportFacts {
  readonly notes: string[] = [];
  private constructor(
    readonly source: ReportSource,
    readonly now: Date,
    readonly points: readonly SizedRecoveryPoint[],
  ) {}

  static async read(source: ReportSource): Promise<ReportFacts> {
    const { recoveryPoints } = await readHistory(source.store, source.layout);
    return new ReportFacts(source, source.now ?? new Date(), recoveryPoints);
  }

  /** The newest good recovery point that was committed up to a moment, and that is not being removed. */
  newest(until: Date, proven: boolean): SizedRecoveryPoint | undefined {
    return this.points.findLast((point) => {
      const wasProven = provenAt(point.drills.filter(({ at }) => at <= until)) !== null;
      return point.good && !point.removing && point.slot <= until && (!proven || wasProven);
    });
  }

  /** When a drill of a good recovery point passed last. */
  #lastProof(until: Date): Date | null {
    const passed = this.points.filter(({ good }) => good).flatMap(({ drills }) => provenAt(drills.filter(({ at }) => at <= until)) ?? []);
    return passed.reduce<Date | null>((last, at) => (last !== null && last > at ? last : at), null);
  }

  /** What the policy means for what there is now. */
  async #retention(): Promise<RetentionPlan | null> {
    const { config, store, layout } = this.source;
    if (config.retention === undefined || isEnforcedByLifecycle(config)) return null;
    return (await surveyRetention({ config, policy: config.retention, store, layout, now: this.now })).plan;
  }

  async manifest(id: string): Promise<Manifest | undefined> {
    const { config, store, layout } = this.source;
    return await readManifestIfAny(store, layout, id, config.signing?.publicKeys ?? []);
  }

  /** Drills that ended between two moments, oldest first. */
  async drills(from: Date, to: Date): Promise<ReportedDrill[]> {
    const all = this.points.flatMap(({ drills }) => drills).filter(({ at }) => at >= from && at <= to);
    const outcomes = all.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    const read = outcomes.slice(-MOST_DRILLS);
    if (read.length < outcomes.length)
      this.notes.push(`${outcomes.length - read.length} older drills are not shown; the newest ${MOST_DRILLS} are`);
    const results: ReportedDrill[] = [];
    for (const outcome of read) {
      const { id, endedAt, verdict, restoreMilliseconds } = await readDrillResult(this.source.store, outcome);
      results.push({ id, endedAt, verdict, restoreMilliseconds: restoreMilliseconds > 0 ? restoreMilliseconds : null });
    }
    return results;
  }

  pointsBetween(from: Date, to: Date): SizedRecoveryPoint[] {
    const all = this.points.filter(({ slot }) => slot >= from && slot <= to);
    if (all.length > MOST_POINTS)
      this.notes.push(`${all.length - MOST_POINTS} older recovery points are not shown; the newest ${MOST_POINTS} are`);
    return all.slice(-MOST_POINTS);
  }

  /** The report, once its own part is known. `at` is the moment that objectives are held against. */
  async complete(
    own: Pick<Report, "kind" | "drill" | "month" | "drills" | "recoveryPoints">,
    manifest: Manifest | undefined,
    at: Date,
    checks: (report: Omit<Report, "checks" | "verdict">) => Check[],
  ): Promise<Report> {
    const { config, store, layout } = this.source;
    const missing = manifest ? await missingObjects({ store, layout, manifest }) : [];
    const [newest, newestProven] = [this.newest(at, false), this.newest(at, true)].map((point) => (point ? reportedPoint(point) : null));
    const report = {
      formatVersion: REPORT_VERSION,
      cluster: config.cluster,
      store: store.description,
      writtenAt: this.now.toISOString(),
      agentVersion,
      ...own,
      manifest: manifest ? reportedManifest(manifest, config.signing?.publicKeys ?? [], missing) : null,
      newest: newest ?? null,
      newestProven: newestProven ?? null,
      retention: await this.#retention(),
      expiry: config.retention && isEnforcedByLifecycle(config) ? lifecycleExpiry(retentionRules(config.retention)) : null,
      objectives: reportedObjectives(config, at, newest ?? null, this.#lastProof(at)),
      access: reportedAccess(config),
      restore: manifest ? publicToolsSection(config, manifest) : null,
      notes: this.notes,
    } satisfies Omit<Report, "checks" | "verdict">;
    const all = checks(report);
    return { ...report, checks: all, verdict: overallVerdict(all) };
  }
}
