"""The zone of a parent domain: written with dnspython, checked by named-checkzone."""

from automation.targets.dns.check import check_zone
from automation.targets.dns.records import Conflict, Record, conflicts, zone_records
from automation.targets.dns.serial import next_serial
from automation.targets.dns.zone import render_zone

__all__ = ["Conflict", "Record", "check_zone", "conflicts", "next_serial", "render_zone", "zone_records"]
