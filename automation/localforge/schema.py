"""The embedded forge's tables. Times are text, UTC, ``2026-01-31T08:15:30.123Z``."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  email TEXT NOT NULL, admin INTEGER NOT NULL DEFAULT 0, bot INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active', created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users(id), name TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT,
  revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS namespaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, parent_id INTEGER REFERENCES namespaces(id),
  path TEXT NOT NULL, full_path TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', visibility TEXT NOT NULL DEFAULT 'private', owner_id INTEGER,
  created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace_id INTEGER NOT NULL REFERENCES namespaces(id),
  path TEXT NOT NULL, full_path TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', visibility TEXT NOT NULL DEFAULT 'private',
  default_branch TEXT NOT NULL DEFAULT 'main', archived INTEGER NOT NULL DEFAULT 0,
  creator_id INTEGER NOT NULL, merge_method TEXT NOT NULL DEFAULT 'merge',
  pipeline_must_succeed INTEGER NOT NULL DEFAULT 0, settings TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL, last_activity_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
  source TEXT NOT NULL, source_id INTEGER NOT NULL, user_id INTEGER NOT NULL REFERENCES users(id),
  level INTEGER NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (source, source_id, user_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_of_user ON members(user_id);
CREATE TABLE IF NOT EXISTS protections (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, name TEXT NOT NULL,
  push_level INTEGER NOT NULL, merge_level INTEGER NOT NULL, unprotect_level INTEGER NOT NULL DEFAULT 40,
  allow_force_push INTEGER NOT NULL DEFAULT 0, UNIQUE (project_id, name));
CREATE TABLE IF NOT EXISTS counters (
  project_id INTEGER NOT NULL, kind TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (project_id, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS labels (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, name TEXT NOT NULL,
  color TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', priority INTEGER, UNIQUE (project_id, name));
CREATE TABLE IF NOT EXISTS milestones (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, iid INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', due_date TEXT, start_date TEXT,
  state TEXT NOT NULL DEFAULT 'active',
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, UNIQUE (project_id, title));
CREATE TABLE IF NOT EXISTS boards (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT, board_id INTEGER NOT NULL REFERENCES boards(id) ON DELETE CASCADE,
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS issues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, iid INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', author_id INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'opened',
  milestone_id INTEGER, due_date TEXT, confidential INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, closed_at TEXT, closed_by_id INTEGER, last_edited_at TEXT,
  UNIQUE (project_id, iid));
CREATE INDEX IF NOT EXISTS issues_updated ON issues(project_id, updated_at);
CREATE TABLE IF NOT EXISTS merge_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, iid INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', author_id INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'opened',
  milestone_id INTEGER, source_branch TEXT NOT NULL, target_branch TEXT NOT NULL, head_sha TEXT NOT NULL,
  base_sha TEXT, start_sha TEXT, merge_commit_sha TEXT, merge_user_id INTEGER, merged_at TEXT,
  closed_at TEXT,
  closed_by_id INTEGER, remove_source INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, last_edited_at TEXT, UNIQUE (project_id, iid));
CREATE INDEX IF NOT EXISTS merge_requests_source ON merge_requests(project_id, source_branch, state);
CREATE TABLE IF NOT EXISTS label_links (
  target TEXT NOT NULL, target_id INTEGER NOT NULL,
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  PRIMARY KEY (target, target_id, label_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignees (
  target TEXT NOT NULL, target_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  PRIMARY KEY (target, target_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS approvals (
  merge_request_id INTEGER NOT NULL, user_id INTEGER NOT NULL, sha TEXT NOT NULL, created_at TEXT NOT NULL,
  PRIMARY KEY (merge_request_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, target TEXT NOT NULL,
  target_id INTEGER NOT NULL, author_id INTEGER NOT NULL, body TEXT NOT NULL,
  system INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, last_edited_at TEXT);
CREATE INDEX IF NOT EXISTS notes_of ON notes(target, target_id);
CREATE TABLE IF NOT EXISTS pipelines (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, iid INTEGER NOT NULL,
  sha TEXT NOT NULL,
  ref TEXT NOT NULL, source TEXT NOT NULL DEFAULT 'external', user_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS pipelines_of ON pipelines(project_id, sha);
CREATE TABLE IF NOT EXISTS statuses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, pipeline_id INTEGER NOT NULL,
  sha TEXT NOT NULL,
  ref TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, description TEXT, target_url TEXT,
  coverage REAL,
  user_id INTEGER NOT NULL, retried INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, started_at TEXT,
  finished_at TEXT);
CREATE INDEX IF NOT EXISTS statuses_of ON statuses(project_id, sha);
CREATE INDEX IF NOT EXISTS statuses_in ON statuses(pipeline_id, name);
CREATE TABLE IF NOT EXISTS hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, url TEXT NOT NULL, token TEXT,
  push_events INTEGER NOT NULL DEFAULT 1, issues_events INTEGER NOT NULL DEFAULT 0,
  note_events INTEGER NOT NULL DEFAULT 0, merge_requests_events INTEGER NOT NULL DEFAULT 0,
  enable_ssl_verification INTEGER NOT NULL DEFAULT 1, failures INTEGER NOT NULL DEFAULT 0,
  disabled_until TEXT, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS hooks_of ON hooks(project_id);
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  action TEXT NOT NULL,
  ref_type TEXT NOT NULL, ref TEXT NOT NULL, commit_from TEXT, commit_to TEXT,
  commit_count INTEGER NOT NULL,
  commit_title TEXT, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of ON events(project_id);
CREATE TABLE IF NOT EXISTS resource_tokens (
  token_id INTEGER PRIMARY KEY REFERENCES tokens(id), source TEXT NOT NULL, source_id INTEGER NOT NULL,
  level INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS approval_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, name TEXT NOT NULL,
  approvals_required INTEGER NOT NULL, user_ids TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS threads (
  note_id INTEGER PRIMARY KEY, discussion TEXT NOT NULL, resolved INTEGER NOT NULL DEFAULT 0,
  resolved_by_id INTEGER, resolved_at TEXT);
CREATE INDEX IF NOT EXISTS threads_of ON threads(discussion);
CREATE TABLE IF NOT EXISTS forks (
  project_id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL);
"""

ADDED = (
    ("hooks", "pipeline_events", "INTEGER NOT NULL DEFAULT 0"),
    ("hooks", "signing_token", "TEXT"),
    ("merge_requests", "source_project_id", "INTEGER"),
    ("merge_requests", "head_at", "TEXT"),
    ("hooks", "name", "TEXT"),
    ("hooks", "description", "TEXT"),
)
"""Columns that came later: table, column, type. The store adds them to data folders made before."""
