import { ManagedService } from "./PostgresAccessArgs.js";

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

type Managed = Exclude<ManagedService, ManagedService.OwnServer>;

/** Where each service lists what it offers. */
const SOURCES: Readonly<Record<Managed, string>> = {
  [ManagedService.Rds]: "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html",
  [ManagedService.CloudSql]: "https://cloud.google.com/sql/docs/postgres/extensions",
  [ManagedService.AzureFlexible]: "https://learn.microsoft.com/azure/postgresql/extensions/concepts-extensions-versions",
};

/**
 * Extensions that managed services offer, over all majors from 15 on. They change with each minor release, so a list of one's own
 * (`availableExtensions`) always wins. Azure's is that of June 2026 (articles/postgresql/extensions/includes/extensions-table.md in
 * MicrosoftDocs/azure-databases-docs), without the libraries that are no extensions; of the two others only excerpts could be compared.
 */
const OFFERED: Readonly<Record<Managed, readonly string[]>> = {
  [ManagedService.Rds]: names(`
    address_standardizer address_standardizer_data_us amcheck aws_commons aws_lambda aws_s3 bloom bool_plperl btree_gin btree_gist citext cube
    dblink dict_int dict_xsyn earthdistance flow_control fuzzystrmatch h3 h3-pg h3_postgis hll hstore hstore_plperl hypopg intagg intarray
    ip4r isn jsonb_plperl lo log_fdw ltree moddatetime mysql_fdw old_snapshot oracle_fdw orafce pageinspect pg_bigm pg_buffercache pg_cron
    pg_freespacemap pg_hint_plan pg_partman pg_prewarm pg_proctab pg_repack pg_similarity pg_stat_statements pg_tle pg_transport pg_trgm
    pg_visibility pg_walinspect pgactive pgaudit pgcollection pgcrypto pglogical pgrouting pgrowlocks pgstattuple pgtap plcoffee plls plperl
    plpgsql plprofiler plrust pltcl plv8 postgis postgis_raster postgis_tiger_geocoder postgis_topology postgres_fdw prefix rdkit rds_tools
    refint autoinc insert_username seg sslinfo tablefunc tcn tds_fdw test_parser tsm_system_rows tsm_system_time unaccent uuid-ossp vector xml2`),
  [ManagedService.CloudSql]: names(`
    address_standardizer address_standardizer_data_us amcheck anon autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn
    earthdistance fuzzystrmatch google_ml_integration google_vacuum_mgmt hll hstore hypopg insert_username intagg intarray ip4r isn lo ltree
    moddatetime oracle_fdw orafce pageinspect pg_background pg_bigm pg_buffercache pg_cron pg_freespacemap pg_hint_plan pg_partman pg_prewarm
    pg_proctab pg_repack pg_similarity pg_squeeze pg_stat_statements pg_trgm pg_visibility pg_wait_sampling pgaudit pgcrypto pgfincore
    pglogical pgrouting pgrowlocks pgstattuple pgtap pgtt plpgsql plproxy plv8 postgis postgis_raster postgis_sfcgal postgis_tiger_geocoder
    postgis_topology postgres_fdw prefix rdkit refint sslinfo tablefunc tcn tds_fdw temporal_tables tsm_system_rows tsm_system_time unaccent
    uuid-ossp vector`),
  [ManagedService.AzureFlexible]: names(`
    address_standardizer address_standardizer_data_us age amcheck anon azure_ai azure_storage bloom btree_gin btree_gist citext credcheck cube
    dblink dict_int dict_xsyn earthdistance fuzzystrmatch hll hstore hypopg intagg intarray ip4r isn lo login_hook ltree oracle_fdw orafce
    pageinspect pg_buffercache pg_cron pg_diskann pg_duckdb pg_freespacemap pg_hint_plan pg_ivm pg_partman pg_prewarm pg_repack pg_squeeze pg_stat_statements
    pg_trgm pg_visibility pgaudit pgcrypto pglogical pgrouting pgrowlocks pgstattuple plpgsql plv8 postgis postgis_raster postgis_sfcgal
    postgis_tiger_geocoder postgis_topology postgres_fdw postgres_protobuf semver session_variable sslinfo tablefunc tdigest tds_fdw
    temporal_tables timescaledb topn tsm_system_rows tsm_system_time unaccent uuid-ossp vector`),
};

/** The extensions that may be named, and where that is said in words; undefined where any may. */
export function offeredExtensions(
  service: ManagedService,
  own: readonly string[] | undefined,
): { names: readonly string[]; told: string } | undefined {
  if (own !== undefined) return { names: own, told: own.join(", ") };
  if (service === ManagedService.OwnServer) return undefined;
  return { names: OFFERED[service], told: `one of the ${OFFERED[service].length} that pgkeep knows of: ${SOURCES[service]}` };
}
