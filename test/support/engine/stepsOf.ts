import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Step } from "./EngineStack.js";

/** What the engine's events say it did, or would do, in its order. */
export function stepsOf(events: readonly EngineEvent[]): Step[] {
  return events.flatMap(({ resourcePreEvent }) => {
    if (resourcePreEvent === undefined) return [];
    const { op, urn, type, detailedDiff } = resourcePreEvent.metadata;
    const step: Step = { op, urn, type, name: nameOf(urn) };
    if (detailedDiff !== undefined && detailedDiff !== null && Object.keys(detailedDiff).length > 0) {
      step.diff = Object.fromEntries(
        Object.entries(detailedDiff)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([path, { diffKind }]) => [path, { kind: diffKind }]),
      );
    }
    return [step];
  });
}

/** The resource's name: the last part of `urn:pulumi:stack::project::parents$type::name`. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
