/** From it on event triggers can be turned off (https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-EVENT-TRIGGERS). */
const EVENT_TRIGGERS_SETTING = 17;

/**
 * Settings of a server that a drill restores into. Nothing in it must survive a crash, and restored code must not act: no TCP, no archiving, no background
 * workers that run jobs, no event triggers (17 and later; an older server restores them last and none of our statements fire them).
 */
export function scratchServerSettings(major: number): Record<string, string> {
  return {
    listen_addresses: "",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "8GB",
    autovacuum: "off",
    archive_mode: "off",
    max_logical_replication_workers: "0",
    max_locks_per_transaction: "1024",
    maintenance_work_mem: "128MB",
    jit: "off",
    timezone: "UTC",
    log_destination: "stderr",
    logging_collector: "off",
    ...(major >= EVENT_TRIGGERS_SETTING ? { event_triggers: "off" } : {}),
  };
}
