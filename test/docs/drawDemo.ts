import { readFileSync, writeFileSync } from "node:fs";
import { terminalPicture } from "./terminalPicture.js";

// Draws docs/images/demo.svg from demo.txt beside it, an excerpt of what `npm run demo` printed: see docs/development.md.
const folder = new URL("../../docs/images/", import.meta.url);
writeFileSync(new URL("demo.svg", folder), terminalPicture(readFileSync(new URL("demo.txt", folder), "utf8")));
