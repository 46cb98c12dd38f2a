import { AttachedProvider } from "../AttachedProvider.js";
import { database } from "./Database.js";
import { defaultPrivileges } from "./DefaultPrivileges.js";
import { extension } from "./Extension.js";
import { grant } from "./Grant.js";
import { grantRole } from "./GrantRole.js";
import { providerArguments } from "./providerArguments.js";
import { role } from "./Role.js";
import { schema } from "./Schema.js";
import { Server } from "./Server.js";

/**
 * STAND-IN for @pulumi/postgresql: real SQL on a real server, for the resource types that our components use. It follows the official provider
 * in its rules, statements and gaps, as read in cyrilgdn/terraform-provider-postgresql, which that one bridges.
 */
export function postgresqlProvider(): AttachedProvider<Server> {
  return new AttachedProvider({
    name: "postgresql",
    version: "3.18.1",
    bridged: true,
    configuration: providerArguments,
    kinds: [database, defaultPrivileges, extension, grant, grantRole, role, schema],
    configure: (configuration) => new Server(configuration),
  });
}
