"""The organisation's floor: what must hold before anything is hosted, whatever the SOP says.

A SOP may raise it, never lower it: :mod:`automation.core.gate` judges it for every hosting request, and
:mod:`automation.core.procedure_proofs` refuses a SOP whose ways to hosting do not pass it.
"""

from __future__ import annotations

FLOOR = ("mockup_is_presented", "security_scan_passed", "uat_is_attached", "uat_passed_for_code")
FLOOR_DOCUMENTS = ("mockup", "uat_skenario", "uat_hasil")
