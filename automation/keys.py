"""The keys of the queue: what a run of the reconciler is about.

==================  ====================================================================================
``PA-2026-0042``    a case
``#42``             an issue of the control project whose key is not known yet
``!proyek-17``      a project that several cases share
``!hosting``        the open hosting merge requests
``!sajian``         what is served
``!rahasia``        the security reports
``!kebijakan``      the policy: open changes of it, and whether what stands on the branch is in force
``!semua``          a sweep
==================  ====================================================================================
"""

from __future__ import annotations

HOSTING, SERVING, SECRET, EVERYTHING = "!hosting", "!sajian", "!rahasia", "!semua"
POLICY = "!kebijakan"
SHARED = "!proyek-"
