import type { Existing } from "../ResourceKind.js";
import type { PlainProperties, PlainValue } from "../wireValues.js";
import { labelMap, listOf, textsOf } from "./DockerKind.js";

/** What is used of the Engine's answer about a container. */
export interface EngineContainer {
  Id: string;
  Name: string;
  Image: string;
  State: { Running: boolean; Status: string; ExitCode: number };
  Config: { Hostname: string; Cmd: string[] | null; Entrypoint: string[] | null };
  HostConfig: {
    NetworkMode: string;
    ReadonlyRootfs: boolean;
    RestartPolicy: { Name: string; MaximumRetryCount: number };
    Mounts?: EngineMount[] | null;
  };
  NetworkSettings: { Bridge: string; Networks: Record<string, EngineEndpoint> };
}

interface EngineMount {
  Type: string;
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
}

interface EngineEndpoint {
  IPAddress: string;
  IPPrefixLen: number;
  Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  IPv6Gateway: string;
  MacAddress: string;
}

/** What the Engine is asked for: resourceDockerContainerCreate in resource_docker_container_funcs.go. */
export function containerBody(planned: PlainProperties) {
  const { image, hostname, command, entrypoints, networkMode, readOnly, restart, maxRetryCount } = planned;
  return {
    Image: image,
    Env: textsOf(planned.envs),
    Labels: labelMap(planned.labels),
    ...(hostname ? { Hostname: hostname } : {}),
    ...(command ? { Cmd: textsOf(command) } : {}),
    ...(entrypoints ? { Entrypoint: textsOf(entrypoints) } : {}),
    HostConfig: {
      NetworkMode: networkMode,
      ReadonlyRootfs: readOnly === true,
      RestartPolicy: { Name: restart ?? "no", MaximumRetryCount: Number(maxRetryCount ?? 0) },
      Mounts: listOf(planned.mounts).map(mountOf),
      Init: false,
    },
  };
}

function mountOf(mount: PlainProperties): EngineMount {
  const { target, source, type, readOnly } = only(mount, ["target", "source", "type", "readOnly"]);
  return { Type: String(type), Target: String(target), ReadOnly: readOnly === true, ...(source ? { Source: String(source) } : {}) };
}

export function endpointOf(network: PlainProperties) {
  const { name, aliases } = only(network, ["name", "aliases"]);
  return { name: String(name), endpoint: { Aliases: textsOf(aliases) } };
}

/** The state after a create or read: what the provider reads back (not `envs` and `labels`, say), the rest as it was planned. */
export function outputsOf(found: EngineContainer, planned: PlainProperties): Existing {
  const { Config, HostConfig, NetworkSettings, State } = found;
  const mounts = mountsOf(HostConfig.Mounts ?? [], planned.mounts);
  const { mounts: _, ...others } = planned;
  const outputs = {
    ...others,
    name: found.Name.replace(/^\/+/, ""),
    // A known gap: the id of the image, so that an image given by its name looks changed after each read. Its documentation asks for the id.
    image: found.Image,
    hostname: Config.Hostname,
    ...(Config.Cmd === null ? {} : { command: Config.Cmd }),
    ...(Config.Entrypoint === null ? {} : { entrypoints: Config.Entrypoint }),
    networkMode: HostConfig.NetworkMode,
    readOnly: HostConfig.ReadonlyRootfs,
    restart: HostConfig.RestartPolicy.Name,
    ...(HostConfig.RestartPolicy.MaximumRetryCount > 0 ? { maxRetryCount: HostConfig.RestartPolicy.MaximumRetryCount } : {}),
    ...(mounts.length > 0 ? { mounts } : {}),
    ...(State.Running ? {} : { exitCode: State.ExitCode }),
    bridge: NetworkSettings.Bridge,
    networkDatas: Object.entries(NetworkSettings.Networks).map(([networkName, endpoint]) => ({
      networkName,
      ipAddress: endpoint.IPAddress,
      ipPrefixLength: endpoint.IPPrefixLen,
      gateway: endpoint.Gateway,
      globalIpv6Address: endpoint.GlobalIPv6Address,
      globalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen,
      ipv6Gateway: endpoint.IPv6Gateway,
      macAddress: endpoint.MacAddress,
    })),
  };
  return { id: found.Id, outputs };
}

/** As planned where the Engine says the same: `readOnly: false` is there what an absent one is. */
function mountsOf(found: readonly EngineMount[], planned: PlainValue | undefined): PlainProperties[] {
  const asPlanned = listOf(planned).map((mount) => ({ mount, key: keyOf(mountOf(mount)) }));
  return found.map((mount) => {
    const same = asPlanned.find(({ key }) => key === keyOf(mount));
    const { Target: target, Type: type, Source, ReadOnly } = mount;
    return same?.mount ?? { target, type, ...(Source ? { source: Source } : {}), ...(ReadOnly ? { readOnly: true } : {}) };
  });
}

function keyOf({ Target, Type, Source = "", ReadOnly = false }: EngineMount): string {
  return JSON.stringify([Target, Type, Source, ReadOnly]);
}

function only(part: PlainProperties, known: readonly string[]): PlainProperties {
  const others = Object.keys(part).filter((name) => name !== "__defaults" && !known.includes(name));
  if (others.length > 0) throw new Error(`It has no rule for ${others.join(", ")} of ${JSON.stringify(known)}: add it, with its source.`);
  return part;
}
