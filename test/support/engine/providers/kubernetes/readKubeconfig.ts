import { parse } from "yaml";

/** Where a cluster's API server is and how it is talked to. */
export interface Access {
  server: string;
  /** The authority that signed its certificate, PEM; the system's authorities where the file names none. */
  ca?: string;
  token: string;
  namespace?: string;
}

interface Named {
  name?: string;
}

interface Kubeconfig {
  "current-context"?: string;
  clusters?: (Named & { cluster?: { server?: string; "certificate-authority-data"?: string } })[];
  users?: (Named & { user?: { token?: string } })[];
  contexts?: (Named & { context?: { cluster?: string; user?: string; namespace?: string } })[];
}

/** Understands what the tests' own server writes: a token, and a certificate in the file itself. */
export function readKubeconfig(text: string, wanted?: string): Access {
  const file = parse(text) as Kubeconfig;
  const context = named(file.contexts, wanted ?? file["current-context"])?.context;
  const cluster = named(file.clusters, context?.cluster)?.cluster;
  const token = named(file.users, context?.user)?.user?.token;
  if (cluster?.server === undefined || token === undefined) {
    throw new Error("This kubeconfig needs the official provider: its context has no server, or a user without a token.");
  }
  const data = cluster["certificate-authority-data"];
  return {
    server: cluster.server,
    token,
    ...(data === undefined ? {} : { ca: Buffer.from(data, "base64").toString("utf8") }),
    ...(context?.namespace === undefined ? {} : { namespace: context.namespace }),
  };
}

function named<Entry extends Named>(entries: readonly Entry[] | undefined, name: string | undefined): Entry | undefined {
  return entries?.find((entry) => entry.name === name);
}
