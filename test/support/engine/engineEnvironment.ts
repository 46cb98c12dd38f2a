import { dirname } from "node:path";
import { officialProviders } from "./pulumiProgram.js";

export interface EngineFolders {
  /** PULUMI_HOME: credentials, plugins, workspaces. */
  home: string;
  /** Where the `file://` backend keeps the state. */
  state: string;
}

/** The passphrase of every test stack: what is protected are secrets of tests. */
const passphrase = "pgkeep test";

/**
 * What makes the engine talk to nobody: state in a folder, no login, no look for a newer CLI, no download of plugins unless the official
 * providers are wanted.
 */
export function engineEnvironment(folders: EngineFolders, attached: ReadonlyMap<string, number>): Record<string, string> {
  return {
    PULUMI_HOME: folders.home,
    PULUMI_BACKEND_URL: `file://${folders.state}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: officialProviders() ? "false" : "true",
    // The engine would run `git` in the folder of the project and above it, to note the commit in the history of the stack.
    PULUMI_DISABLE_VCS_METADATA: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    ...(attached.size === 0 ? {} : { PULUMI_DEBUG_PROVIDERS: [...attached].map(([name, port]) => `${name}:${port}`).join(",") }),
    PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(":"),
  };
}
