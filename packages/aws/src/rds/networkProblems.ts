import type { Problem } from "@pgkeep/core";
import type { RdsNetworkArgs, RdsPeerArgs } from "./RdsPostgresArgs.js";

const KINDS = ["securityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId"] as const;

/** What is wrong between the arguments of the network. */
export function networkProblems(network: RdsNetworkArgs | undefined): Problem[] {
  if (network === undefined) return [];
  return [
    ...oneOf(network, "subnetIds", "subnetGroupName", "a subnet group"),
    ...oneOf(network, "vpcId", "securityGroupId", "a security group"),
    ...peerProblems("network.clients", network.clients ?? []),
    ...peerProblems("network.destinations", network.destinations ?? []),
  ];
}

function oneOf(network: RdsNetworkArgs, own: keyof RdsNetworkArgs, given: keyof RdsNetworkArgs, what: string): Problem[] {
  if ((network[own] === undefined) !== (network[given] === undefined)) return [];
  const where = `network.${own}`;
  return network[own] === undefined
    ? [
        {
          where,
          reason: `without it there is no ${what.slice(2)}`,
          allowed: `${own} for ${what} of its own, or ${given} for one that exists`,
        },
      ]
    : [{ where, reason: `${what} that exists is given too`, next: `remove ${own}, or remove ${given} for ${what} of its own` }];
}

function peerProblems(where: string, peers: readonly RdsPeerArgs[]): Problem[] {
  return peers.flatMap((peer, index): Problem[] => {
    const first = peers.findIndex(({ name }) => name === peer.name);
    const kinds = KINDS.filter((kind) => peer[kind] !== undefined);
    return [
      ...(first === index
        ? []
        : [{ where: `${where}[${index}].name`, received: JSON.stringify(peer.name), reason: `${where}[${first}] has the same name` }]),
      ...(kinds.length === 1
        ? []
        : [
            {
              where: `${where}[${index}]`,
              received: kinds.length === 0 ? "none of them" : kinds.join(", "),
              reason: "a rule is about exactly one kind of peer",
              allowed: KINDS.join(", "),
            },
          ]),
    ];
  });
}
