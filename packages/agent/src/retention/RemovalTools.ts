import type { StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** What every step of a removal works with. */
export interface RemovalTools {
  store: Store;
  layout: StoreLayout;
  /** By the store's clock. */
  now: Date;
  /** Who removes, for records. */
  by: string;
  reporter: Reporter;
  signal: AbortSignal | undefined;
}
