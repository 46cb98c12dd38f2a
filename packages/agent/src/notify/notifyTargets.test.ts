import { ExitCode, type ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { loadNotifyTargets } from "./notifyTargets.js";

const problemsOf = async (environment: Record<string, string>) =>
  await loadNotifyTargets(environment).then(
    () => expect.fail("nothing was wrong with it"),
    (error: ProblemError) => error,
  );

it("takes addresses and the token from the environment", async () => {
  expect(await loadNotifyTargets({})).toEqual({});
  const targets = await loadNotifyTargets({
    PGKEEP_HEARTBEAT_URL: "https://hc.example.org/ping/u-u-i-d\n",
    PGKEEP_WEBHOOK_URL: "http://chat.example.org:8080/hook?channel=db",
    PGKEEP_WEBHOOK_TOKEN: "t0ken",
  });
  expect(targets.heartbeat?.url.href).toBe("https://hc.example.org/ping/u-u-i-d");
  expect(targets.webhook?.url.href).toBe("http://chat.example.org:8080/hook?channel=db");
  expect(targets.webhook?.token).toBe("t0ken");
});

it("tells everything that is wrong at once, and repeats none of it", async () => {
  const { problems, message, exitCode } = await problemsOf({
    PGKEEP_HEARTBEAT_URL: "canary no address",
    PGKEEP_WEBHOOK_URL: "https://user:canary@hooks.example.org/canary",
    PGKEEP_WEBHOOK_TOKEN: "canary\nx",
  });
  expect(exitCode).toBe(ExitCode.Configuration);
  expect(problems.map(({ where }) => where)).toEqual(["PGKEEP_HEARTBEAT_URL", "PGKEEP_WEBHOOK_URL", "PGKEEP_WEBHOOK_TOKEN"]);
  expect(message).not.toContain("canary");
});

it.each([
  [{ PGKEEP_HEARTBEAT_URL: "ftp://x/canary" }, "not an address of the web"],
  [{ PGKEEP_WEBHOOK_TOKEN: "canary" }, "no webhook that it is for"],
  [{ PGKEEP_WEBHOOK_URL: "https://x/canary", PGKEEP_WEBHOOK_URL_FILE: "/y" }, "both are set"],
  [{ PGKEEP_HEARTBEAT_URL_FILE: "/nonexistent/file" }, "/nonexistent/file"],
])("refuses %j", async (environment, reason) => {
  const { message } = await problemsOf(environment as Record<string, string>);
  expect(message).toContain(reason);
  expect(message).not.toContain("canary");
});
