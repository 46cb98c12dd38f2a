import { ExitCode, formatAgentConfig } from "@pgkeep/core";
import { checkConfiguration } from "../configuration/checkConfiguration.js";
import { loadConfigurationFile } from "../configuration/loadConfiguration.js";
import { printConfiguration } from "../configuration/printConfiguration.js";
import type { AddCommand } from "./commandLine.js";
import { describeFields } from "./describeFields.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { placeOf } from "./withConfiguration.js";

export const addConfig: AddCommand = (program, surroundings, finish) => {
  const config = program.command("config").description("Check or print the configuration, without reaching a server or the store.");
  config
    .command("check")
    .description("Find everything that is wrong with the configuration, its connections and the files of its secrets.")
    .addHelpText("after", CHECK_HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const facts = await checkConfiguration(placeOf(surroundings, options));
      printResult(surroundings, options.json === true, { facts }, () => describeFields(facts.map(({ name, value }) => [name, value])));
      finish(ExitCode.Done);
    });
  config
    .command("print")
    .description("Print the configuration in force, with every default written out. It holds no secret.")
    .addHelpText("after", PRINT_HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const { path, config: loaded } = await loadConfigurationFile(placeOf(surroundings, options));
      printResult(surroundings, options.json === true, formatAgentConfig(loaded), () => `# from ${path}\n${printConfiguration(loaded)}`);
      finish(ExitCode.Done);
    });
};

const CHECK_HELP = `
\`pgkeep doctor\` goes further: it reaches the server and the store.

Example:
  $ pgkeep config check
  $ pgkeep --config /etc/pgkeep/shop.yaml config check`;

const PRINT_HELP = `
The first line says where it was read. PGKEEP_CONFIG_YAML holds a whole configuration in place of a file, as YAML or JSON; paths in it are relative
to the working folder.

Example:
  $ pgkeep config print
  $ pgkeep config print --json | jq .snapshot
  $ PGKEEP_CONFIG_YAML="$(pgkeep config print)" pgkeep config print`;
