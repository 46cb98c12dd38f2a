import type { State } from "./EngineStack.js";

/** Without what says when and where it was made: times, and paths of this machine in the positions of source lines. */
export function publicState(state: State): State {
  const hidden = new Set(["created", "modified", "sourcePosition", "stackTrace", "time"]);
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (hidden.has(key) ? undefined : value))) as State;
}
