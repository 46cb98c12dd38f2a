import { z } from "zod";
import { type Refusal, refuse } from "./refuse.js";
import { retentionSchema } from "./retention/retentionConfig.js";
import { RetentionEnforcer } from "./retention/retentionRules.js";
import { storeSchema } from "./storeConfig.js";

const nameSchema = z
  .string()
  .regex(/^[a-z](-?[a-z0-9]){0,30}$/, {
    error: "this cannot name a copy: it becomes part of the names of variables, as in PGKEEP_COPY_OFFSITE_AWS_ACCESS_KEY_ID",
  })
  .describe("Name of the copy, for --copy and --to: lower-case letters, digits and single hyphens, at most 31, beginning with a letter.");

const COPIES_HAVE_NO_CLASS: Refusal = {
  reason:
    "a copy's manifest is that of its source to the byte, so it tells no class of this store, and S3 would count from the day of the copy",
  allowed: RetentionEnforcer.Agent,
  next: "leave it to the agent, or let S3 replicate the bucket with its tags, and give the replica the same lifecycle rules",
};

/** The configuration section `copies`: stores that recovery points are copied to. */
export const copiesSchema = z
  .array(
    z.strictObject({
      name: nameSchema,
      store: storeSchema,
      retention: retentionSchema
        .optional()
        .describe(
          "Which recovery points stay in this copy; applied by `pgkeep retention apply --copy NAME`. Absent: all of them. A change deletes nothing by itself.",
        ),
    }),
  )
  .superRefine((copies, context) => {
    for (const [index, { name, retention }] of copies.entries()) {
      if (retention?.enforcedBy === RetentionEnforcer.Lifecycle) refuse(context, COPIES_HAVE_NO_CLASS, [index, "retention", "enforcedBy"]);
      const first = copies.findIndex((other) => other.name === name);
      if (first !== index)
        refuse(context, { reason: `entry ${first} has this name already`, next: "give each copy its own" }, [index, "name"]);
    }
  })
  .describe(
    "Stores that `pgkeep copy` copies recovery points to, off-site ones above all. Each is a store of its own, which every command works on with --copy NAME.",
  );

type StoreConfig = z.infer<typeof storeSchema>;
type Copies = z.infer<typeof copiesSchema>;

/** Refuses a copy that lies in the store itself, or in another copy: what destroys the one destroys the other. */
export function assertCopiesElsewhere(
  { store, copies = [] }: { store: StoreConfig; copies?: Copies | undefined },
  context: z.core.$RefinementCtx,
): void {
  const places = [{ name: "store", place: placeOf(store) }];
  for (const [index, copy] of copies.entries()) {
    const place = placeOf(copy.store);
    const same = places.find((other) => place.startsWith(other.place) || other.place.startsWith(place));
    if (same) {
      refuse(
        context,
        {
          reason: `this is, or lies within, the place of ${same.name}, or the other way round: no copy survives what destroys both`,
          next: "name another bucket, container or folder, best at another provider",
        },
        ["copies", index, "store", "url"],
      );
    }
    places.push({ name: `copies[${index}]`, place });
  }
}

/** Of two places one lies within the other when its text begins with the other's. */
function placeOf({ url, endpoint = "", account = "" }: StoreConfig): string {
  return `${endpoint.replace(/\/+$/, "")} ${account} ${url.replace(/^[^:]+/, (scheme) => scheme.toLowerCase()).replace(/\/*$/, "/")}`;
}
