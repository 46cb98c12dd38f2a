import type { PropertyRule } from "../ResourceKind.js";

const changeable: PropertyRule = { onChange: "update" };
const encoded: PropertyRule = { onChange: "update", encoded: true };

/** None of the provider's arguments is ForceNew: a change of one reconnects and replaces nothing. */
export const providerArguments: { source: string; properties: Readonly<Record<string, PropertyRule>> } = {
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/provider.go",
  properties: {
    connectTimeout: encoded,
    database: changeable,
    databaseUsername: changeable,
    expectedVersion: changeable,
    host: changeable,
    maxConnections: encoded,
    password: changeable,
    port: encoded,
    scheme: changeable,
    sslmode: changeable,
    sslrootcert: changeable,
    superuser: encoded,
    username: changeable,
  },
};
