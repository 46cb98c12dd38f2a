import pg from "pg";

/** Runs SQL as whoever a connection's URI names, in a session of its own; the rows of the last statement. */
export async function queryAs(uri: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: uri, ssl: false });
  await client.connect();
  try {
    const results = (await client.query(sql)) as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** The one word that the server says no with, for example `permission denied for table payment`; fails when it said yes. */
export async function refusalOf(uri: string, sql: string): Promise<string> {
  const outcome = await queryAs(uri, sql).then(
    (rows) => ({ rows }),
    (error: Error) => error,
  );
  if (outcome instanceof Error) return outcome.message;
  throw new Error(`this was to be refused, and gave ${JSON.stringify(outcome.rows)}: ${sql}`);
}
