import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The bridge that Pods are connected to. */
export interface PodNetwork {
  bridge: string;
  /** Of Pods: `10.88.7.0/24`. */
  podRange: string;
  /** This machine on that network. */
  hostAddress: string;
  serviceRange: string;
  /** The first of its addresses, which is the API server's. */
  serviceAddress: string;
  remove(): Promise<void>;
}

/**
 * A bridge of this machine with addresses that it did not have. The API server's Service has an address of its own on it: without kube-proxy
 * nothing else would lead there from a Pod.
 */
export async function createBridge(): Promise<PodNetwork> {
  const number = randomInt(1, 250);
  const bridge = `pgkeep${number}`;
  const [pods, services] = [`10.88.${number}`, `10.89.${number}`];
  const remove = async () => void (await run("ip", ["link", "delete", bridge]).catch(() => undefined));
  // Said, because a bridge takes the lowest of its ports' addresses otherwise, and another when that Pod goes: the others then speak to nobody for a minute.
  const address = `02:0a:58:${number.toString(16).padStart(2, "0")}:00:01`;
  await run("ip", ["link", "add", bridge, "address", address, "type", "bridge"]);
  try {
    await run("ip", ["address", "add", `${pods}.1/24`, "dev", bridge]);
    await run("ip", ["address", "add", `${services}.1/32`, "dev", bridge]);
    await run("ip", ["link", "set", bridge, "up"]);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    bridge,
    podRange: `${pods}.0/24`,
    hostAddress: `${pods}.1`,
    serviceRange: `${services}.0/24`,
    serviceAddress: `${services}.1`,
    remove,
  };
}
