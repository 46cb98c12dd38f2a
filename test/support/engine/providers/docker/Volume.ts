import { setTimeout as sleep } from "node:timers/promises";
import { type DockerEngine, DockerProblem } from "../../../docker/DockerEngine.js";
import type { Existing } from "../ResourceKind.js";
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
interface EngineVolume {
  Name: string;
  Driver: string;
  Mountpoint: string;
  Labels: Record<string, string> | null;
  Options: Record<string, string> | null;
}

export const volume: DockerKind = {
  type: "docker:index/volume:Volume",
  source: `${upstream}/resource_docker_volume.go`,
  properties: { name: autonamed, labels, driver: chosen, driverOpts: replacing, mountpoint: told },
  deleteBeforeReplace: namedByProgram,
  recorded: ({ name }) => ({
    id: String(name),
    outputs: { driver: "local", mountpoint: `/var/lib/docker/volumes/${String(name)}/_data` },
  }),
  async create(engine, planned) {
    const { name, driver, driverOpts } = planned;
    const body = {
      Name: name,
      Labels: labelMap(planned.labels),
      ...(driver ? { Driver: driver } : {}),
      ...(driverOpts ? { DriverOpts: driverOpts } : {}),
    };
    // A known gap: the Engine answers with the volume that has this name already, and the provider takes it for its own.
    const { Name: id } = await saying("Unable to create volume", engine.post<EngineVolume>("/volumes/create", body));
    const existing = await readVolume(engine, id, planned);
    if (existing === undefined) throw new Error(`The volume ${id} is gone right after it was made.`);
    return existing;
  },
  read: readVolume,
  update: () => Promise.reject(new Error("doesn't support update")),
  async delete(engine, id) {
    for (const deadline = Date.now() + 30_000; ; await sleep(500)) {
      try {
        return await engine.delete(`/volumes/${encodeURIComponent(id)}?force=1`);
      } catch (error) {
        const inUse = error instanceof DockerProblem && error.message.includes("volume is in use");
        if (!inUse || Date.now() > deadline) throw error;
      }
    }
  },
};

async function readVolume(engine: DockerEngine, id: string, state: PlainProperties): Promise<Existing | undefined> {
  const found = await saying("Unable to inspect volume", engine.find<EngineVolume>(`/volumes/${encodeURIComponent(id)}`));
  if (found === undefined) return undefined;
  const { labels: _, driverOpts: __, ...others } = state;
  const driverOpts = found.Options === null || Object.keys(found.Options).length === 0 ? {} : { driverOpts: found.Options };
  const outputs = {
    ...others,
    name: found.Name,
    driver: found.Driver,
    mountpoint: found.Mountpoint,
    ...labelList(found.Labels),
    ...driverOpts,
  };
  return { id: found.Name, outputs };
}
