import { expect, test } from "vitest";
import { isReadOnlyIn, mountedReadOnly } from "./mountedReadOnly.js";

// As a Pod sees it, shortened: a secret volume, one file of another by subPath, and a writable volume over a folder of the root.
const POD = `1 0 0:1 / / rw,relatime - overlay overlay rw,lowerdir=/x
2 1 0:2 / /etc/pgkeep ro,relatime - tmpfs tmpfs rw,size=1000k
3 1 0:3 /..data/key /keys/identity.txt ro,relatime - tmpfs tmpfs rw
4 1 0:4 / /with\\040space ro,relatime - ext4 /dev/sda ro
5 1 0:5 / /twice ro - tmpfs a rw
6 5 0:6 / /twice rw - tmpfs b rw
`;

test.each([
  ["/etc/pgkeep/..2026_11_21/password", true],
  ["/keys/identity.txt", true],
  ["/keys/other.txt", false],
  ["/etc/pgkeep-other/password", false],
  ["/with space/key", true],
  ["/twice/key", false],
  ["/etc/passwd", false],
])("%s is on a read-only mount: %s", (path, expected) => expect(isReadOnlyIn(POD, path)).toBe(expected));

test("a file that was just written is not", async () => expect(await mountedReadOnly(process.cwd())).toBe(false));
