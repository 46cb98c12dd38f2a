import {
  CONNECTION_URI_FORM,
  type Connection,
  ConnectionAuthentication,
  connectionSchema,
  ExitCode,
  type Problem,
  ProblemError,
  parseConnectionUri,
  shownValue,
} from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import { readSecret } from "../configuration/readSecret.js";

const PASSWORD_PLACES = "PGKEEP_TARGET_PASSWORD_FILE, PGKEEP_TARGET_PASSWORD or a libpq password file (PGPASSFILE)";

/** `password`, the default, or `rds-iam`: a URI of libpq has no place for it. */
const AUTHENTICATION = "PGKEEP_TARGET_AUTHENTICATION";

/**
 * The server that --to names. Nothing that is set for the server which is backed up applies to it: PGPASSWORD above all must not be sent to
 * another host. A password comes from PGKEEP_TARGET_PASSWORD, its _FILE, or the line of a password file that bears the host's name.
 */
export async function loadTarget(uri: string, environment: NodeJS.ProcessEnv): Promise<Connection> {
  assertUri(uri);
  const authentication = readAuthentication(environment);
  const password = await readSecret(environment, "PGKEEP_TARGET_PASSWORD");
  const { HOME, PGPASSFILE } = environment;
  // Whoever may connect there by IAM is said in the same variables as who may use the store.
  const aws = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("AWS_")));
  try {
    const config = connectionSchema.parse({ uri, authentication });
    return await loadConnection(config, { ...aws, HOME, PGPASSFILE, PGPASSWORD: password }, "--to");
  } catch (error) {
    throw aboutTarget(error);
  }
}

function readAuthentication(environment: NodeJS.ProcessEnv): ConnectionAuthentication {
  const value = environment[AUTHENTICATION] || ConnectionAuthentication.Password;
  const known = Object.values(ConnectionAuthentication).find((one) => one === value);
  if (known !== undefined) return known;
  throw new ProblemError(ExitCode.Usage, {
    where: AUTHENTICATION,
    received: shownValue(value),
    reason: "this is no way to authenticate",
    allowed: Object.values(ConnectionAuthentication).join(", "),
  });
}

function assertUri(uri: string): void {
  const refuse = (problem: Omit<Problem, "where">) =>
    new ProblemError(ExitCode.Usage, { where: "--to", allowed: CONNECTION_URI_FORM, ...problem });
  let parsed: ReturnType<typeof parseConnectionUri>;
  try {
    parsed = parseConnectionUri(uri);
  } catch (error) {
    // The text is not repeated: what cannot be read may hold a password all the same.
    throw refuse({ reason: (error as Error).message });
  }
  if (parsed.password !== undefined) {
    throw refuse({
      reason: "there is a password in this URI, and every user of this machine can read a command line",
      next: `change it, for it has been shown, and give it in ${PASSWORD_PLACES}`,
    });
  }
  if (parsed.host === undefined) throw refuse({ reason: "it names no host, so it could mean the very server that is backed up" });
}

/** Problems of a connection in the words of --to, whose places are not those of the configuration. */
export function aboutTarget(error: unknown): unknown {
  if (!(error instanceof ProblemError)) return error;
  const problems = error.problems.map((problem) => {
    const [, field] = /^(?:connection|--to)\.(\w+)$/.exec(problem.where) ?? [];
    if (field === undefined) return problem;
    if (field === "authentication") return { ...problem, where: AUTHENTICATION };
    if (field === "awsRegion")
      return { ...problem, where: "AWS_REGION", next: "set AWS_REGION to the Region of the server that --to names" };
    if (field !== "passwordFile") return { ...problem, where: `--to (${field})` };
    return { ...problem, where: "PGKEEP_TARGET_PASSWORD", next: `give the right password in ${PASSWORD_PLACES}` };
  });
  return new ProblemError(error.exitCode, problems, { cause: error });
}
