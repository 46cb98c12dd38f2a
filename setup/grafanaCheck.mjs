import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** Grafana's own types of dashboards and panels (Apache-2.0), which refuse unknown fields and miss absent ones. Grafana itself is not started. */
const version = "0.0.22";
const name = `grafana-check-${version}`;
const sdk = "github.com/grafana/grafana-foundation-sdk/go";

/** @returns {string | undefined} */
export function findGrafanaCheck() {
  const asked = process.env.PGKEEP_GRAFANA_CHECK;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "grafana-check");
  return isProgram(built) ? built : undefined;
}

export async function grafanaCheck() {
  if (findGrafanaCheck() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building a check of Grafana's dashboards ${version} (once per machine, a minute)`, async (folder) => {
    const source = join(folder, "source");
    mkdirSync(source);
    writeFileSync(
      join(source, "go.mod"),
      ["module pgkeep.invalid/grafana-check", "go 1.23", `require ${sdk} v${version}`, ""].join("\n\n"),
    );
    writeFileSync(join(source, "main.go"), MAIN);
    await run("nice", ["-n", "10", go, "build", "-mod=mod", "-trimpath", "-ldflags", "-s -w", "-o", join(folder, "grafana-check"), "."], {
      cwd: source,
    });
    rmSync(source, { recursive: true });
  });
}

/** Reads the file of a dashboard strictly, and tells what is wrong with it. An error without a word is how the library says that nothing is. */
const MAIN = `package main

import (
	"fmt"
	"os"

	"${sdk}/cog/plugins"
	"${sdk}/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	text, err := os.ReadFile(os.Args[1])
	var read dashboard.Dashboard
	if err == nil {
		err = read.UnmarshalJSONStrict(text)
	}
	if err == nil || err.Error() == "" {
		err = read.Validate()
	}
	if err != nil && err.Error() != "" {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d panels\\n", len(read.Panels))
}
`;
