"""Tables that only the GitHub dialect uses. Append your own; the store executes this after its own schema."""

from __future__ import annotations

GITHUB_SCHEMA = """
CREATE TABLE IF NOT EXISTS apps (
  id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE, bot_id INTEGER NOT NULL,
  public_key TEXT NOT NULL, permissions TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS installations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id INTEGER NOT NULL REFERENCES apps(id),
  namespace_id INTEGER NOT NULL REFERENCES namespaces(id), created_at TEXT NOT NULL,
  UNIQUE (app_id, namespace_id));
CREATE TABLE IF NOT EXISTS app_tokens (
  token_id INTEGER PRIMARY KEY REFERENCES tokens(id), installation_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS invitations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  inviter_id INTEGER NOT NULL, level INTEGER NOT NULL, created_at TEXT NOT NULL,
  UNIQUE (project_id, user_id));
CREATE TABLE IF NOT EXISTS organisations (
  namespace_id INTEGER PRIMARY KEY, base TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS plain_members (
  namespace_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (namespace_id, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moved (
  full_path TEXT PRIMARY KEY COLLATE NOCASE, project_id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS github_protections (
  project_id INTEGER NOT NULL, branch TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (project_id, branch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS github_free_plans (namespace_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS github_rulesets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
  enforcement TEXT NOT NULL, facts TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS github_rulesets_of ON github_rulesets(project_id);
CREATE TABLE IF NOT EXISTS github_hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, url TEXT NOT NULL,
  content_type TEXT NOT NULL, secret TEXT, insecure_ssl INTEGER NOT NULL DEFAULT 0, events TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1, last_code INTEGER, last_status TEXT NOT NULL DEFAULT 'unused',
  last_message TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS github_hooks_of ON github_hooks(project_id);
CREATE TABLE IF NOT EXISTS github_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hook_id INTEGER NOT NULL, guid TEXT NOT NULL, event TEXT NOT NULL,
  action TEXT, redelivery INTEGER NOT NULL, delivered_at TEXT NOT NULL, duration REAL NOT NULL,
  status_code INTEGER NOT NULL, request_headers TEXT NOT NULL, payload TEXT NOT NULL,
  response_headers TEXT NOT NULL, response_body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS github_deliveries_of ON github_deliveries(hook_id);
CREATE TABLE IF NOT EXISTS github_issues (
  issue_id INTEGER PRIMARY KEY, reason TEXT);
CREATE TABLE IF NOT EXISTS github_transfers (
  project_id INTEGER NOT NULL, iid INTEGER NOT NULL, to_project_id INTEGER NOT NULL, to_iid INTEGER NOT NULL,
  PRIMARY KEY (project_id, iid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS github_pulls (
  merge_request_id INTEGER PRIMARY KEY, draft INTEGER NOT NULL DEFAULT 0, tried TEXT NOT NULL DEFAULT '',
  unknown_reads INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS github_reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT, merge_request_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  state TEXT NOT NULL, body TEXT NOT NULL, sha TEXT NOT NULL, submitted_at TEXT);
CREATE INDEX IF NOT EXISTS github_reviews_of ON github_reviews(merge_request_id);
CREATE TABLE IF NOT EXISTS github_statuses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, sha TEXT NOT NULL, context TEXT NOT NULL,
  state TEXT NOT NULL, description TEXT, target_url TEXT, user_id INTEGER NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS github_statuses_of ON github_statuses(project_id, sha);
CREATE TABLE IF NOT EXISTS github_check_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, sha TEXT NOT NULL,
  app_id INTEGER NOT NULL, name TEXT NOT NULL, external_id TEXT NOT NULL, status TEXT NOT NULL,
  conclusion TEXT, details_url TEXT, started_at TEXT, completed_at TEXT, title TEXT, summary TEXT, text TEXT,
  annotations TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS github_check_runs_of ON github_check_runs(project_id, sha);
CREATE TABLE IF NOT EXISTS github_boards (
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace_id INTEGER NOT NULL, number INTEGER NOT NULL,
  title TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS github_board_links (
  board_id INTEGER NOT NULL, project_id INTEGER NOT NULL, PRIMARY KEY (board_id, project_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS github_fields (
  id INTEGER PRIMARY KEY AUTOINCREMENT, board_id INTEGER NOT NULL, name TEXT NOT NULL,
  data_type TEXT NOT NULL, options TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS github_items (
  id INTEGER PRIMARY KEY AUTOINCREMENT, board_id INTEGER NOT NULL, issue_id INTEGER NOT NULL,
  UNIQUE (board_id, issue_id));
CREATE TABLE IF NOT EXISTS github_values (
  item_id INTEGER NOT NULL, field_id INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (item_id, field_id)) WITHOUT ROWID;
"""
