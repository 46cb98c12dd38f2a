#!/usr/bin/env node
// Not dist/cli/main.js itself: npm links a program only where its file exists while it installs, and on a fresh clone dist is built after that.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  console.error(`error: pgkeep needs Node 22.15 or newer, and this is ${process.versions.node}`);
  process.exitCode = 78;
} else {
  await import("../dist/cli/main.js");
}
