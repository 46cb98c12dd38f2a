import { expect, test } from "vitest";
import { hostProblem, isLoopback } from "./connectionHost.js";

test.each(["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])("%s is loopback", (host) => {
  expect(isLoopback(host)).toBe(true);
});
test.each(["localhost.example.org", "10.127.0.1", "127.0.0.1.example.org", "db", "::2", "128.0.0.1"])("%s is not loopback", (host) => {
  expect(isLoopback(host)).toBe(false);
});

test.each(["db", "db.example.org", "10.0.0.1", "2001:db8::1", "fe80::1%eth0", "/tmp", "/var/run/with space", "dätabase.example"])(
  "%s may be a host",
  (host) => {
    expect(hostProblem(host)).toBeUndefined();
  },
);
test.each([
  ["a,b", "several hosts are refused"],
  ["@abstract", "abstract"],
  ["postgresql://h", "this is a URI"],
  ["db:5432", "the port is a setting of its own"],
  ["a b", "not the name"],
  ["tmp/sockets", "not the name"],
  ["user@h", "not the name"],
  ["", "not the name"],
])("%j is refused", (host, reason) => expect(hostProblem(host)).toContain(reason));
