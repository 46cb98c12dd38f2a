import type { RoleRecord } from "@pgkeep/core";
import { expect, it } from "vitest";
import { planRoles } from "./planRoles.js";

const role = (name: string, rest: Partial<RoleRecord> = {}): RoleRecord => ({
  name,
  superuser: false,
  inherit: true,
  createRole: false,
  createDatabase: false,
  login: true,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  validUntil: null,
  comment: null,
  hasPassword: true,
  ...rest,
});

it("creates what is missing, keeps what is there and tells how it differs, and lists who is left without a password", () => {
  const recorded = [
    role("there"),
    role("other", { superuser: true, comment: "ä" }),
    role("new"),
    role("unknown", { hasPassword: null }),
    role("never had one", { hasPassword: false }),
    role("group", { login: false, hasPassword: null }),
    role("saved"),
  ];
  const existing = [role("there", { hasPassword: false }), role("other", { superuser: false }), role("unrelated")];
  expect(planRoles({ roles: recorded }, { roles: existing }, new Set(["saved"]))).toEqual({
    create: ["new", "unknown", "never had one", "group", "saved"],
    keep: [
      { name: "there", differences: [] },
      { name: "other", differences: ["superuser false, was true", 'comment null, was "ä"'] },
    ],
    withoutPassword: ["new", "unknown"],
  });
});
