import {
  bucketLifecycle,
  type ClassedRecoveryPoint,
  chooseRetentionClass,
  formatRecoveryPointId,
  keptClasses,
  type LifecycleRule,
  nextRun,
  parseCron,
  parseRetentionPolicy,
  RetentionClass,
  RetentionPart,
  type RetentionRules,
  retentionRules,
  retentionTags,
  storeLayout,
} from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { type Lateness, LifecycleSimulation } from "../support/lifecycleSimulation.js";

/**
 * A SIMULATION: fifteen months of daily runs whose objects only S3's lifecycle removes. The class of each run and the rules of the bucket are pgkeep's own, as
 * the agent chooses and `BackupBucket` renders them; the bucket is LifecycleSimulation; what must be there is worked out here from calendar dates.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const layout = storeLayout("shop");
const BEGIN = "2026-01-01";
const END = "2027-03-31";

/** What became of runs, by the date on the clocks of the schedule's time zone. All others are good. */
const FAILED = new Set([
  // The first three of a week, so Thursday takes the week.
  ...["2026-03-02", "2026-03-03", "2026-03-04"],
  // A week in which nothing worked.
  ...["2026-05-11", "2026-05-12", "2026-05-13", "2026-05-14", "2026-05-15", "2026-05-16", "2026-05-17"],
  // Sundays on which clocks are put forward and back, in both zones, and the Mondays behind them.
  ...["2026-03-08", "2026-03-09", "2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26", "2026-11-01", "2026-11-02"],
  // The first ones of a month and of a year.
  ...["2026-07-01", "2027-01-01", "2027-01-02"],
]);
const SUSPICIOUS = new Set([
  // A Monday.
  "2026-06-08",
  // A week of an emptied table that nobody accepts until Saturday.
  ...["2026-08-10", "2026-08-11", "2026-08-12", "2026-08-13", "2026-08-14"],
]);
/** Accepted at noon of that day; the run of that Saturday then finds a good one of its week. */
const ACCEPTED = new Map([["2026-08-13", "2026-08-14"]]);
/** Runs that take 23 hours, so that their dumps count as created a day before their manifest. */
const LONG = new Set(["2026-02-10", "2026-04-06", "2026-09-14", "2026-12-28"]);

interface SimulatedRun extends ClassedRecoveryPoint {
  slot: Date;
  /** On the clocks of the schedule. */
  date: string;
  retentionClass: RetentionClass;
  keys: string[];
  committedAt: Date;
}

interface SimulatedYear {
  policy: object;
  timeZone: string;
  cron: string;
  lateness: Lateness;
  /** What somebody broke. */
  meddle?: {
    rules?: (rules: LifecycleRule[]) => LifecycleRule[];
    choose?: (chosen: RetentionClass, points: readonly ClassedRecoveryPoint[]) => RetentionClass;
  };
}

interface Outcome {
  /** What was against the promise, each once. */
  violations: string[];
  /** Dates of the recovery points in sight on the last evening. */
  last: string[];
  /** Objects that are stored on the last evening, hidden ones included. */
  stored: number;
}

