import { VeleroVolumes } from "./VeleroScheduleArgs.js";
import { type KnownVeleroSchedule, veleroTimes } from "./veleroSpec.js";

const VOLUMES = {
  [VeleroVolumes.Snapshot]: "CSI snapshots, which stay on the volumes' own storage and are lost with it",
  [VeleroVolumes.MoveData]:
    "CSI snapshots whose data the node-agent moves into the backup storage, under a repository password that is the same everywhere unless it was changed",
  [VeleroVolumes.None]: "left out: the data of a database is not in these backups",
};

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeVeleroSchedule(args: KnownVeleroSchedule): string {
  const { timeZone = "UTC", ttl = "30d", volumes = VeleroVolumes.Snapshot, hooks = [], includedNamespaces, excludedNamespaces = [] } = args;
  const times = veleroTimes(args);
  const excluded = excludedNamespaces.length === 0 ? "" : `, without ${excludedNamespaces.join(", ")}`;
  return [
    `Velero backs up ${includedNamespaces.includes("*") ? "every namespace" : includedNamespaces.join(", ")}${excluded} by ${args.schedule} (${timeZone})${args.paused ? ", PAUSED: no backups are made" : ""}`,
    `volumes: ${VOLUMES[volumes]}`,
    `each backup and its snapshots are deleted ${ttl} after it began, whatever their class says; the last one, too, when no newer one follows`,
    ...(volumes === VeleroVolumes.None
      ? []
      : ["volumes are cut one after another unless their PVCs bear one value of the label for groups: a database over several needs that"]),
    ...hooks.map(({ name, before = [], after = [] }) => {
      const commands = [...before, ...after].map(({ command }) => command[0]).join(", ");
      return `hook ${name}: ${commands}; where it fails the backup is PartiallyFailed, and the snapshots are taken nevertheless`;
    }),
    "good is a backup in phase Completed alone; PartiallyFailed is not",
    "the first backup is made at the next time, and a time is left out while the backup before it still runs",
    "a destroy leaves the backups until they expire",
    ...[...times.notes, ...times.emitted.notes].map((note) => `schedule: ${note}`),
  ].join("\n");
}
