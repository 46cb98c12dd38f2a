import type { GrantRecord } from "@pgkeep/core";
import { expect, it } from "vitest";
import { compareAcl, defaultDatabaseAcl, renderAcl } from "./grants.js";

const grant = (grantee: string | null, grantor: string, privilege: string, grantable = false): GrantRecord => ({
  grantee,
  grantor,
  privilege,
  grantable,
});

it("revokes the defaults, then grants in the name of each grantor, grantors first", () => {
  const acl = [
    grant("z", "y", "CONNECT"),
    grant("y", "x", "CONNECT", true),
    grant("x", "o", "CONNECT", true),
    grant("x", "o", "TEMPORARY", true),
    grant(null, "o", "CONNECT"),
  ];
  expect(renderAcl('DATABASE "d"', "o", acl)).toEqual([
    'REVOKE ALL ON DATABASE "d" FROM PUBLIC;',
    'REVOKE ALL ON DATABASE "d" FROM "o";',
    'GRANT CONNECT, TEMPORARY ON DATABASE "d" TO "x" WITH GRANT OPTION;',
    'GRANT CONNECT ON DATABASE "d" TO PUBLIC;',
    'SET ROLE "x";',
    'GRANT CONNECT ON DATABASE "d" TO "y" WITH GRANT OPTION;',
    "RESET ROLE;",
    'SET ROLE "y";',
    'GRANT CONNECT ON DATABASE "d" TO "z";',
    "RESET ROLE;",
  ]);
});

it("renders grants whose grantor holds nothing, once, for the server to judge", () => {
  expect(renderAcl("DATABASE d", "o", [grant("a", "gone", "CONNECT")]).filter((sql) => sql.startsWith("GRANT"))).toHaveLength(1);
});

it("compares without regard to order and names each privilege", () => {
  const before = defaultDatabaseAcl("o");
  expect(compareAcl(before, before.toReversed())).toEqual([]);
  expect(compareAcl(before, [...before.slice(1), grant("ä b", "o", "CONNECT", true)])).toEqual([
    "CONNECT of PUBLIC, granted by o, is missing",
    'CONNECT of "ä b" with grant option, granted by o, was not there',
  ]);
});
