-- SPDX-License-Identifier: Apache-2.0
-- Times named _millis count from 1970, those named _boot_nanos from the start of their node.

CREATE TABLE understudy_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  node TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  workload TEXT NOT NULL,
  kind TEXT NOT NULL,
  began_millis INTEGER NOT NULL,
  began_boot_nanos INTEGER NOT NULL,
  UNIQUE (node, stream, sequence)
);

CREATE INDEX understudy_records_by_workload ON understudy_records (workload, id);
CREATE INDEX understudy_records_by_time ON understudy_records (began_millis, id);

CREATE TABLE ckp_metrics (
  id INTEGER PRIMARY KEY REFERENCES understudy_records (id),
  start_time INTEGER,
  kubelet_duration INTEGER,
  checkpoint_image_creation_start_time INTEGER,
  checkpoint_image_creation_duration INTEGER,
  transfer_start_time INTEGER,
  transfer_duration INTEGER,
  freezing_time INTEGER,
  frozen_time INTEGER,
  memdump_time INTEGER,
  memwrite_time INTEGER,
  pages_scanned INTEGER,
  pages_skipped_parent INTEGER,
  pages_written INTEGER,
  irmap_resolve INTEGER,
  pages_lazy INTEGER,
  page_pipes INTEGER,
  page_pipe_bufs INTEGER,
  shpages_scanned INTEGER,
  shpages_skipped_parent INTEGER,
  shpages_written INTEGER,
  pod_name TEXT,
  application TEXT,
  host TEXT
);

CREATE TABLE understudy_checkpoints (
  id INTEGER PRIMARY KEY REFERENCES understudy_records (id),
  generation TEXT NOT NULL,
  standby TEXT NOT NULL,
  failure TEXT NOT NULL,
  pod TEXT NOT NULL,
  application TEXT NOT NULL,
  capture_nanos INTEGER,
  compose_begin_millis INTEGER,
  compose_nanos INTEGER,
  ship_begin_millis INTEGER,
  ship_nanos INTEGER,
  pause_nanos INTEGER,
  image_bytes INTEGER,
  sent_bytes INTEGER,
  reused_bytes INTEGER
);

CREATE TABLE understudy_restores (
  id INTEGER PRIMARY KEY REFERENCES understudy_records (id),
  generation TEXT NOT NULL,
  failure TEXT NOT NULL,
  hold_nanos INTEGER,
  processes INTEGER,
  image_bytes INTEGER,
  pages_compared INTEGER,
  pages_skipped_cow INTEGER,
  forking_time INTEGER,
  restore_time INTEGER,
  pages_restored INTEGER
);

CREATE TABLE understudy_failovers (
  id INTEGER PRIMARY KEY REFERENCES understudy_records (id),
  epoch TEXT NOT NULL,
  generation TEXT NOT NULL,
  former TEXT NOT NULL,
  cause TEXT NOT NULL,
  failure TEXT NOT NULL,
  votes INTEGER,
  silent_nanos INTEGER,
  suspected_nanos INTEGER,
  running_nanos INTEGER,
  address_nanos INTEGER,
  state_age_nanos INTEGER,
  protected_by TEXT,
  protected_nanos INTEGER
);

CREATE TABLE understudy_cursors (
  source TEXT PRIMARY KEY,
  position TEXT NOT NULL
);
