import { AttachedProvider } from "../AttachedProvider.js";
import { randomId } from "./RandomId.js";
import { randomPassword } from "./RandomPassword.js";

/** STAND-IN for @pulumi/random: passwords and ids. */
export function randomProvider(): AttachedProvider {
  return new AttachedProvider({
    name: "random",
    version: "4.21.2",
    bridged: true,
    configuration: { source: "https://www.pulumi.com/registry/packages/random/installation-configuration/", properties: {} },
    kinds: [randomId, randomPassword],
    configure: () => undefined,
  });
}
