import { AttachedProvider } from "../AttachedProvider.js";
import type { PropertyRule } from "../ResourceKind.js";
import { recordedKind } from "../recordedKind.js";

const replacing: PropertyRule = { onChange: "replace" };
const chosen: PropertyRule = { onChange: "replace", computed: true };
const upstream = "https://github.com/kreuzwerker/terraform-provider-docker/blob/v4.2.0/internal/provider";

/** STAND-IN for @pulumi/docker: volumes are recorded, no engine makes them. What else a component uses is added here. */
export function dockerProvider(): AttachedProvider<undefined> {
  return new AttachedProvider({
    name: "docker",
    version: "5.2.0",
    bridged: true,
    configuration: { source: `${upstream}/provider.go`, properties: { host: { onChange: "update" }, context: { onChange: "update" } } },
    kinds: [
      recordedKind({
        type: "docker:index/volume:Volume",
        source: `${upstream}/resource_docker_volume.go`,
        properties: {
          name: { onChange: "replace", autonamed: true },
          labels: { onChange: "replace", set: true },
          driver: chosen,
          driverOpts: replacing,
          mountpoint: { onChange: "update", output: true },
        },
        computed: ({ name }) => ({
          id: String(name),
          outputs: { driver: "local", mountpoint: `/var/lib/docker/volumes/${String(name)}/_data` },
        }),
      }),
    ],
    configure: () => undefined,
  });
}
