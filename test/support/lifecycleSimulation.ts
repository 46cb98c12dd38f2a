import type { LifecycleRule } from "@pgkeep/core";

const DAY = 86_400_000;

/** One version of an object in the simulation. */
interface SimulatedVersion {
  key: string;
  tags: Readonly<Record<string, string>>;
  createdAt: number;
  /** When a delete marker was put before it; undefined while it is in sight. */
  hiddenAt: number | undefined;
  /** What S3 has found due and will do, and when. */
  doom: { at: number; what: "hide" | "remove" } | undefined;
}

/** How late S3 carries out what is due, in days from 0 to 2: of which object is known by its key. */
export type Lateness = (key: string) => number;

/**
 * A SIMULATION of a versioned bucket's lifecycle, no S3: no server at hand runs one. Written from the documentation, without pgkeep's own functions for days:
 * - days count from an object's creation, and end at the next midnight of UTC; of an object uploaded in parts the creation is the begin of its upload
 *   (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html);
 * - rules run once a day at midnight of UTC, and what is due happens some time after that;
 * - of several rules that apply the shorter one wins;
 * - in a bucket with versions `Expiration` only puts a delete marker before the object; `NoncurrentVersionExpiration` removes the version.
 */
export class LifecycleSimulation {
  readonly #rules: readonly LifecycleRule[];
  readonly #lateness: Lateness;
  readonly #versions = new Map<string, SimulatedVersion>();

  constructor(rules: readonly LifecycleRule[], lateness: Lateness) {
    this.#rules = rules;
    this.#lateness = lateness;
  }

  /** Create-only, as every write of pgkeep. */
  put(key: string, tags: Readonly<Record<string, string>>, createdAt: Date): void {
    if (this.#versions.has(key)) throw new Error(`${key} is written twice`);
    this.#versions.set(key, { key, tags, createdAt: createdAt.getTime(), hiddenAt: undefined, doom: undefined });
  }

  /** What is in sight. */
  has(key: string): boolean {
    const version = this.#versions.get(key);
    return version !== undefined && version.hiddenAt === undefined;
  }

  /** Versions that take room, hidden ones included. */
  get stored(): number {
    return this.#versions.size;
  }

  /** Runs the rules at a midnight of UTC. */
  runRules(midnight: Date): void {
    const now = midnight.getTime();
    if (now % DAY !== 0) throw new Error("the rules run at midnight of UTC");
    for (const version of this.#versions.values()) {
      if (version.doom !== undefined) continue;
      const rules = this.#rules.filter((rule) => applies(rule, version));
      const days = rules.flatMap((rule) => {
        const own = version.hiddenAt === undefined ? rule.expirationDays : rule.noncurrentDays;
        return own === undefined ? [] : [own];
      });
      const since = version.hiddenAt ?? version.createdAt;
      const due = nextMidnight(since + Math.min(...days) * DAY);
      if (days.length === 0 || due > now) continue;
      const at = now + this.#lateness(version.key) * DAY;
      version.doom = { at, what: version.hiddenAt === undefined ? "hide" : "remove" };
    }
  }

  /** Does what S3 has found due up to a moment, one after the other, and tells of each. */
  carryOut(until: Date, onChange: (key: string, at: Date) => void = () => undefined): void {
    const doomed = [...this.#versions.values()].filter(({ doom }) => doom !== undefined && doom.at <= until.getTime());
    for (const version of doomed.toSorted((a, b) => (a.doom?.at ?? 0) - (b.doom?.at ?? 0))) {
      const { at, what } = version.doom ?? { at: 0, what: "hide" };
      version.doom = undefined;
      if (what === "hide") version.hiddenAt = at;
      else this.#versions.delete(version.key);
      onChange(version.key, new Date(at));
    }
  }
}

function applies({ prefix, tags }: LifecycleRule, version: SimulatedVersion): boolean {
  return version.key.startsWith(prefix) && Object.entries(tags).every(([key, value]) => version.tags[key] === value);
}

/** A moment that is midnight already stays. */
function nextMidnight(moment: number): number {
  const day = Math.floor(moment / DAY);
  return (day * DAY === moment ? day : day + 1) * DAY;
}
