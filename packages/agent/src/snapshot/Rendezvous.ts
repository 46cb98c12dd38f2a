import type { Session } from "../postgresql/session.js";

/** What one session saw at the moment its transaction took its snapshot. */
export interface View {
  /** pg_current_snapshot() */
  text: string;
  /** The server's clock right after it, in seconds. */
  at: number;
}

const TAKE = `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
  SELECT pg_catalog.pg_current_snapshot()::text AS text, extract(epoch FROM pg_catalog.clock_timestamp())::float8 AS at`;

/** pg_sleep wakes on whole milliseconds, so the last one is spent looking at the clock. */
const LAST_STRETCH_SECONDS = 0.0012;
const SHORTEST_LEAD_SECONDS = 0.003;
const LONGEST_LEAD_SECONDS = 0.5;

/** How far apart, in seconds, the sessions of the last tries were; the median forgives single stumbles. */
class Spreads {
  readonly #last: number[] = [];

  add(spread: number): void {
    this.#last.push(spread);
    if (this.#last.length > 9) this.#last.shift();
  }

  get median(): number | undefined {
    return [...this.#last].sort((a, b) => a - b)[this.#last.length >> 1];
  }
}

/**
 * Makes several sessions of one server take their snapshots at the same moment, again and again, one round trip per try.
 *
 * Sent at once, the messages of a near client arrive within microseconds of each other. Over a network they arrive apart, by another
 * amount each time, which no delay on our side can make up for. All sessions share the server's clock, though: so they are told a moment
 * a little ahead, each waits for it on the server, and the network no longer matters. Measured on PostgreSQL 15, 5 ms of jitter, 20,000
 * commits/s, 2 cores, four databases: sent at once 3 % of the tries found one instant (2.9 ms apart), with the appointment 17 % (0.4 ms).
 * Near the server the appointment gains nothing and takes longer, so whichever way brings them closer is used.
 */
export class Rendezvous {
  readonly #atOnce = new Spreads();
  readonly #appointed = new Spreads();
  #tries = 0;
  /** Server clock minus ours, in seconds. */
  #offset = 0;
  #lead = SHORTEST_LEAD_SECONDS;

  constructor(private readonly sessions: readonly Session[]) {}

  get tries(): number {
    return this.#tries;
  }

  /** How far apart the sessions usually were in the better way, in milliseconds. */
  get spreadMilliseconds(): number {
    return 1000 * Math.min(this.#atOnce.median ?? Number.POSITIVE_INFINITY, this.#appointed.median ?? Number.POSITIVE_INFINITY);
  }

  /** One try: a new REPEATABLE READ transaction in every session, its snapshot taken. Rolls back those of the try before. */
  async meet(): Promise<View[]> {
    const appointed = this.#wantsAppointment();
    const sent = now();
    const moment = sent + this.#offset + this.#lead;
    const message = `${this.#tries > 0 ? "ROLLBACK; " : ""}${appointed ? waitUntil(moment) : ""}${TAKE}`;
    this.#tries++;
    const roundTrips: number[] = [];
    const views = await Promise.all(
      this.sessions.map(async (session) => {
        const [view] = await session.queryLast<View>(message);
        roundTrips.push(now() - sent);
        if (view === undefined) throw new Error("the server answered no snapshot");
        return view;
      }),
    );
    this.#learn(appointed ? moment : undefined, sent, Math.max(...roundTrips), views);
    return views;
  }

  #wantsAppointment(): boolean {
    const atOnce = this.#atOnce.median;
    if (this.sessions.length < 2 || atOnce === undefined) return false;
    // A try by appointment takes longer, so it has to bring them much closer. 0.1 ms is what it is expected to reach.
    const better = atOnce > 4 * (this.#appointed.median ?? 0.0001);
    // Now and then the other way, for the network and the load change.
    return this.#tries % 10 === 9 ? !better : better;
  }

  #learn(moment: number | undefined, sent: number, roundTrip: number, views: readonly View[]): void {
    const moments = views.map(({ at }) => at);
    const latest = Math.max(...moments);
    const spread = latest - Math.min(...moments);
    if (moment === undefined) {
      this.#atOnce.add(spread);
      this.#offset = latest - (sent + roundTrip / 2);
      // Long enough for the slowest message seen, one way, and then some.
      this.#lead = clamp(Math.max(this.#lead, roundTrip));
    } else {
      this.#appointed.add(spread);
      // Somebody came too late: leave more time. Everybody came in time: try with less.
      this.#lead = clamp(this.#lead * (latest > moment + 0.001 ? 1.3 : 0.98));
    }
  }
}

/**
 * SQL that ends at a moment of the server's clock. Bounded, so that a clock that was set back cannot make it wait for long; in a
 * transaction of its own, so that the snapshot of the next is not taken before.
 */
function waitUntil(moment: number): string {
  const remaining = `${moment.toFixed(6)}::float8 - extract(epoch FROM pg_catalog.clock_timestamp())::float8`;
  return `BEGIN READ ONLY;
    SELECT pg_catalog.pg_sleep(least(greatest(${remaining} - ${LAST_STRETCH_SECONDS}, 0), ${LONGEST_LEAD_SECONDS}));
    SELECT 1 FROM (SELECT pg_catalog.generate_series(1, 20000) AS turn) AS turns,
      LATERAL (SELECT ${remaining} + 0 * turn AS seconds) AS clock WHERE seconds <= 0 LIMIT 1;
    COMMIT; `;
}

function now(): number {
  return performance.now() / 1000;
}

function clamp(lead: number): number {
  return Math.min(LONGEST_LEAD_SECONDS, Math.max(SHORTEST_LEAD_SECONDS, lead));
}
