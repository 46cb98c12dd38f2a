import { DockerEngine } from "../../../docker/DockerEngine.js";
import { AttachedProvider } from "../AttachedProvider.js";
import { container } from "./Container.js";
import { upstream, withEngine, withoutEngine } from "./DockerKind.js";
import { network } from "./Network.js";
import { volume } from "./Volume.js";

const kinds = [container, network, volume];
const description = {
  name: "docker",
  version: "5.2.0",
  bridged: true,
  configuration: { source: `${upstream}/provider.go`, properties: { host: { onChange: "update" }, context: { onChange: "update" } } },
} as const;

/**
 * STAND-IN for @pulumi/docker. Given an Engine's socket it makes containers, networks and volumes there, and nowhere else whatever `host` a
 * program gives; without one it records them. What else a component uses is added beside these.
 */
export function dockerProvider({ socket }: { socket?: string } = {}): AttachedProvider<DockerEngine> | AttachedProvider<undefined> {
  if (socket === undefined) return new AttachedProvider({ ...description, kinds: kinds.map(withoutEngine), configure: () => undefined });
  return new AttachedProvider({
    ...description,
    kinds: kinds.map(withEngine),
    configure: ({ host }) => {
      if (host !== undefined && host !== `unix://${socket}`)
        throw new Error(`The Engine of this test is at unix://${socket}, not at ${String(host)}.`);
      return new DockerEngine(socket);
    },
  });
}
