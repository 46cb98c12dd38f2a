import { type AgentConfigInput, type Connection, parseAgentConfig, resolveConnection } from "@pgkeep/core";

/** The server of a configuration as the agent in a Pod understands it. Throws a ProblemError where it would refuse it. */
export function configuredServer(config: AgentConfigInput): Connection {
  // A ServiceAccount with a role brings its Region along.
  return resolveConnection(parseAgentConfig(config).connection, { AWS_REGION: "eu-central-1" }, {}, "agent", "configuration.connection");
}
