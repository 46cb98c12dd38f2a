import { agentConfigSchema } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { fetchCommand } from "./fetchCommand.js";
import { shownSqlName } from "./shownSqlName.js";
import { connectionWord, sqlBlock } from "./sqlBlock.js";

const store = (difference: object) => agentConfigSchema.parse({ version: 1, cluster: "shop", databases: ["a"], store: difference }).store;

test.each([
  [{ url: "file:///srv/our%20backups" }, "cp -- '/srv/our backups/shop/points/1/2/a.dump.zst' ."],
  [{ url: "s3://backups" }, "aws s3 cp --only-show-errors s3://backups/shop/points/1/2/a.dump.zst ."],
  [
    { url: "s3://backups/pg/", endpoint: "https://s3.example.org", region: "eu-1" },
    "aws s3 cp --only-show-errors --endpoint-url https://s3.example.org --region eu-1 s3://backups/pg/shop/points/1/2/a.dump.zst .",
  ],
  [{ url: "gs://backups/pg" }, "gcloud storage cp gs://backups/pg/shop/points/1/2/a.dump.zst ."],
  [
    { url: "azblob://backups/pg", account: "acme" },
    "az storage blob download --no-progress --output none --account-name acme --container-name backups --name pg/shop/points/1/2/a.dump.zst --file a.dump.zst",
  ],
])("fetches from %j", (difference, command) => {
  expect(fetchCommand(store(difference), "shop/points/1/2/a.dump.zst")).toBe(command);
});

test.each([
  ["shop-jobs", "shop-jobs"],
  ["größe", "größe"],
  ["a=b", "dbname='a=b'"],
  ["postgresql://x", "dbname='postgresql://x'"],
  ["-x", "dbname='-x'"],
  ["it's \\", "dbname='it\\'s \\\\'"],
])("names the database %j to libpq", (name, word) => expect(connectionWord(name)).toBe(word));

describe("a block of SQL", () => {
  it("cannot be ended by what stands in it", () => {
    expect(sqlBlock("a", ["COMMENT ON DATABASE a IS 'x\nSQL\nSQL_\ny';"])).toMatch(/<<'SQL__'\n(.|\n)*\nSQL__$/);
  });

  it("holds nothing that moves a terminal's cursor", () => {
    const block = sqlBlock("a", ["COMMENT ON DATABASE a IS 'x\u001b[2Jy\nz';", "SELECT 1;"]);
    expect(block).toContain("-- Left out, since it holds control characters: COMMENT ON DATABASE a IS 'x\\u001b[2Jy\\nz';\nSELECT 1;");
  });
});

test.each([
  ["shop", '"shop"'],
  ["größe", '"größe"'],
  ['a\u202eb"\\é', 'U&"a\\+00202eb""\\\\\\+0000e9"'],
])("names %j in a statement that is shown", (name, shown) => expect(shownSqlName(name)).toBe(shown));
