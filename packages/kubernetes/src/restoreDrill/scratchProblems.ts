import type { Problem } from "@pgkeep/core";
import { scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import { OWN_SETTINGS } from "./scratchSidecar.js";

type Group = "major" | "scratchServer" | "scratchVolume" | "scratchConnection" | "tls";

/** What each way needs, and why another way has no use for it. */
const NEEDED: Record<KubernetesDrillScratch, readonly Group[]> = {
  [KubernetesDrillScratch.Sidecar]: ["major", "scratchServer", "scratchVolume"],
  [KubernetesDrillScratch.Agent]: ["major", "scratchVolume"],
  [KubernetesDrillScratch.Given]: ["scratchConnection"],
};
const ALLOWED: Record<KubernetesDrillScratch, readonly Group[]> = {
  ...NEEDED,
  [KubernetesDrillScratch.Given]: ["major", "scratchConnection", "tls"],
};
const WHAT: Record<Group, string> = {
  major: "which version of PostgreSQL the scratch server must have",
  scratchServer: "which image the scratch server is",
  scratchVolume: "how much room a restore gets",
  scratchConnection: "which server to restore into",
  tls: "how connections to it are encrypted",
};
const OF_DATABASE = ["databasePods", "databaseCidr", "databasePort", "allowInDatabase"] as const;

/** What is wrong with what the arguments say of the scratch server, together. */
export function scratchProblems(args: KubernetesRestoreDrillArgs): Problem[] {
  const scratch = scratchOf(args);
  // That there is no such way is told already.
  if (!Object.hasOwn(NEEDED, scratch)) return [];
  const given = (group: Group) => args[group] !== undefined;
  const missing = NEEDED[scratch].filter((group) => !given(group));
  const needless = (Object.keys(WHAT) as Group[]).filter((group) => given(group) && !ALLOWED[scratch].includes(group));
  return [
    ...missing.map((where): Problem => ({ where, reason: `this is missing: with scratch "${scratch}" it says ${WHAT[where]}` })),
    ...needless.map(
      (where): Problem => ({ where, reason: `with scratch "${scratch}" this would do nothing`, next: "remove it, or set another scratch" }),
    ),
    ...(scratch === KubernetesDrillScratch.Given ? [] : networkProblems(args)),
    ...settingProblems(args),
  ];
}

function settingProblems({ scratchServer: { settings = {} } = { image: "" } }: KubernetesRestoreDrillArgs): Problem[] {
  return Object.keys(settings).flatMap((name): Problem[] => {
    const where = `scratchServer.settings.${name}`;
    if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) return [{ where, reason: "PostgreSQL has no setting of such a name" }];
    if (!OWN_SETTINGS.includes(name)) return [];
    return [{ where, reason: "the component sets this itself, to keep restored code in and the restore fast", next: "remove it" }];
  });
}

function networkProblems({ network = {} }: KubernetesRestoreDrillArgs): Problem[] {
  return OF_DATABASE.filter((name) => network[name] !== undefined && network[name] !== false).map((name) => ({
    where: `network.${name}`,
    reason: "the scratch server is in the Pod, and no database is reached by the network",
    next: "remove it",
  }));
}