const PROMPT: Lateness = () => 0;
/** The worst that S3 may do: manifests as late as can be, all else at once. */
const MANIFESTS_LATE: Lateness = (key) => (key.includes("/manifests/") ? 2 : 0);
/** Of each object otherwise, the same in each run of this test. */
const ANY: Lateness = (key) => ([...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 9) / 4;

function rulesFor(retention: RetentionRules): LifecycleRule[] {
  const { rules, problems } = bucketLifecycle({
    prefix: "",
    clusters: ["shop"],
    tiers: [],
    retention,
    noncurrentDays: 7,
    abortAfterDays: 7,
    longestRunHours: 24,
    lockDays: undefined,
  });
  expect(problems).toEqual([]);
  return rules;
}

function simulate({ policy, timeZone, cron, lateness, meddle = {} }: SimulatedYear): Outcome {
  const rules = retentionRules(parseRetentionPolicy({ enforcedBy: "lifecycle", ...policy }));
  const bucket = new LifecycleSimulation((meddle.rules ?? ((given) => given))(rulesFor(rules)), lateness);
  const runs: SimulatedRun[] = [];
  const violations = new Set<string>();
  const dateOf = localDates(timeZone);
  const inSight = () => runs.filter(({ id }) => bucket.has(layout.manifest(id)));
  const runOf = new Map<string, SimulatedRun>();
  /** S3 changed one object: where it belongs to a recovery point whose manifest is in sight, it must be in sight too. */
  const checkWhole = (key: string) => {
    const run = runOf.get(key);
    if (!run || bucket.has(key) || !bucket.has(layout.manifest(run.id))) return;
    violations.add(`${run.date}: its manifest is in sight and ${key.slice(key.lastIndexOf("/") + 1)} is not`);
  };
  const advance = (from: number, to: number) => {
    for (let midnight = Math.floor(from / DAY) * DAY + DAY; midnight <= to; midnight += DAY) {
      bucket.carryOut(new Date(midnight), checkWhole);
      bucket.runRules(new Date(midnight));
    }
    bucket.carryOut(new Date(to), checkWhole);
  };

  const schedule = { cron: parseCron(cron), timeZone };
  let now = new Date(`${BEGIN}T00:00:00Z`).getTime();
  for (let slot = nextRun(schedule, new Date(now)); dateOf(slot) <= END; slot = nextRun(schedule, slot)) {
    advance(now, slot.getTime());
    now = slot.getTime();
    const date = dateOf(slot);
    const judged = inSight().map((run) => ({ ...run, good: isGood(run.date, slot, dateOf) }));
    const choice = chooseRetentionClass(slot, judged, keptClasses(rules), timeZone);
    if (choice.kind === "unknown") throw new Error("every class is known here");
    const retentionClass = meddle.choose?.(choice.retentionClass, judged) ?? choice.retentionClass;
    const run = store(bucket, slot, date, retentionClass);
    if (run) {
      runs.push(run);
      for (const key of run.keys) runOf.set(key, run);
    }

    // The evening: just before the next run, which is when least is there.
    const evening = nextRun(schedule, slot).getTime() - HOUR;
    advance(now, evening);
    now = evening;
    const there = inSight().map((run) => run.date);
    for (const violation of judge(there, runs, date, rules)) violations.add(violation);
  }
  return { violations: [...violations], last: inSight().map(({ date }) => date), stored: bucket.stored };
}

/** What a run writes, when. One that fails leaves what it had written. */
function store(bucket: LifecycleSimulation, slot: Date, date: string, retentionClass: RetentionClass): SimulatedRun | undefined {
  const id = formatRecoveryPointId({ slot, run: "daily000" });
  const prefix = layout.attempt(id, "attempt1");
  const keys = [`${prefix}begin.json`, `${prefix}shop.dump.zst`, `${prefix}globals.sql.zst`];
  for (const [index, key] of keys.entries()) {
    bucket.put(key, retentionTags(retentionClass, RetentionPart.Data), new Date(slot.getTime() + (index + 1) * 60_000));
    if (FAILED.has(date)) return undefined;
  }
  const committedAt = new Date(slot.getTime() + (LONG.has(date) ? 22 * HOUR : 20 * 60_000));
  bucket.put(layout.manifest(id), retentionTags(retentionClass, RetentionPart.Manifest), committedAt);
  bucket.put(layout.auditRecord(committedAt, "backup", "done", "00000000"), {}, committedAt);
  return { id, slot, date, good: true, retentionClass, keys, committedAt };
}

function isGood(date: string, at: Date, dateOf: (moment: Date) => string): boolean {
  const accepted = ACCEPTED.get(date);
  return !SUSPICIOUS.has(date) || (accepted !== undefined && dateOf(at) > accepted);
}

/**
 * What is there on the evening of a date against what the policy promises, by dates alone: the last `keepDaily` days, and of each of the last so many weeks,
 * months and years the first good one. More is right only for as long as S3 needs: a day to the next midnight of UTC, two of lateness, and one by which
 * dates here and in UTC may differ; and for what a suspicious run took before a good one did.
 */
function judge(there: readonly string[], runs: readonly SimulatedRun[], today: string, rules: RetentionRules): string[] {
  const dates = runs.map(({ date }) => date);
  const violations: string[] = [];
  const must = new Set(dates.filter((date) => daysBetween(date, today) < rules.keepDaily));
  const may = new Set(dates.filter((date) => daysBetween(date, today) < rules.keepDaily + 4));
  for (const [count, periodOf, days] of [
    [rules.keepWeekly, mondayOf, 7],
    [rules.keepMonthly, (date: string) => date.slice(0, 7), 31],
    [rules.keepYearly, (date: string) => date.slice(0, 4), 366],
  ] as const) {
    if (count === 0) continue;
    const last = new Set([...new Set(allDates(today).map(periodOf))].slice(-count));
    for (const [period, within] of Map.groupBy(dates, periodOf)) {
      const first = within.find((date) => !SUSPICIOUS.has(date) || ACCEPTED.has(date));
      if (last.has(period) && first !== undefined) must.add(first);
      // Until somebody accepted it the runs behind it took the class as well.
      const until = first === undefined ? today : (ACCEPTED.get(first) ?? first);
      for (const date of within) if (date <= until && daysBetween(date, today) < count * days + 4) may.add(date);
    }
  }
  for (const date of must) if (!there.includes(date)) violations.push(`on ${today} the one of ${date} is not there`);
  for (const date of there) if (!may.has(date)) violations.push(`on ${today} the one of ${date} is still there`);
  return violations;
}

function daysBetween(date: string, later: string): number {
  return (Date.parse(later) - Date.parse(date)) / DAY;
}

function mondayOf(date: string): string {
  const day = Date.parse(date);
  return new Date(day - ((new Date(day).getUTCDay() + 6) % 7) * DAY).toISOString().slice(0, 10);
}

function allDates(until: string): string[] {
  return Array.from({ length: daysBetween(BEGIN, until) + 1 }, (_, day) =>
    new Date(Date.parse(BEGIN) + day * DAY).toISOString().slice(0, 10),
  );
}

function localDates(timeZone: string): (moment: Date) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (moment) => format.format(moment);
}

