import type { Outputs, State } from "./EngineStack.js";

/** How a state marks a secret, and where an export in the clear has its value. */
const MARK = { key: "4dabf18193072939515e22adb298388d", secret: "1b47061264138c4ac30d75fd1eb44270" };

/** A stack's outputs in a state that was exported with its secrets in the clear. */
export function outputsOf(state: State): Outputs {
  const resources = ((state.deployment as { resources?: { type: string; outputs?: Record<string, unknown> }[] }).resources ?? []).filter(
    ({ type }) => type === "pulumi:pulumi:Stack",
  );
  const outputs = Object.entries(resources[0]?.outputs ?? {});
  return Object.fromEntries(outputs.map(([name, value]) => [name, { value: plain(value), secret: isSecret(value) }]));
}

function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(JSON.parse(value.plaintext));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function isSecret(value: unknown): value is { plaintext: string } {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[MARK.key] === MARK.secret;
}
