import type { Store } from "../../packages/agent/src/store/Store.js";

/** A call that changes something in a store. */
export interface Change {
  method: "put" | "putDocument" | "remove" | "unhide" | "removeUnfinished";
  key: string;
  /** Counts from 0. */
  number: number;
}

const CHANGING: readonly (string | symbol)[] = ["put", "putDocument", "remove", "unhide", "removeUnfinished"] satisfies Change["method"][];

interface Meddling {
  /** Runs before each change; what it throws the caller gets instead of the change. */
  before?: (change: Change) => void | Promise<void>;
  /** Runs behind each change; what it throws the caller gets although the change was made. */
  after?: (change: Change) => void | Promise<void>;
  /** In place of the store's own clock. */
  clock?: () => Date;
}

/** A real store in whose calls a test has a hand. */
export function meddledStore(store: Store, { before, after, clock }: Meddling): Store {
  let number = 0;
  return new Proxy(store, {
    get(target, name) {
      if (name === "clock" && clock) return () => Promise.resolve(clock());
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!CHANGING.includes(name)) return value.bind(target) as unknown;
      return async (key: string, ...rest: unknown[]): Promise<unknown> => {
        const change: Change = { method: name as Change["method"], key, number };
        number += 1;
        await before?.(change);
        const result: unknown = await value.call(target, key, ...rest);
        await after?.(change);
        return result;
      };
    },
  });
}

/** A store that is gone for good from a change on, as it is for a process that was killed there. Tells whether it came so far. */
export function dyingStore(store: Store, at: number, moment: "before" | "after"): { store: Store; died(): boolean } {
  let dead = false;
  const die = ({ number }: Change) => {
    if (number === at) dead = true;
    if (dead) throw new Error("killed");
  };
  const refuse = () => {
    if (dead) throw new Error("killed");
  };
  const meddling = moment === "before" ? { before: die } : { before: refuse, after: die };
  return { store: meddledStore(store, meddling), died: () => dead };
}
