import { expect, it } from "vitest";
import { renderConnection } from "./renderConnection.js";

const connection = { host: "db", port: 5432, database: "core", username: "web", password: "p$ w", sslMode: "require" };

it("gives a connection in every form at once", () => {
  expect(renderConnection(connection, { password: "DB_PASSWORD" }, { host: "db.host", port: "db.port" })).toEqual({
    ...connection,
    uri: "postgresql://web:p%24%20w@db:5432/core?sslmode=require",
    environment: "DB_PASSWORD='p$ w'\n",
    helmValues: "db:\n  host: db\n  port: 5432\n",
    json: '{"host":"db","port":"5432","database":"core","username":"web","password":"p$ w","sslmode":"require","uri":"postgresql://web:p%24%20w@db:5432/core?sslmode=require"}',
  });
});

it("knows libpq's names, and no chart's, unless told", () => {
  const { environment, helmValues } = renderConnection(connection);
  expect(environment.split("\n")[0]).toBe("PGHOST=db");
  expect(helmValues).toBe("");
});