const BERLIN = { timeZone: "Europe/Berlin", cron: "0 2 * * *" };
/** In UTC it is the next day there, of the next week, month or year. */
const NEW_YORK = { timeZone: "America/New_York", cron: "30 22 * * *" };
const POLICIES: [string, object][] = [
  ["production", { preset: "production" }],
  ["grandfather, father and son", { keepDaily: 7, keepWeekly: 4, keepMonthly: 12, keepYearly: 2 }],
  ["staging", { preset: "staging" }],
];

describe.each([BERLIN, NEW_YORK])("a simulated year in $timeZone", (zone) => {
  it.each(POLICIES)(
    "leaves what %s promises, each evening, however late S3 is, and nothing that looks whole and is not",
    (_name, policy) => {
      for (const lateness of [PROMPT, MANIFESTS_LATE, ANY]) expect(simulate({ ...zone, policy, lateness }).violations).toEqual([]);
    },
  );

  it("removes for good what is over: nothing but the kept ones takes room, and records", () => {
    const { last, stored } = simulate({ ...zone, policy: { preset: "production" }, lateness: PROMPT });
    const days = allDates(END).length;
    // Each kept one is four objects; what goes is there hidden for a week; and an audit record of each run stays.
    expect(stored).toBeLessThan(days + last.length * 4 + 14 * 4 + FAILED.size);
  });
});

