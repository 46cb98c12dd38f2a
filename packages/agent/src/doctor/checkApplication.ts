import { ExitCode, ProblemError } from "@pgkeep/core";
import { readApplicationEnvironment } from "../application/applicationEnvironment.js";
import { describeApplication } from "../application/describeApplication.js";
import { readVersion } from "../application/readVersion.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That the version of the application can be told, as far as it is asked for. A backup goes on without it, so nobody would notice. */
export function checkApplication({ config, environment }: Examination): Promise<Diagnosis> {
  return diagnose("application", async () => {
    const { unread, ...version } = await readVersion(config.application, readApplicationEnvironment(environment));
    if (unread.length > 0) {
      const next = "name the root of the work tree, or give PGKEEP_APPLICATION_SHA instead; backups go on without it";
      throw new ProblemError(
        ExitCode.Configuration,
        unread.map((reason) => ({ where: "application", reason, next })),
      );
    }
    const known = describeApplication({ ...version, migrations: null, unread: [] }).map(([name, value]) => `${name} ${value}`);
    return [known.join(", ") || "no commit and no images are given; migrations are read from the databases"];
  });
}
