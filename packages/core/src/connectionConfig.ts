import { z } from "zod";
import { regionNameProblem } from "./aws/rdsEndpoint.js";
import { ConnectionAuthentication } from "./connection.js";
import { hostProblem } from "./connectionHost.js";
import { CONNECTION_URI_FORM, parseConnectionUri, passwordInUri } from "./connectionUri.js";
import { durationSchema } from "./duration.js";
import { refuse } from "./refuse.js";

const uriSchema = z.string().superRefine((text, context) => {
  try {
    if (parseConnectionUri(text).password !== undefined) refuse(context, { ...passwordInUri, hidden: true });
  } catch (error) {
    // The text is not shown: what cannot be read may hold a password all the same.
    refuse(context, { reason: (error as Error).message, allowed: CONNECTION_URI_FORM, hidden: true });
  }
});

const hostSchema = z
  .string()
  .min(1)
  .superRefine((host, context) => {
    const reason = hostProblem(host.replace(/^\[([^\]]*:[^\]]*)\]$/, "$1"));
    if (reason !== undefined) refuse(context, { reason, allowed: "one host name, address, or folder of a socket" });
  });

const awsRegionSchema = z.string().superRefine((region, context) => {
  const reason = regionNameProblem(region);
  if (reason !== undefined) refuse(context, { reason, allowed: "a Region's code, for example eu-west-1" });
});

/** How to reach a PostgreSQL server, without any secret. `resolveConnection` completes it. */
export const connectionSchema = z
  .strictObject({
    uri: uriSchema
      .optional()
      .describe("libpq URI without a password, for example postgresql://backup@db.example.org/postgres. Fields beside it win over it."),
    host: hostSchema.optional().describe("Host name, address or socket folder. Defaults to PGHOST, then to localhost."),
    port: z.int().min(1).max(65535).optional().describe("Defaults to PGPORT, then to 5432."),
    user: z.string().min(1).optional().describe("Defaults to PGUSER, then to the name of the operating system's user."),
    passwordFile: z
      .string()
      .min(1)
      .optional()
      .describe("File that holds only the password. Otherwise PGPASSWORD, PGPASSWORD_FILE or a libpq password file (PGPASSFILE)."),
    authentication: z
      .enum(ConnectionAuthentication)
      .default(ConnectionAuthentication.Password)
      .describe(
        "`password`: a password, a client certificate, or whatever the server asks for. `rds-iam`: IAM database authentication of Amazon RDS; each connection gets a token of its own, signed with the agent's AWS credentials. Defaults to password.",
      ),
    awsRegion: awsRegionSchema
      .optional()
      .describe("With rds-iam: AWS Region of the server. Defaults to the one in an RDS endpoint's name, then to AWS_REGION."),
    sslmode: z
      .enum(["disable", "require", "verify-ca", "verify-full"])
      .optional()
      .describe("Defaults to PGSSLMODE, then to verify-full; to disable for loopback addresses and sockets."),
    sslrootcert: z
      .string()
      .min(1)
      .optional()
      .describe(
        "File of trusted authorities, or `system`, or `rds`: those of Amazon RDS, which come with the agent. Defaults to PGSSLROOTCERT, then to `rds` for an RDS endpoint and to `system` elsewhere.",
      ),
    sslcert: z.string().min(1).optional().describe("Client certificate. Defaults to PGSSLCERT."),
    sslkey: z.string().min(1).optional().describe("Key of the client certificate. Defaults to PGSSLKEY."),
    maintenanceDatabase: z
      .string()
      .min(1)
      .optional()
      .describe("Database to connect to for what concerns the whole cluster. Defaults to the URI's database, then to `postgres`."),
    connectTimeout: durationSchema("10s", { least: "1s", reason: "libpq counts in whole seconds, and reads zero as forever" }).describe(
      "How long one attempt to connect may take. Defaults to 10s.",
    ),
    retryFor: durationSchema("60s", { least: "0s" }).describe(
      "How long attempts to connect go on while the server is unreachable or starting. Defaults to 60s; 0s means one attempt.",
    ),
  })
  .superRefine(({ authentication, passwordFile, awsRegion }, context) => {
    const signed = authentication === ConnectionAuthentication.RdsIam;
    if (signed && passwordFile !== undefined) {
      refuse(
        context,
        {
          reason: "with authentication rds-iam the password is a token that the agent signs itself, so no file's would ever be used",
          next: "remove passwordFile, or write authentication: password",
        },
        ["passwordFile"],
      );
    }
    if (!signed && awsRegion !== undefined) {
      refuse(
        context,
        {
          reason: "only authentication rds-iam needs a Region, and this is authentication password",
          next: "remove awsRegion, or write authentication: rds-iam",
        },
        ["awsRegion"],
      );
    }
  })
  .describe("How to reach the PostgreSQL server.");

export type ConnectionConfig = z.infer<typeof connectionSchema>;
