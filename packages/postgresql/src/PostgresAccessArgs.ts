import type { SslMode } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";

/** Who runs the server, which decides what an administrator may do and which extensions there are. */
export enum ManagedService {
  /** A server of your own. Every extension that its machine has installed can be used, so none is refused here. */
  OwnServer = "own-server",
  /** Amazon RDS for PostgreSQL and Aurora PostgreSQL: the administrator is no superuser, extensions are those of `SHOW rds.extensions`. */
  Rds = "rds",
  /** Google Cloud SQL for PostgreSQL: the administrator is no superuser. */
  CloudSql = "cloud-sql",
  /** Azure Database for PostgreSQL, flexible server: the administrator is no superuser, extensions must also be allowed in `azure.extensions`. */
  AzureFlexible = "azure-flexible",
}

/** The server on which databases and roles are made. */
export interface AccessServerArgs {
  /** Host name or address. Changing it makes the next deployment talk to another server: what was made on the old one stays there, unmanaged. */
  host: pulumi.Input<string>;
  /** TCP port, from 1 to 65535. Defaults to `5432`. */
  port?: pulumi.Input<number>;
  /**
   * How connections are encrypted, for the administrator and in every connection given out. Defaults to `verify-full`, which checks the
   * server's certificate and its name. `disable` and `require` stop nobody who can answer in the server's place.
   */
  sslMode?: pulumi.Input<SslMode>;
  /** File with the certificates of trusted authorities, on the machine that runs Pulumi. Defaults to that machine's own authorities. */
  sslRootCertificate?: pulumi.Input<string>;
  /**
   * File with the certificates of trusted authorities as the applications find it, for the connections given out. Defaults to none, and
   * libpq then looks for `~/.postgresql/root.crt`.
   */
  clientRootCertificate?: pulumi.Input<string>;
  /** Database to connect to for what concerns the whole cluster. Defaults to `postgres`. */
  maintenanceDatabase?: pulumi.Input<string>;
  /**
   * Connections that the administrator may open to each database at a time, from 1 to 100. Defaults to `4`: the provider's own default of
   * 20 for each database has exhausted small servers.
   */
  maxConnections?: pulumi.Input<number>;
  /** Who runs the server. Defaults to `own-server`. Decides which extensions are accepted. */
  managedService?: ManagedService;
  /**
   * The extensions that the server offers, for example what `SHOW rds.extensions` prints. Defaults to the list that pgkeep knows of the
   * managed service, and to no limit on a server of your own. An extension beyond it is refused before anything is deployed.
   */
  availableExtensions?: string[];
}

/** The role that creates databases and roles. It needs CREATEROLE and CREATEDB; it need not be, and mostly is not, a superuser. */
export interface AccessAdminArgs {
  /** Name of the administrator's role. It is made a member of every owner declared here, without which it could not hand databases over to them. */
  username: pulumi.Input<string>;
  /**
   * Its password. Without one, a provider must be given in `opts.providers` (`{ postgresql: provider }`), for example one that uses IAM; with
   * one, the component makes an explicit provider of its own. The default provider, which would talk to localhost, is never used.
   */
  password?: pulumi.Input<string>;
  /**
   * Whether it is a superuser. Defaults to `false`, right for every managed service: with `true` the provider reads password verifiers from
   * `pg_shadow`, which fails for anybody else.
   */
  superuser?: pulumi.Input<boolean>;
}

/**
 * The names under which an application expects its connection. With one name given, only those given are written.
 */
export interface ConnectionKeysArgs {
  /** Name for the host. */
  host?: string;
  /** Name for the port. */
  port?: string;
  /** Name for the database. */
  database?: string;
  /** Name for the user. */
  username?: string;
  /** Name for the password. */
  password?: string;
  /** Name for libpq's sslmode. */
  sslMode?: string;
  /** Name for the whole connection as a libpq URI, password included. */
  uri?: string;
}

