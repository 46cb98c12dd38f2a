import { readFileSync } from "node:fs";
import { KubernetesImagePullPolicy, SslMode } from "../../../packages/kubernetes/src/index.js";
import { Project } from "../../agent/Project.js";
import { createShop, SHOP } from "../../agent/shop.js";
import { startPostgres, type TestServer } from "../postgresServer.js";
import { startS3, type TestS3 } from "../s3Server.js";
import { makeCertificates } from "../testCertificates.js";
import { AGENT_IMAGE } from "./agentImage.js";
import { type JoinedCluster, joinCluster } from "./joinCluster.js";

/** A shop's server and its store on this machine, as Pods of one namespace reach them, and the Secrets that name them there. */
export interface ShopInNamespace {
  cluster: JoinedCluster;
  server: TestServer;
  s3: TestS3;
  /** pgkeep on this machine, with the same server, databases and store. */
  project: Project;
  /** The agent's configuration for Pods, as an object. */
  configuration: Record<string, unknown> & { databases: string[] };
  /** Arguments of every component whose Pods use it. */
  pod: {
    namespace: string;
    secrets: Record<string, { name: string; key: string }>;
    image: string;
    allowImageTag: boolean;
    imagePullPolicy: KubernetesImagePullPolicy;
    network: { databaseCidr: string; storeCidrs: string[] };
  };
  /** Where the password of the server's superuser is, and the certificates of its authority. */
  password: { name: string; key: string };
  authorities: { name: string; key: string };
  kubectl(...words: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function shopInNamespace(namespace: string): Promise<ShopInNamespace> {
  const cluster = joinCluster();
  const certificates = makeCertificates(`IP:${cluster.hostAddress}`);
  const server = await startPostgres({ settings: { ssl: true, ssl_cert_file: certificates.certificate, ssl_key_file: certificates.key } });
  await createShop(server);
  const s3 = await startS3();
  await s3.createBucket("shop-backups");
  const { port, user, password = "" } = server.connection;
  const storePort = Number(new URL(s3.endpoint).port);
  await cluster.expose(port);
  await cluster.expose(storePort);

  const object = (name: string) => ({ name, namespace });
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
  await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object("shop-server"), stringData: { password } });
  const keys = { id: s3.accessKey, secret: s3.secretKey };
  await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object("shop-store"), stringData: keys });
  const authorities = { "ca.crt": readFileSync(certificates.authority, "utf8") };
  await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: object("shop-authorities"), data: authorities });

  const store = { url: "s3://shop-backups/postgres", region: "us-east-1", forcePathStyle: true };
  const project = new Project();
  project.configure(server.connection, SHOP, { cluster: "shop", store: { ...store, endpoint: s3.endpoint } });
  Object.assign(project.environment, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });
  return {
    cluster,
    server,
    s3,
    project,
    configuration: {
      version: 1,
      cluster: "shop",
      connection: { host: cluster.hostAddress, port, user, sslmode: SslMode.VerifyFull, sslrootcert: "/etc/pgkeep/authorities/ca.crt" },
      databases: SHOP,
      store: { ...store, endpoint: `http://${cluster.hostAddress}:${storePort}` },
    },
    pod: {
      namespace,
      secrets: {
        AWS_ACCESS_KEY_ID: { name: "shop-store", key: "id" },
        AWS_SECRET_ACCESS_KEY: { name: "shop-store", key: "secret" },
      },
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
      network: { databaseCidr: `${cluster.hostAddress}/32`, storeCidrs: [`${cluster.hostAddress}/32`] },
    },
    password: { name: "shop-server", key: "password" },
    authorities: { name: "shop-authorities", key: "ca.crt" },
    kubectl: (...words) => cluster.kubectl(`--namespace=${namespace}`, ...words),
    stop: async () => {
      project.remove();
      await s3.stop();
      await server.stop();
      certificates.remove();
      await cluster.leave();
    },
  };
}
