import { parseConnectionUri } from "@pgkeep/core";
import { expect, it, test } from "vitest";
import { formatConnectionUri, type PlainConnection } from "./connectionUri.js";

const connection: PlainConnection = {
  host: "db.example.org",
  port: 5432,
  database: "syntho-core",
  username: "syntho",
  password: "s3cret",
  sslMode: "verify-full",
};

test.each<[string, Partial<PlainConnection>, string]>([
  ["plain", {}, "postgresql://syntho:s3cret@db.example.org:5432/syntho-core?sslmode=verify-full"],
  ["an IPv6 address", { host: "::1" }, "postgresql://syntho:s3cret@[::1]:5432/syntho-core?sslmode=verify-full"],
  ["a socket", { host: "/run/pg" }, "postgresql://syntho:s3cret@:5432/syntho-core?host=%2Frun%2Fpg&sslmode=verify-full"],
  [
    "authorities of its own",
    { sslRootCertificate: "/etc/ssl/rds.pem" },
    "postgresql://syntho:s3cret@db.example.org:5432/syntho-core?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds.pem",
  ],
  [
    "every special character",
    { username: "a@b", password: "p:a/s?s#w%o rd'(!)*&=+", database: "x/y" },
    "postgresql://a%40b:p%3Aa%2Fs%3Fs%23w%25o%20rd%27%28%21%29%2A%26%3D%2B@db.example.org:5432/x%2Fy?sslmode=verify-full",
  ],
])("%s", (_, changes, expected) => expect(formatConnectionUri({ ...connection, ...changes })).toBe(expected));

it("reads back as what it was, whatever the password holds", () => {
  const password = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
  expect(parseConnectionUri(formatConnectionUri({ ...connection, password: `${password} ü` }))).toEqual({
    host: "db.example.org",
    port: "5432",
    database: "syntho-core",
    user: "syntho",
    password: `${password} ü`,
    sslmode: "verify-full",
  });
});
