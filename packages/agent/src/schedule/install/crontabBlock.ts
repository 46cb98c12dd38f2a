import { type CrontabDaemon, crontabLines } from "@pgkeep/core";
import { shellWord } from "../../terminal/shellWord.js";
import type { Installation } from "./InstalledJob.js";

const begin = (cluster: string) => `# pgkeep ${cluster}: written by \`pgkeep schedule install\`, which replaces all up to the end`;
const end = (cluster: string) => `# pgkeep ${cluster}: end`;

/** Our lines of a crontab, between two marks. */
export function crontabBlock({ cluster, environmentFile, jobs }: Installation, daemon: CrontabDaemon): string[] {
  const file = shellWord(environmentFile);
  const lines = jobs.flatMap(({ schedule, command }) =>
    crontabLines(schedule, `[ ! -f ${file} ] || { set -a; . ${file}; set +a; }; ${command.map(shellWord).join(" ")}`, daemon),
  );
  // A zone holds for all lines behind it, those of others too.
  const restored = lines.some((line) => line.startsWith("CRON_TZ=")) ? [`CRON_TZ=${daemon.timeZone}`] : [];
  return [begin(cluster), ...lines, ...restored, end(cluster)];
}

/** A crontab with our block at its end, in place of the one that was there. All other lines stay. */
export function withBlock(crontab: string, cluster: string, block: readonly string[]): string {
  const lines = crontab === "" ? [] : crontab.replace(/\n$/, "").split("\n");
  const from = lines.indexOf(begin(cluster));
  const to = from < 0 ? -1 : lines.indexOf(end(cluster), from);
  const others = to < 0 ? lines : [...lines.slice(0, from), ...lines.slice(to + 1)];
  return `${[...others, ...block].join("\n")}\n`;
}
