import { describe, expect, it, test } from "vitest";
import { formatAgentConfig } from "./formatAgentConfig.js";
import { parseAgentConfig } from "./parseAgentConfig.js";

const minimal = { version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///srv/backups" } };

it("is absent unless it is written, and gets defaults when it is", () => {
  expect(parseAgentConfig(minimal).schedule).toBeUndefined();
  expect(parseAgentConfig({ ...minimal, schedule: { backup: "@daily", health: {} } }).schedule).toEqual({
    timeZone: "UTC",
    backup: "@daily",
    retryFor: 900_000,
    health: { address: "127.0.0.1", port: 9640, metrics: false },
  });
});

it("reads back as the same", () => {
  const schedule = {
    timeZone: "Europe/Berlin",
    backup: "0 2 * * *",
    drill: "0 4 * * SUN",
    retention: "30 5 * * *",
    copy: "0 6 * * *",
    retryFor: "0s",
    health: { address: "::1", port: 1, metrics: true },
  };
  const places = { retention: { keepLast: 7 }, copies: [{ name: "far", store: { url: "file:///mnt/far" } }] };
  const config = parseAgentConfig({ ...minimal, ...places, schedule });
  expect(formatAgentConfig(config).schedule).toEqual(schedule);
});

describe("is refused", () => {
  test.each<[object, RegExp]>([
    [{ backup: "0 25 * * *" }, /^schedule\.backup: hour "25": 25 is no hour\n {2}received: "0 25 \* \* \*"$/m],
    [{ drill: "60 25 * * *" }, /minute "60"[\s\S]*hour "25"/],
    [{ backup: 5 }, /^schedule\.backup: this is a number, and a text is wanted/m],
    [
      { backup: "0 2 * * *", timeZone: "Europe/Berln" },
      /^schedule\.timeZone: there is no such time zone[\s\S]*did you mean Europe\/Berlin\?/m,
    ],
    [{ timezone: "UTC" }, /^schedule\.timezone: there is no such setting[\s\S]*did you mean timeZone\?/m],
    [{ bakcup: "0 2 * * *" }, /^schedule\.bakcup: there is no such setting[\s\S]*did you mean backup\?/m],
    [{ health: { port: 70_000 } }, /^schedule\.health\.port: this is too large[\s\S]*from 1 to 65535/m],
    [{ health: { address: "localhost" } }, /^schedule\.health\.address: this is no IP address/m],
    [{ retryFor: "2 days" }, /^schedule\.retryFor: this is not a duration/m],
  ])("%j", (schedule, message) => {
    expect(() => parseAgentConfig({ ...minimal, schedule })).toThrow(message);
  });
});

describe("a job that has nothing to do is refused", () => {
  const far = { name: "far", store: { url: "file:///mnt/far" } };
  test.each<[object, RegExp | undefined]>([
    [{ schedule: { retention: "@daily" } }, /^schedule\.retention: no policy is configured[\s\S]*received: "@daily"/m],
    [{ schedule: { retention: "@daily" }, copies: [far] }, /^schedule\.retention: no policy/m],
    [{ schedule: { copy: "@daily" } }, /^schedule\.copy: no copies are configured/m],
    [{ schedule: { copy: "@daily", retention: "@daily" }, copies: [{ ...far, retention: { keepLast: 7 } }] }, undefined],
    [{ schedule: { retention: "@daily" }, retention: { keepLast: 7 } }, undefined],
  ])("%j", (changes, message) => {
    const parse = () => parseAgentConfig({ ...minimal, ...changes });
    if (message) expect(parse).toThrow(message);
    else expect(parse).not.toThrow();
  });
});
