-- SPDX-License-Identifier: Apache-2.0
-- Times named _millis count from 1970, those named _boot_nanos from the start of their node.

-- A table of that name whose times have 32 bits is kept aside, with what is in it.
ALTER TABLE IF EXISTS ckp_metrics RENAME TO ckp_metrics_former;

CREATE TABLE understudy_records (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  node TEXT NOT NULL,
  incarnation BIGINT NOT NULL,
  workload TEXT NOT NULL,
  kind TEXT NOT NULL,
  began_millis BIGINT NOT NULL,
  began_boot_nanos BIGINT NOT NULL,
  UNIQUE (node, stream, sequence)
);

CREATE INDEX understudy_records_by_workload ON understudy_records (workload, id);
CREATE INDEX understudy_records_by_time ON understudy_records (began_millis, id);

CREATE TABLE ckp_metrics (
  id BIGINT PRIMARY KEY REFERENCES understudy_records (id),
  start_time BIGINT,
  kubelet_duration BIGINT,
  checkpoint_image_creation_start_time BIGINT,
  checkpoint_image_creation_duration BIGINT,
  transfer_start_time BIGINT,
  transfer_duration BIGINT,
  freezing_time BIGINT,
  frozen_time BIGINT,
  memdump_time BIGINT,
  memwrite_time BIGINT,
  pages_scanned BIGINT,
  pages_skipped_parent BIGINT,
  pages_written BIGINT,
  irmap_resolve BIGINT,
  pages_lazy BIGINT,
  page_pipes BIGINT,
  page_pipe_bufs BIGINT,
  shpages_scanned BIGINT,
  shpages_skipped_parent BIGINT,
  shpages_written BIGINT,
  pod_name TEXT,
  application TEXT,
  host TEXT
);

CREATE TABLE understudy_checkpoints (
  id BIGINT PRIMARY KEY REFERENCES understudy_records (id),
  generation TEXT NOT NULL,
  standby TEXT NOT NULL,
  failure TEXT NOT NULL,
  pod TEXT NOT NULL,
  application TEXT NOT NULL,
  capture_nanos BIGINT,
  compose_begin_millis BIGINT,
  compose_nanos BIGINT,
  ship_begin_millis BIGINT,
  ship_nanos BIGINT,
  pause_nanos BIGINT,
  image_bytes BIGINT,
  sent_bytes BIGINT,
  reused_bytes BIGINT
);

CREATE TABLE understudy_restores (
  id BIGINT PRIMARY KEY REFERENCES understudy_records (id),
  generation TEXT NOT NULL,
  failure TEXT NOT NULL,
  hold_nanos BIGINT,
  processes BIGINT,
  image_bytes BIGINT,
  pages_compared BIGINT,
  pages_skipped_cow BIGINT,
  forking_time BIGINT,
  restore_time BIGINT,
  pages_restored BIGINT
);

CREATE TABLE understudy_failovers (
  id BIGINT PRIMARY KEY REFERENCES understudy_records (id),
  epoch TEXT NOT NULL,
  generation TEXT NOT NULL,
  former TEXT NOT NULL,
  cause TEXT NOT NULL,
  failure TEXT NOT NULL,
  votes BIGINT,
  silent_nanos BIGINT,
  suspected_nanos BIGINT,
  running_nanos BIGINT,
  address_nanos BIGINT,
  state_age_nanos BIGINT,
  protected_by TEXT,
  protected_nanos BIGINT
);

CREATE TABLE understudy_cursors (
  source TEXT PRIMARY KEY,
  position TEXT NOT NULL
);
