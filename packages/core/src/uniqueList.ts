import type { z } from "zod";
import { refuse } from "./refuse.js";

/** A refinement that refuses a list in which a value stands twice, at the later place. `reason` says why that matters. */
export function uniqueList(reason: string) {
  return (list: readonly string[], context: z.core.$RefinementCtx): void => {
    for (const [index, value] of list.entries()) {
      const first = list.indexOf(value);
      if (first !== index)
        refuse(context, { reason: `this is the same as entry ${first}: ${reason}`, next: "remove one of them" }, [index]);
    }
  };
}
