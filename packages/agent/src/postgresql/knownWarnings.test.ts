import { describe, expect, it } from "vitest";
import { classifyWarnings } from "./knownWarnings.js";

// As printed by pg_dump 16 of a TimescaleDB database (issues of that project) and by pg_dump 14.
const CIRCULAR = `pg_dump: warning: there are circular foreign-key constraints on this table:
pg_dump: detail: hypertable
pg_dump: hint: You might not be able to restore the dump without using --disable-triggers or temporarily dropping the constraints.
pg_dump: hint: Consider using a full dump instead of a --data-only dump to avoid this problem.`;
const CIRCULAR_14 = `pg_dump: warning: there are circular foreign-key constraints among these tables:
pg_dump:   hypertable
pg_dump:   chunk
pg_dump: You might not be able to restore the dump without using --disable-triggers or temporarily dropping the constraints.
pg_dump: Consider using a full dump instead of a --data-only dump to avoid this problem.`;
const NOTICE = `NOTICE:  hypertable data are in the chunks, no data will be copied
DETAIL:  Data for hypertables are stored in the chunks of a hypertable so COPY TO of a hypertable will not copy any data.
HINT:  Use "COPY (SELECT * FROM <hypertable>) TO ..." to copy all data in hypertable, or copy each chunk individually.`;
const SUBSCRIPTIONS = "pg_dump: warning: subscriptions not dumped because current user is not a superuser";

describe("what pg_dump writes to stderr", () => {
  it("may be nothing", () => expect(classifyWarnings("")).toEqual({ known: [], unknown: [] }));

  it.each([CIRCULAR, CIRCULAR_14, NOTICE])("is known as one message", (text) => {
    expect(classifyWarnings(`${text}\n`)).toEqual({ known: [text], unknown: [] });
    expect(classifyWarnings(text.replaceAll("\n", "\r\n"))).toEqual({ known: [text], unknown: [] });
  });

  it("is unknown in whatever company", () => {
    expect(classifyWarnings([CIRCULAR, SUBSCRIPTIONS, NOTICE, CIRCULAR_14, SUBSCRIPTIONS].join("\n"))).toEqual({
      known: [CIRCULAR, NOTICE, CIRCULAR_14],
      unknown: [SUBSCRIPTIONS, SUBSCRIPTIONS],
    });
  });

  it.each([
    "pg_dump: warning: could not resolve dependency loop among these items:\npg_dump: detail: TABLE x",
    'pg_dump: warning: typtype of data type "x" appears to be invalid',
    "pg_dump: error: x",
    "WARNING:  page is not zeroed",
    'WARNING: password file "x" has group or world access; permissions should be u=rw (0600) or less',
    "pg_dump: detail: a detail of nothing",
    "something else",
    `pg_dump: warning: x there are circular foreign-key constraints on this table:`,
  ])("is unknown: %s", (text) => expect(classifyWarnings(text)).toEqual({ known: [], unknown: [text] }));

  it("does not take a warning for a further line of a notice", () => {
    expect(classifyWarnings(`${NOTICE}\n${SUBSCRIPTIONS}\nWARNING:  x`).unknown).toEqual([SUBSCRIPTIONS, "WARNING:  x"]);
  });
});
