import { describe, expect, test } from "vitest";
import { clientKeyProblem, secretFileProblem } from "./filePermissions.js";

const AGENT = 1000;
const ROOT = 0;
const mountedReadOnly = false;

describe("a secret's file", () => {
  test.each([
    ["the agent's own, 0600", { mode: 0o600, owner: AGENT, mountedReadOnly }],
    ["the agent's own, 0400", { mode: 0o400, owner: AGENT, mountedReadOnly }],
    ["root's, given by a group with 0640", { mode: 0o640, owner: ROOT, mountedReadOnly }],
    ["a Kubernetes secret by default: root's, 0644", { mode: 0o644, owner: ROOT, mountedReadOnly: true }],
    ["a Kubernetes secret with an fsGroup: root's, 0440", { mode: 0o440, owner: ROOT, mountedReadOnly: true }],
    ["a Docker secret: 0444", { mode: 0o444, owner: AGENT, mountedReadOnly: true }],
  ])("%s is taken", (_name, access) => expect(secretFileProblem(access, AGENT)).toBeUndefined());

  test.each([
    ["the agent's own, readable by its group", { mode: 0o640, owner: AGENT, mountedReadOnly }, "chmod 600"],
    ["the agent's own, readable by others", { mode: 0o604, owner: AGENT, mountedReadOnly }, "chmod 600"],
    ["root's, readable by others", { mode: 0o644, owner: ROOT, mountedReadOnly }, "chmod 640"],
    ["root's, writable by its group", { mode: 0o660, owner: ROOT, mountedReadOnly }, "chmod 640"],
  ])("%s is refused", (_name, access, next) => expect(secretFileProblem(access, AGENT)?.next).toContain(next));
});

describe("a client key is judged as libpq does, on a read-only mount too", () => {
  test.each([
    [0o600, AGENT, AGENT, true],
    [0o640, AGENT, AGENT, false],
    [0o640, ROOT, AGENT, true],
    [0o440, ROOT, AGENT, true],
    [0o644, ROOT, AGENT, false],
    [0o660, ROOT, AGENT, false],
    [0o440, ROOT, ROOT, false],
    [0o400, ROOT, ROOT, true],
  ])("mode %o of user %i for user %i: %s", (mode, owner, user, isTaken) => {
    expect(clientKeyProblem({ mode, owner, mountedReadOnly: true }, user) === undefined).toBe(isTaken);
  });
});
