import { describe, expect, test } from "vitest";
import { parseMemberSnapshotName } from "./memberSnapshotName.js";
import { formatSnapshotSetId } from "./snapshotSetId.js";

const id = { slot: new Date("2026-11-30T03:00:00Z"), run: "0a1b2c3d", attempt: 1 };

describe("the name of a snapshot that a schedule took", () => {
  test("tells its run and its claim", () => {
    expect(parseMemberSnapshotName(`shop-volumes-${formatSnapshotSetId(id)}-data-shop-db-0`)).toEqual({
      run: "20261130t030000z-0a1b2c3d",
      claims: ["data-shop-db-0"],
    });
  });

  test("of a second try may be of two claims", () => {
    expect(parseMemberSnapshotName(`shop-${formatSnapshotSetId({ ...id, attempt: 2 })}-data`)).toEqual({
      run: "20261130t030000z-0a1b2c3d",
      claims: ["2-data", "data"],
    });
  });

  test.each(["snapshot-9f3c", "shop-20261130t030000z-0a1b2c3d", "nightly-2026-11-30-data"])("%s tells nothing", (name) => {
    expect(parseMemberSnapshotName(name)).toBeUndefined();
  });
});
