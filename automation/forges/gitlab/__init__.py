"""GitLab through python-gitlab."""

from __future__ import annotations

from automation.forges.gitlab.forge import GitLabForge

__all__ = ["GitLabForge"]
