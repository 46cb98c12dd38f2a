import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { ExitCode, formatSize, ProblemError } from "@pgkeep/core";
import { type Diagnosis, diagnose, diagnoseAbility } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That a folder store has room for another recovery point of the size of the newest; of a first one nobody knows the size before. */
export function checkStoreRoom(
  { config }: Examination,
  newestBytes: number | undefined,
  databaseBytes: number | undefined,
): Promise<Diagnosis> {
  return diagnose("store room", async () => {
    const folder = fileURLToPath(config.store.url);
    const free = await freeBytes(folder);
    if (newestBytes === undefined) {
      const databases =
        databaseBytes === undefined ? "" : `; the databases have ${formatSize(databaseBytes)} on disk, a dump is mostly smaller`;
      if (databaseBytes !== undefined && free >= databaseBytes) return [`${formatSize(free)} free${databases}`];
      throw new ProblemError(ExitCode.CouldNotVerify, {
        where: folder,
        received: `${formatSize(free)} free${databases}`,
        reason: "there is no recovery point yet to judge by whether the next one fits",
        next: "make room, or take a backup and see: one that does not fit leaves no recovery point and breaks nothing",
      });
    }
    if (free >= newestBytes) return [`${formatSize(free)} free; the newest recovery point has ${formatSize(newestBytes)}`];
    throw new ProblemError(ExitCode.NoSpace, {
      where: folder,
      received: `${formatSize(free)} free`,
      allowed: `${formatSize(newestBytes)}, the size of the newest recovery point, or more`,
      reason: "the next recovery point will most likely not fit",
      next: "make room, or move the store",
    });
  });
}

/** That a scratch server of our own has room for the databases. */
export function checkDrillRoom({ config }: Examination, databaseBytes: number | undefined): Promise<Diagnosis> {
  return diagnoseAbility("drill room", async () => {
    const folder = config.drill.workFolder ?? tmpdir();
    const free = await freeBytes(folder);
    const received = `${formatSize(free)} free in ${folder}`;
    if (databaseBytes !== undefined && free >= databaseBytes)
      return [`${received}; the databases have ${formatSize(databaseBytes)} on disk`];
    throw new ProblemError(ExitCode.CouldNotVerify, {
      where: "drill.workFolder",
      received,
      reason:
        databaseBytes === undefined
          ? "how large the databases are could not be asked, so whether a restore of them fits is not known"
          : `a drill restores all databases, which have ${formatSize(databaseBytes)} on disk`,
      next:
        databaseBytes === undefined
          ? "GRANT pg_read_all_stats to the role that dumps"
          : "name a folder with more room, or a server in drill.connection",
    });
  });
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ProblemError(ExitCode.Configuration, {
      where: folder,
      reason: `this folder cannot be asked for its free space (${error.code ?? error.message})`,
      next: "correct the path, or make the folder",
    });
  });
  return bavail * bsize;
}
