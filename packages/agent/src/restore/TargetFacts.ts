import type { Membership } from "./RoleMemberships.js";

/** What a restore must know of the server it restores into, read before anything is touched. */
export interface TargetFacts {
  /** For messages: host and port, or socket. */
  address: string;
  /** For example 18.4. */
  version: string;
  major: number;
  inRecovery: boolean;
  role: RestoringRole;
  databases: TargetDatabase[];
  roles: string[];
  superusers: string[];
  memberships: Membership[];
  extensions: AvailableExtension[];
  tablespaces: { name: string; mayCreate: boolean }[];
  accessMethods: string[];
  /** Settings of the server itself by name, in lower case. Those of extensions, with a dot in the name, are known only once loaded. */
  settings: Map<string, TargetSetting>;
  /** Present on Amazon RDS and Aurora. */
  rds?: RdsTarget;
}

/** What is special about a server of Amazon RDS or Aurora. */
export interface RdsTarget {
  /** The extensions that it lets its administrators create; null where it does not tell. */
  extensions: ReadonlySet<string> | null;
  /** Attributes that the restoring role may give to no role; SUPERUSER and REPLICATION are the service's own. */
  withheld: ReadonlySet<"superuser" | "replication" | "bypassRls">;
  /** Whether the restoring role logs in by IAM. Otherwise it must come to be a member of no role that is in rds_iam: RDS would take no password of it any more. */
  byIam: boolean;
}

/** Who restores. */
export interface RestoringRole {
  name: string;
  superuser: boolean;
  createDatabase: boolean;
  createRole: boolean;
  bypassRls: boolean;
  /** May end other roles' sessions, save superusers'. */
  signalBackend: boolean;
  /** May create subscriptions; false before PostgreSQL 16, where only superusers may. */
  createSubscription: boolean;
  /** The managed service's administrator role that it is a member of: it may do some of what only superusers may elsewhere. */
  managedAdministrator: string | null;
}

export interface TargetDatabase {
  name: string;
  owner: string;
  isTemplate: boolean;
  allowsConnections: boolean;
  encoding: string;
}

export interface AvailableExtension {
  name: string;
  /** The one that CREATE EXTENSION takes. */
  defaultVersion: string;
  installableVersions: string[];
  /** Whether a role without superuser rights may create it in a database where it may CREATE. */
  open: boolean;
}

export interface TargetSetting {
  /** As in pg_settings, for example `user`, `superuser`, `postmaster`. */
  context: string;
  /** Whether the restoring role may set it; what nobody may set for a database counts as not. */
  maySet: boolean;
}
