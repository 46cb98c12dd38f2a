import type { Existing, PropertyRule, ResourceKind } from "./ResourceKind.js";
import type { PlainProperties } from "./wireValues.js";

export interface Recorded {
  type: string;
  source: string;
  properties: Readonly<Record<string, PropertyRule>>;
  /** The id, and what the service would choose or tell: plausible, and the same for the same resource. */
  computed(planned: PlainProperties, name: string): Existing;
}

/** A resource type of a bridged provider of which only the state is kept: no service behind it. */
export function recordedKind({ type, source, properties, computed }: Recorded): ResourceKind<undefined> {
  return {
    type,
    source,
    properties,
    create: (_, planned, name) => {
      const { id, outputs } = computed(planned, name);
      return Promise.resolve({ id, outputs: { ...outputs, ...planned } });
    },
    read: (_, id, state) => Promise.resolve(Object.keys(state).length === 0 ? undefined : { id, outputs: state }),
    update: (_, id, old, planned) => Promise.resolve({ id, outputs: { ...told(properties, old), ...planned } }),
    delete: () => Promise.resolve(),
  };
}

/** What the service told at creation stays as it was. */
function told(properties: Readonly<Record<string, PropertyRule>>, old: PlainProperties): PlainProperties {
  return Object.fromEntries(
    Object.entries(old).filter(([name]) => properties[name]?.computed === true || properties[name]?.output === true),
  );
}
