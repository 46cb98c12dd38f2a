// Writes the JSON Schema of the configuration beside this file, for editors: `npm run schema -w @pgkeep/core`.
// A test fails when what is here is not what the code says.
import { writeFileSync } from "node:fs";
import { configurationJsonSchema } from "../dist/index.js";

writeFileSync(new URL("pgkeep.schema.json", import.meta.url), `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
