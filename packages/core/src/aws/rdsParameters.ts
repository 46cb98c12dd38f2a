/**
 * Parameters that PostgreSQL reads when it starts, of any of the majors that RDS runs: those of context `postmaster` in `pg_settings`, and some of
 * RDS's own and of extensions that it offers. RDS refuses to apply such a one "immediately", and takes any for the next restart.
 */
const READ_AT_START = new Set(
  `autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_worker_slots cluster_name
   commit_timestamp_buffers cron.database_name cron.max_running_jobs data_sync_retry dynamic_shared_memory_type event_source hot_standby
   huge_page_size huge_pages io_max_combine_limit io_max_concurrency io_method jit_provider logging_collector max_active_replication_origins
   max_connections max_files_per_process max_locks_per_transaction max_logical_replication_workers max_notify_queue_pages
   max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders max_worker_processes
   min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers notify_buffers old_snapshot_threshold pg_stat_statements.max port
   rds.logical_replication reserved_connections serializable_buffers shared_buffers shared_memory_type shared_preload_libraries
   subtransaction_buffers superuser_reserved_connections track_activity_query_size track_commit_timestamp transaction_buffers wal_buffers
   wal_decode_buffer_size wal_level wal_log_hints`.split(/\s+/),
);

/** Whether a parameter takes effect only when the server starts again. */
export function rdsParameterNeedsRestart(name: string): boolean {
  return READ_AT_START.has(name.toLowerCase());
}
