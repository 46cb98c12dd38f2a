import { AttachedProvider } from "../AttachedProvider.js";
import { randomPassword } from "./RandomPassword.js";

/** STAND-IN for @pulumi/random: passwords only. */
export function randomProvider(): AttachedProvider {
  return new AttachedProvider({
    name: "random",
    version: "4.21.2",
    bridged: true,
    configuration: { source: "https://www.pulumi.com/registry/packages/random/installation-configuration/", properties: {} },
    kinds: [randomPassword],
    configure: () => undefined,
  });
}
