import { setTimeout as sleep } from "node:timers/promises";
import type { DockerEngine } from "../../../docker/DockerEngine.js";
import type { Existing } from "../ResourceKind.js";
import { uuidOf } from "../uuidOf.js";
import type { PlainProperties } from "../wireValues.js";
import { containerBody, type EngineContainer, endpointOf, outputsOf } from "./containerBody.js";
import { autonamed, chosen, type DockerKind, labels, listOf, replacing, saying, told, upstream } from "./DockerKind.js";

const inPlace = { onChange: "update" } as const;
/** How long a container may take to run. */
const patienceMilliseconds = 15_000;

export const container: DockerKind = {
  type: "docker:index/container:Container",
  source: `${upstream}/resource_docker_container.go`,
  properties: {
    name: autonamed,
    image: { onChange: "replace", required: true },
    command: chosen,
    entrypoints: chosen,
    envs: { ...chosen, set: true },
    hostname: chosen,
    labels: { ...labels, computed: true },
    mounts: { ...replacing, set: true },
    networkMode: { onChange: "replace", default: "bridge" },
    networksAdvanced: { ...replacing, set: true },
    readOnly: { onChange: "replace", default: false },
    restart: { ...inPlace, default: "no" },
    maxRetryCount: inPlace,
    mustRun: { ...inPlace, default: true },
    start: { ...inPlace, default: true },
    removeVolumes: { ...inPlace, default: true },
    destroyGraceSeconds: inPlace,
    bridge: told,
    exitCode: told,
    networkDatas: told,
  },
  // Whoever named it: `DeleteBeforeReplace: true` in provider/resources.go of pulumi/pulumi-docker.
  deleteBeforeReplace: true,
  recorded: ({ name, hostname }) => {
    const id = uuidOf(String(name)).replaceAll("-", "").repeat(2);
    return { id, outputs: { hostname: hostname ?? id.slice(0, 12), bridge: "", networkDatas: [] } };
  },
  async create(engine, planned) {
    const path = `/containers/create?name=${encodeURIComponent(String(planned.name))}`;
    const { Id: id } = await saying("Unable to create container", engine.post<{ Id: string }>(path, containerBody(planned)));
    try {
      await joinNetworks(engine, id, planned);
      if (planned.start !== false) await saying("Unable to start container", engine.post(`/containers/${id}/start`));
      return await settled(engine, id, planned);
    } catch (error) {
      // The official provider does so where it ended at once. What was begun otherwise it leaves, and notes in the state, which a stand-in cannot.
      await remove(engine, id, planned);
      throw error;
    }
  },
  async read(engine, id, state) {
    const found = await inspect(engine, id);
    if (found === undefined) return undefined;
    if (found.State.Running || state.mustRun === false) return outputsOf(found, state);
    // A known gap: a mere refresh removes a container that stands still though it must run, and the next update makes it anew.
    await remove(engine, id, state);
    return undefined;
  },
  async update(engine, id, old, planned) {
    const changed = ["restart", "maxRetryCount"].some((name) => old[name] !== planned[name]);
    if (changed) {
      const { RestartPolicy } = containerBody(planned).HostConfig;
      await saying("Unable to update a container", engine.post(`/containers/${id}/update`, { RestartPolicy }));
    }
    // A known gap: that it must run, or start, now, is noted and not done.
    const found = await inspect(engine, id);
    if (found === undefined) throw new Error(`Unable to update a container: No such container: ${id}`);
    return outputsOf(found, planned);
  },
  delete: remove,
};

function inspect(engine: DockerEngine, id: string): Promise<EngineContainer | undefined> {
  return engine.find<EngineContainer>(`/containers/${id}/json`);
}

async function joinNetworks(engine: DockerEngine, id: string, { networksAdvanced }: PlainProperties): Promise<void> {
  const wanted = listOf(networksAdvanced);
  if (wanted.length === 0) return;
  await engine.post("/networks/bridge/disconnect", { Container: id }).catch((error: unknown) => {
    if (!String(error).includes("is not connected to the network bridge")) throw error;
  });
  for (const network of wanted) {
    const { name, endpoint } = endpointOf(network);
    const joined = engine.post(`/networks/${encodeURIComponent(name)}/connect`, { Container: id, EndpointConfig: endpoint });
    await saying(`Unable to connect to network '${name}'`, joined);
  }
}

/** Once it runs, or need not. */
async function settled(engine: DockerEngine, id: string, planned: PlainProperties): Promise<Existing> {
  for (const deadline = Date.now() + patienceMilliseconds; ; await sleep(100)) {
    const found = await inspect(engine, id);
    if (found !== undefined && (found.State.Running || planned.mustRun === false)) return outputsOf(found, planned);
    if (found?.State.Status === "exited") throw new Error("container exited immediately");
    if (found === undefined || Date.now() > deadline) throw new Error("container failed to be in running state");
  }
}

async function remove(engine: DockerEngine, id: string, state: PlainProperties): Promise<void> {
  const grace = Number(state.destroyGraceSeconds ?? 0);
  if (grace > 0) await saying(`Error stopping container ${id}`, engine.post(`/containers/${id}/stop?t=${grace}`));
  const path = `/containers/${id}?force=1&v=${state.removeVolumes === false ? 0 : 1}`;
  await saying(`Error deleting container ${id}`, engine.delete(path));
}