describe("the set of the last evening, written by hand", () => {
  const MARCH = Array.from({ length: 31 }, (_, day) => `2027-03-${String(day + 1).padStart(2, "0")}`);
  /** First good ones of 52 weeks, from 31 March 2027 back: Mondays but where it says otherwise. */
  const WEEKS = [
    ...["2026-04-06", "2026-04-13", "2026-04-20", "2026-04-27", "2026-05-04"],
    // The week from 11 May has none.
    ...["2026-05-18", "2026-05-25", "2026-06-01"],
    // Monday was suspicious: it lives as long as the one that took its place, and stands for nothing.
    ...["2026-06-08", "2026-06-09"],
    ...["2026-06-15", "2026-06-22", "2026-06-29", "2026-07-06", "2026-07-13", "2026-07-20", "2026-07-27", "2026-08-03"],
    // Five suspicious ones. On Friday night one of them had been accepted, so Saturday found a good one.
    ...["2026-08-10", "2026-08-11", "2026-08-12", "2026-08-13", "2026-08-14"],
    ...[
      "2026-08-17",
      "2026-08-24",
      "2026-08-31",
      "2026-09-07",
      "2026-09-14",
      "2026-09-21",
      "2026-09-28",
      "2026-10-05",
      "2026-10-12",
      "2026-10-19",
    ],
    // The Mondays behind the changes of clocks failed.
    ...["2026-10-27", "2026-11-03"],
    ...[
      "2026-11-09",
      "2026-11-16",
      "2026-11-23",
      "2026-11-30",
      "2026-12-07",
      "2026-12-14",
      "2026-12-21",
      "2026-12-28",
      "2027-01-04",
      "2027-01-11",
    ],
    ...["2027-01-18", "2027-01-25", "2027-02-01", "2027-02-08", "2027-02-15", "2027-02-22"],
  ];

  it("production in Berlin", () => {
    const { last } = simulate({ ...BERLIN, policy: { preset: "production" }, lateness: PROMPT });
    expect(last).toEqual([...WEEKS, ...MARCH]);
  });
});

describe("the simulation sees what is broken", () => {
  const year = { ...BERLIN, policy: { preset: "production" } };
  const days = (id: string, change: number) => (rules: LifecycleRule[]) =>
    rules.map((rule) => (rule.id === id ? { ...rule, expirationDays: (rule.expirationDays ?? 0) + change } : rule));

  it.each<[string, SimulatedYear, RegExp]>([
    [
      "a week that lives a day less",
      { ...year, cron: "30 0 * * *", lateness: PROMPT, meddle: { rules: days("pgkeep-weekly-manifest", -1) } },
      /is not there/,
    ],
    [
      "a day that lives a day less",
      { ...year, cron: "30 0 * * *", lateness: PROMPT, meddle: { rules: days("pgkeep-daily-manifest", -1) } },
      /is not there/,
    ],
    [
      "a day that lives five days more",
      { ...year, lateness: PROMPT, meddle: { rules: days("pgkeep-daily-manifest", 5) } },
      /is still there/,
    ],
    [
      "no rule for weeks",
      { ...year, lateness: PROMPT, meddle: { rules: (rules) => rules.filter(({ id }) => !id.includes("weekly")) } },
      /is still there/,
    ],
    [
      "dumps that go with their manifest",
      { ...year, lateness: MANIFESTS_LATE, meddle: { rules: days("pgkeep-daily-data", -3) } },
      /its manifest is in sight and (begin\.json|shop\.dump\.zst) is not/,
    ],
    [
      "dumps of long runs that go a day too early",
      { ...year, ...NEW_YORK, lateness: MANIFESTS_LATE, meddle: { rules: days("pgkeep-daily-data", -1) } },
      /^2026-02-10: its manifest is in sight/,
    ],
    [
      "classes that a suspicious run holds",
      {
        ...year,
        lateness: PROMPT,
        meddle: { choose: (chosen, points) => (points.some(({ good }) => !good) ? RetentionClass.Daily : chosen) },
      },
      /is not there/,
    ],
    ["every run a weekly one", { ...year, lateness: PROMPT, meddle: { choose: () => RetentionClass.Weekly } }, /is still there/],
  ])("%s", (_name, broken, words) => expect(simulate(broken).violations).toEqual(expect.arrayContaining([expect.stringMatching(words)])));
});
