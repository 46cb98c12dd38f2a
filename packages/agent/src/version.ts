import { createRequire } from "node:module";

/** Version of the agent, that of its package. */
export const agentVersion: string = (createRequire(import.meta.url)("../package.json") as { version: string }).version;