/** An extension of a database. */
export interface AccessExtensionArgs {
  /** Name as in `CREATE EXTENSION`, for example `pgcrypto`. Removing it from the list leaves it in the database, unless `dropOnDestroy`. */
  name: string;
  /** Schema for its objects. Defaults to the first of the search path, which is `public`. Changing it moves them. */
  schema?: string;
  /** Version. Defaults to the server's default version when it is created; a change runs `ALTER EXTENSION … UPDATE`. */
  version?: string;
}

/** A database with an owner that cannot log in. */
export interface AccessDatabaseArgs {
  /**
   * Name, at most 63 bytes. Another name declares another, empty database; the one of the old name stays on the server with its data, no
   * longer managed, unless `dropOnDestroy`.
   */
  name: string;
  /**
   * The role that owns the database and everything in it. It cannot log in: whoever must change tables is a member of it. Defaults to the
   * database's name with `_owner`. Several databases may name the same. Another name is another role, which gets the database; what is inside
   * stays with the old one, out of the application's reach, unless `formerOwner` names that.
   */
  owner?: string;
  /**
   * The role that owned the database until now: with a change of the owner, everything that it owns in this database is handed over as well
   * (`REASSIGN OWNED`). Remove it with the next deployment. Refused where the former owner has to do with another database here, because
   * PostgreSQL would hand that one over too, and the provider then leaves out what is in it.
   */
  formerOwner?: string;
  /** Character set, for example `UTF8`. Defaults to `UTF8`. Applies at creation only: a later change is not carried out, nor shown as a difference. */
  encoding?: string;
  /**
   * Collation and character type (`LC_COLLATE`, `LC_CTYPE`), for example `C` or `en_US.UTF-8`. Defaults to that of `template0`, which is
   * the server's. Applies at creation only, like the encoding.
   */
  locale?: string;
  /** Connections to this database at a time: `-1` for no limit, or from 1 to 262143. Defaults to `-1`. The dump needs some as well. */
  connectionLimit?: pulumi.Input<number>;
  /** Extensions to create. A managed service offers only some, and a role that is no superuser may create only trusted ones. Defaults to none. */
  extensions?: AccessExtensionArgs[];
  /**
   * Schemas that read-only roles may read, beyond those that the owner creates later, which they may read by default privileges. A schema
   * that is missing is created, for the owner. Defaults to `public`.
   */
  schemas?: string[];
  /** Names of the lines in `environment`. Defaults to libpq's, `PGHOST` to `PGSSLMODE`, and `DATABASE_URL`. */
  environmentNames?: ConnectionKeysArgs;
  /**
   * Paths of the values in `helmValues`, with dots between the keys as for `helm --set`, a dot inside a key as `\.`. For example
   * `global.database.host`. Defaults to none, and `helmValues` is then empty.
   */
  helmPaths?: ConnectionKeysArgs;
}

/** An application's login. It owns nothing and acts as the owner of its databases, so that tables made by its migrations belong to the owner. */
export interface ApplicationRoleArgs {
  /** Name of the login, at most 63 bytes. Another name declares another login; the old one stays on the server, unless `dropOnDestroy`. */
  name: string;
  /**
   * Databases it works in. All of them must have the same owner, because a login switches to one role when it connects. Two databases, one
   * owner and one login is what charts expect that know only one user.
   */
  databases: string[];
  /**
   * Its password: no NUL, line break or backslash (the provider would double it), and neither `NULL` nor a password verifier. Defaults to a
   * generated one of 32 letters and digits. A change applies to new sessions at once, those that are open go on.
   */
  password?: pulumi.Input<string>;
  /** Raise it to have a new password generated. Defaults to `1`. Without `alternateLogins` the old password stops at once. */
  passwordGeneration?: number;
  /**
   * Rotates without downtime: instead of one login there are two, its name with `_a` and `_b`. Each new generation gives the other one a new
   * password and lets `connections` name it, while the one in use until then stays valid until the generation after. Defaults to `false`.
   * Turning it on declares two new logins and leaves the old one on the server. Its passwords are always generated.
   */
  alternateLogins?: boolean;
  /** Connections of each login at a time: `-1` for no limit, or from 1 to 262143. Defaults to `-1`. */
  connectionLimit?: pulumi.Input<number>;
}

