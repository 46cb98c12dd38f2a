import type { ResourceView, State } from "./EngineStack.js";
import { nameOf } from "./stepsOf.js";

/** The parts used of a resource in an exported deployment (apitype.ResourceV3 of pulumi/pulumi). */
interface ExportedResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  provider?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  ignoreChanges?: string[];
  deletedWith?: string;
  dependencies?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The resources of a deployment, what the export leaves out filled in. */
export function viewResources(state: State): ResourceView[] {
  const { resources } = state.deployment as { resources?: ExportedResource[] };
  return (resources ?? []).map((resource) => ({
    urn: resource.urn,
    type: resource.type,
    name: nameOf(resource.urn),
    ...(resource.id === undefined || resource.id === "" ? {} : { id: resource.id }),
    ...(resource.parent === undefined ? {} : { parent: resource.parent }),
    ...(resource.provider === undefined || resource.provider === "" ? {} : { provider: resource.provider }),
    protect: resource.protect ?? false,
    retainOnDelete: resource.retainOnDelete ?? false,
    ignoreChanges: resource.ignoreChanges ?? [],
    ...(resource.deletedWith === undefined || resource.deletedWith === "" ? {} : { deletedWith: resource.deletedWith }),
    dependencies: resource.dependencies ?? [],
    inputs: resource.inputs ?? {},
    outputs: resource.outputs ?? {},
  }));
}
