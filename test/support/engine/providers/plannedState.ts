import type { ResourceKind } from "./ResourceKind.js";
import { type PlainProperties, plainProperties, unknown, type WireProperties } from "./wireValues.js";

/** What a create would give, as far as a preview can know. */
export function foresee<Session>(kind: ResourceKind<Session>, given: WireProperties): WireProperties {
  const byServer = Object.entries(kind.properties).filter(
    ([name, { computed, output }]) => !name.includes(".") && (output === true || (computed === true && given[name] === undefined)),
  );
  return { ...withoutDefaults(given), ...Object.fromEntries(byServer.map(([name]) => [name, unknown])) };
}

/** What an update leaves alone: what the server chose or tells, and the program says nothing of. */
export function kept<Session>(kind: ResourceKind<Session>, old: WireProperties, given: WireProperties): WireProperties {
  const byServer = Object.entries(kind.properties).filter(
    ([name, { computed, output }]) => given[name] === undefined && (computed || output),
  );
  return Object.fromEntries(byServer.flatMap(([name]) => (old[name] === undefined ? [] : [[name, old[name]]])));
}

export function importedInputs<Session>(kind: ResourceKind<Session>, outputs: PlainProperties): string[] {
  return Object.keys(outputs).filter((name) => kind.properties[name] !== undefined && kind.properties[name].output !== true);
}

export function withoutDefaults({ __defaults: _, ...properties }: WireProperties): WireProperties {
  return properties;
}

export function withoutInternal(properties: WireProperties): PlainProperties {
  return plainProperties(withoutDefaults(properties));
}
