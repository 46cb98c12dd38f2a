import { ExitCode, type Manifest, ProblemError, type StoredObjectRecord } from "@pgkeep/core";
import { readStored } from "../codec/readStored.js";
import type { Store } from "../store/Store.js";

/**
 * Refuses identities that open nothing of a recovery point: then the key is wrong, not the recovery point, and nothing was verified. Where
 * they open anything, an object that does not open is damaged, which is for the drill to find.
 */
export async function assertIdentitiesOpen(store: Store, manifest: Manifest, identities: readonly string[]): Promise<void> {
  const encrypted = [manifest.globals.object, ...manifest.databases.map(({ object }) => object)].filter(({ codec }) =>
    codec.includes("age"),
  );
  if (encrypted.length === 0) return;
  let cause: unknown;
  for (const object of encrypted) {
    try {
      await openFirstPart(store, object, identities);
      return;
    } catch (error) {
      // A store that cannot be reached, a missing identity: said as it is.
      if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.DataWrong) throw error;
      cause = error;
    }
  }
  throw new ProblemError(
    ExitCode.CouldNotVerify,
    {
      where: "age identity",
      reason: `none of the identities given opens any object of recovery point ${manifest.id}, so nothing could be verified`,
      next: "give the identity of one of the recipients it was encrypted for; if this is one, all of its objects are damaged",
    },
    { cause },
  );
}

async function openFirstPart(store: Store, object: StoredObjectRecord, identities: readonly string[]): Promise<void> {
  for await (const _part of await readStored(store, object, identities)) return;
}
