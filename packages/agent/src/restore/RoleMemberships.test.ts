import { expect, it } from "vitest";
import { RoleMemberships } from "./RoleMemberships.js";

const roles = new RoleMemberships(
  [
    { member: "restorer", role: "team", inherit: true, set: true },
    { member: "team", role: "app", inherit: true, set: false },
    { member: "restorer", role: "audit", inherit: false, set: true },
    // A circle cannot exist in PostgreSQL, and must not hang us if it is told.
    { member: "app", role: "restorer", inherit: true, set: true },
  ],
  ["postgres"],
);

it("follows memberships through other roles", () => {
  expect(roles.hasRightsOf("restorer", "app")).toBe(true);
  expect(roles.maySet("restorer", "app")).toBe(false);
  expect(roles.hasRightsOf("restorer", "audit")).toBe(false);
  expect(roles.maySet("restorer", "audit")).toBe(true);
  expect(roles.hasRightsOf("team", "audit")).toBe(false);
});

it("lets everyone be themselves, superusers anyone, and strangers nobody", () => {
  expect(roles.maySet("stranger", "stranger")).toBe(true);
  expect(roles.maySet("postgres", "app")).toBe(true);
  expect(roles.hasRightsOf("stranger", "app")).toBe(false);
});