/** A login that reads tables and sequences of some databases, those created later included, and changes nothing. */
export interface ReadOnlyRoleArgs {
  /** Name of the login, at most 63 bytes. */
  name: string;
  /** Databases it reads. Removing one revokes what was granted, unless the deployment leaves things on the server (`dropOnDestroy`). */
  databases: string[];
  /** Its password, under the rules of an application's. Defaults to a generated one. */
  password?: pulumi.Input<string>;
  /** Raise it to have a new password generated. Defaults to `1`. */
  passwordGeneration?: number;
  /** Connections at a time: `-1` for no limit, or from 1 to 262143. Defaults to `-1`. */
  connectionLimit?: pulumi.Input<number>;
}

/**
 * The login that takes backups: it reads everything of the cluster (`pg_read_all_data`) and writes nothing. It sees other roles' password
 * verifiers where the server shows them and everybody's data: keep it as secret as a superuser.
 */
export interface DumpRoleArgs {
  /** Name of the login, at most 63 bytes. Defaults to `pgkeep_dump`. */
  name?: string;
  /** Its password, under the rules of an application's. Defaults to a generated one. */
  password?: pulumi.Input<string>;
  /** Raise it to have a new password generated. Defaults to `1`. A run that is under way goes on. */
  passwordGeneration?: number;
}

/** The login that restores: it may create databases and act as every owner declared here. Give it to nobody between restores. */
export interface RestoreRoleArgs {
  /** Name of the login, at most 63 bytes. Defaults to `pgkeep_restore`. */
  name?: string;
  /** Its password, under the rules of an application's. Defaults to a generated one. */
  password?: pulumi.Input<string>;
  /** Raise it to have a new password generated. Defaults to `1`. */
  passwordGeneration?: number;
}

/** Arguments of `PostgresAccess`. */
export interface PostgresAccessArgs {
  /** The server. */
  server: AccessServerArgs;
  /** The role that does the work on it. */
  admin: AccessAdminArgs;
  /** The databases. Plain, because they decide which resources there are: an unknown list would make a preview plan to delete them. */
  databases: AccessDatabaseArgs[];
  /** The applications' logins. Defaults to none. */
  applications?: ApplicationRoleArgs[];
  /** Logins that only read. Defaults to none. */
  readOnlyRoles?: ReadOnlyRoleArgs[];
  /** The login that takes backups. Defaults to `pgkeep_dump` with a generated password. */
  dumpRole?: DumpRoleArgs;
  /** The login that restores. Defaults to none. */
  restoreRole?: RestoreRoleArgs;
  /**
   * Whether destroying the stack, or removing an entry here, also drops the databases, roles and grants on the server. Defaults to `false`:
   * they are left as they are, data included, and only forgotten by Pulumi. With `true`, DROP DATABASE deletes the data, and a role that owns
   * something elsewhere stops the deployment. It must have been deployed before the destroy to have an effect.
   */
  dropOnDestroy?: boolean;
  /**
   * Whether this deployment takes over databases and roles that exist, as after a destroy that left them. Defaults to `false`, and existing
   * ones are then refused by the server. With `true` every database and role must exist; none is changed, its password neither. Remove it with
   * the next deployment, whose preview shows each difference from what was found.
   */
  adopt?: boolean;
}

/** One login's connection to one database, ready to be put where an application looks for it. All of it is secret. */
export interface AccessConnection {
  /** Host name or address. */
  host: string;
  /** TCP port. */
  port: number;
  /** Database. */
  database: string;
  /** Login. */
  username: string;
  /** Password. */
  password: string;
  /** libpq's sslmode. */
  sslMode: string;
  /** libpq connection URI, password included, every part percent-encoded. */
  uri: string;
  /**
   * Lines of a `.env` file, quoted so that Docker Compose and a POSIX shell read back exactly these values. `docker run --env-file` knows no
   * quotes: give it only values without special characters, as generated passwords are.
   */
  environment: string;
  /** Values for a Helm chart as YAML, at the database's `helmPaths`. Empty without them. */
  helmValues: string;
  /** JSON object of texts (host, port, database, username, password, sslmode, uri), as a Kubernetes Secret's `stringData` takes it. */
  json: string;
}
