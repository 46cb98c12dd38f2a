import { chmod, mkdir, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { configurationText } from "./configurationText.js";
import { escrowPage } from "./escrowPage.js";
import { ignoreKeys } from "./ignoreKeys.js";
import { newIdentity, newSigningKey } from "./newKeys.js";

/** What `pgkeep init` is told. */
export interface InitialiseOptions {
  /** Where everything is written; made when it is missing. */
  folder: string;
  cluster: string;
  databases: readonly string[];
  /** URL of the store. */
  store: string;
  /** libpq URI without a password. Absent: PGHOST and its kind, or the fields that the user writes later. */
  uri?: string;
  /** Absent: the time on this machine. */
  now?: Date;
}

/** A file that `initialise` wrote. */
export interface WrittenFile {
  path: string;
  /** What it is, for a line on the screen. */
  purpose: string;
  /** It must be kept secret; only its owner can read it. */
  secret: boolean;
}

export interface InitialiseResult {
  /** In the order in which a user wants to look at them. */
  files: WrittenFile[];
  /** What must be done now, one sentence each. */
  next: string[];
}

/** Names below the folder. */
const NAMES = {
  configuration: "pgkeep.yaml",
  keys: "keys",
  identity: "keys/identity.txt",
  escrowIdentity: "keys/escrow-identity.txt",
  signingKey: "keys/signing-key.pem",
  escrowPage: "ESCROW.md",
};

interface Plan extends WrittenFile {
  content: string;
}

/**
 * Writes a configuration, its keys and the page for the escrow key into a folder. Nothing is ever overwritten: when any of the files exists, none
 * is written. A failure half-way takes back what this call wrote. Throws a ProblemError that names everything that is wrong.
 */
export async function initialise(options: InitialiseOptions): Promise<InitialiseResult> {
  const now = options.now ?? new Date();
  const [daily, escrow] = [await newIdentity(now), await newIdentity(now)];
  const signing = newSigningKey();
  // Throws for a cluster, a database or a store that the schema refuses, before anything is written.
  const configuration = configurationText({
    ...options,
    recipient: daily.recipient,
    escrowRecipient: escrow.recipient,
    identityFile: NAMES.identity,
    signingKeyFile: NAMES.signingKey,
    signingPublicKey: signing.publicKey,
  });
  const at = (name: string) => join(options.folder, name);
  const page = escrowPage({
    ...options,
    recipient: escrow.recipient,
    signingPublicKey: signing.publicKey,
    identityName: NAMES.escrowIdentity,
    now,
  });
  const plans: Plan[] = [
    { path: at(NAMES.configuration), purpose: "the configuration", secret: false, content: configuration },
    { path: at(NAMES.identity), purpose: "the age identity that decrypts, for restore and drill", secret: true, content: daily.text },
    { path: at(NAMES.escrowIdentity), purpose: "the escrow identity: move it off this machine", secret: true, content: escrow.text },
    { path: at(NAMES.signingKey), purpose: "the key that signs manifests", secret: true, content: signing.pem },
    { path: at(NAMES.escrowPage), purpose: "the page to print and keep with the escrow identity", secret: false, content: page },
  ];
  await assertNothingThere(plans);
  const ignored = await writeAll(options.folder, plans);
  return {
    files: [
      ...plans.map(({ content: _, ...file }) => file),
      ...(ignored === undefined ? [] : [{ path: ignored, purpose: "keeps the keys out of git", secret: false }]),
    ],
    next: [
      `Move ${at(NAMES.escrowIdentity)} off this machine, with a print of ${at(NAMES.escrowPage)}: it opens the backups when this machine is gone.`,
      `Copy ${at(NAMES.identity)} to wherever you restore and drill; a machine that only takes backups needs no identity.`,
      `Read ${at(NAMES.configuration)}, then run \`pgkeep config check\` and \`pgkeep doctor\`.`,
    ],
  };
}

async function assertNothingThere(plans: readonly Plan[]): Promise<void> {
  const existing: string[] = [];
  for (const { path } of plans) if (await isThere(path)) existing.push(path);
  if (existing.length === 0) return;
  throw new ProblemError(
    ExitCode.Usage,
    existing.map((path) => ({
      where: path,
      reason: "this exists and is not overwritten: without its keys, encrypted recovery points can never be read again",
      next: "choose another folder, or move it away",
    })),
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cannotWrite(path, error);
  }
}

/** Keys first, the configuration that names them last; before all of them the line that keeps them out of git. */
async function writeAll(folder: string, plans: readonly Plan[]): Promise<string | undefined> {
  const written: string[] = [];
  const keys = join(folder, NAMES.keys);
  let madeKeys = false;
  try {
    await mkdir(folder, { recursive: true });
    const ignored = await ignoreKeys(folder, NAMES.keys);
    madeKeys = (await mkdir(keys, { recursive: true, mode: 0o700 })) !== undefined;
    for (const { path, content, secret } of plans.toReversed()) {
      // `wx`: somebody who writes the same file at this moment keeps theirs.
      await writeFile(path, content, { flag: "wx", mode: secret ? 0o600 : 0o644, flush: true });
      written.push(path);
      // The umask cannot widen a mode, but a default ACL of the folder can.
      if (secret) await chmod(path, 0o600);
    }
    return ignored;
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    if (madeKeys) await rmdir(keys).catch(() => undefined);
    throw cannotWrite((error as NodeJS.ErrnoException).path ?? folder, error);
  }
}

function cannotWrite(path: string, error: unknown): ProblemError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  const exitCode = { EACCES: ExitCode.Permission, EPERM: ExitCode.Permission, EROFS: ExitCode.Permission, ENOSPC: ExitCode.NoSpace }[code];
  const problem = {
    where: path,
    reason: `this cannot be written (${code}); what this call had written before is removed again`,
    next: "choose a folder that you may write to, with space left",
  };
  return new ProblemError(exitCode ?? ExitCode.InputOutput, problem, { cause: error });
}
