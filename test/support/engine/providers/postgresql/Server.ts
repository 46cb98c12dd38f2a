import { readFileSync } from "node:fs";
import { Client, type QueryResultRow } from "pg";
import type { PlainProperties } from "../wireValues.js";

/** Runs one statement, in the transaction or without one. */
export type Sql = <Row extends QueryResultRow = QueryResultRow>(statement: string, values?: unknown[]) => Promise<Row[]>;

/** The server that a provider resource points at, by its arguments. */
export class Server {
  /** The role whose rights count, which a user name map may make another than the one that logs in. */
  readonly user: string;
  /** Where roles and databases are made. */
  readonly database: string;
  /** Whether the program says that the user is one; nobody is asked. */
  readonly superuser: boolean;
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly configuration: PlainProperties) {
    this.database = textOf(configuration.database) ?? "postgres";
    this.user = textOf(configuration.databaseUsername) ?? textOf(configuration.username) ?? "postgres";
    this.superuser = configuration.superuser !== false;
    const scheme = textOf(configuration.scheme) ?? "postgres";
    if (scheme !== "postgres") throw new Error(`The scheme ${scheme} needs the official provider.`);
    // The official one allows that many for each database; one for all is enough to see that a component survives with few.
    this.free = Number(configuration.maxConnections ?? 20) || Number.POSITIVE_INFINITY;
  }

  /** Statements one by one, each its own transaction, as CREATE DATABASE needs. */
  async directly<Result>(database: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    await this.takeConnection();
    const client = new Client({ ...this.address(), database });
    client.on("error", () => {
      // the statement that was under way says what happened
    });
    try {
      await client.connect();
      return await work(async (statement, values) => (await client.query(statement, values)).rows as never);
    } finally {
      await client.end().catch(() => {
        // it never connected
      });
      this.returnConnection();
    }
  }

  async inTransaction<Result>(database: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return await this.directly(database, async (sql) => {
      await sql("BEGIN");
      const result = await work(sql);
      await sql("COMMIT");
      return result;
    });
  }

  private address() {
    const { host, port, username, password, connectTimeout } = this.configuration;
    return {
      host: textOf(host) ?? "localhost",
      port: Number(port ?? 5432),
      user: textOf(username) ?? "postgres",
      ...(textOf(password) === undefined ? {} : { password: String(password) }),
      application_name: "Terraform provider",
      connectionTimeoutMillis: Number(connectTimeout ?? 180) * 1000,
      ssl: this.encryption(),
    };
  }

  /** As lib/pq does: `require`, its default, encrypts and believes any certificate. */
  private encryption() {
    const mode = textOf(this.configuration.sslmode) ?? "require";
    const file = textOf(this.configuration.sslrootcert);
    const ca = file === undefined ? {} : { ca: readFileSync(file, "utf8") };
    switch (mode) {
      case "disable":
        return false;
      case "require":
        return { rejectUnauthorized: false };
      case "verify-ca":
        return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
      case "verify-full":
        return { ...ca, rejectUnauthorized: true };
      default:
        throw new Error(`unsupported sslmode "${mode}"; only "require" (default), "verify-full", "verify-ca", and "disable" supported`);
    }
  }

  private async takeConnection(): Promise<void> {
    while (this.free <= 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.free -= 1;
  }

  private returnConnection(): void {
    this.free += 1;
    this.waiting.shift()?.();
  }
}

/** A zero value is an absent one. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
