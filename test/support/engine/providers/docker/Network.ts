import { setTimeout as sleep } from "node:timers/promises";
import { type DockerEngine, DockerProblem } from "../../../docker/DockerEngine.js";
import type { Existing } from "../ResourceKind.js";
import { uuidOf } from "../uuidOf.js";
import type { PlainProperties } from "../wireValues.js";
import {
  autonamed,
  chosen,
  type DockerKind,
  labelList,
  labelMap,
  labels,
  namedByProgram,
  replacing,
  saying,
  told,
  upstream,
} from "./DockerKind.js";

/** What is used of the Engine's answer. */
interface EngineNetwork {
  Name: string;
  Id: string;
  Driver: string;
  Scope: string;
  Internal: boolean;
  Attachable: boolean;
  Labels: Record<string, string> | null;
}

/** Its options and addresses (`ipamConfigs` …) are not in here. */
export const network: DockerKind = {
  type: "docker:index/network:Network",
  source: `${upstream}/resource_docker_network.go`,
  properties: { name: autonamed, labels, driver: chosen, internal: chosen, attachable: replacing, scope: told },
  deleteBeforeReplace: namedByProgram,
  recorded: ({ name }) => ({
    id: uuidOf(String(name)).replaceAll("-", "").repeat(2),
    outputs: { driver: "bridge", internal: false, scope: "local" },
  }),
  async create(engine, planned) {
    const { name, driver, internal, attachable } = planned;
    const body = { Name: name, Labels: labelMap(planned.labels), Internal: internal === true, Attachable: attachable === true };
    const made = engine.post<{ Id: string }>("/networks/create", { ...body, ...(driver ? { Driver: driver } : {}) });
    const { Id: id } = await saying("Unable to create network", made);
    const existing = await readNetwork(engine, id, planned);
    if (existing === undefined) throw new Error(`The network ${id} is gone right after it was made.`);
    return existing;
  },
  read: readNetwork,
  update: () => Promise.reject(new Error("doesn't support update")),
  async delete(engine, id) {
    for (const deadline = Date.now() + 30_000; ; await sleep(500)) {
      try {
        return await engine.delete(`/networks/${id}`);
      } catch (error) {
        if (!(error instanceof DockerProblem)) throw error;
        if (error.status === 404) return;
        if (!error.message.includes("has active endpoints") || Date.now() > deadline) throw error;
      }
    }
  },
};

async function readNetwork(engine: DockerEngine, id: string, state: PlainProperties): Promise<Existing | undefined> {
  const found = await engine.find<EngineNetwork>(`/networks/${id}`);
  if (found === undefined) return undefined;
  const { labels: _, ...others } = state;
  const { Name: name, Driver: driver, Scope: scope, Internal: internal, Attachable: attachable } = found;
  return { id: found.Id, outputs: { ...others, name, driver, scope, internal, attachable, ...labelList(found.Labels) } };
}
