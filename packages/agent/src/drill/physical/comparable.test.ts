import { expect, it } from "vitest";
import { logPosition, parseSnapshot, possiblyUnseen, reasonsAgainst } from "./comparable.js";

it("takes a snapshot apart, and nothing that is none", () => {
  expect(parseSnapshot("740:745:741,743")).toEqual({ first: 740n, next: 745n, running: [741n, 743n] });
  expect(parseSnapshot("740:740:")).toEqual({ first: 740n, next: 740n, running: [] });
  for (const text of ["", "740", "740:745", "a:b:c"]) expect(parseSnapshot(text)).toBeUndefined();
});

it("takes those under way for not seen, and with a standby's snapshot, which lists none, all between its bounds", () => {
  expect(possiblyUnseen({ first: 740n, next: 745n, running: [741n, 743n] })).toEqual({ ids: [741n, 743n] });
  expect(possiblyUnseen({ first: 740n, next: 740n, running: [] })).toEqual({ ids: [] });
  expect(possiblyUnseen({ first: 740n, next: 745n, running: [] })).toEqual({ from: 740n });
});

it("compares log positions as numbers, not as texts", () => {
  expect(logPosition("16/B374D848")).toBe(0x16b374d848n);
  expect((logPosition("9/0") ?? 0n) < (logPosition("10/0") ?? 0n)).toBe(true);
  expect(logPosition("nowhere")).toBeUndefined();
});

const manifestOf = (systemIdentifier: string | null, lsn: string) =>
  ({ server: { systemIdentifier }, snapshot: { lsn } }) as Parameters<typeof reasonsAgainst>[0];

it.each([
  ["1", "0/100", "1", "0/100", undefined],
  ["1", "0/100", "1", "0/FF", /^the copy is older: its log ends at 0\/FF/],
  ["1", "9/0", "1", "10/0", undefined],
  ["1", "0/100", "2", "0/100", /^the copy is of another cluster/],
  ["1", "0/100", null, "0/100", /^the copy does not tell its system identifier/],
  [null, "0/100", "1", "0/100", /^the manifest does not tell its system identifier/],
])("cluster %s up to %s against a copy of cluster %s up to %s", (recorded, needed, systemIdentifier, lsn, reason) => {
  const [found] = reasonsAgainst(manifestOf(recorded, needed), { systemIdentifier, lsn });
  if (reason === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(reason);
});
