"""Medical devices: used once, used again, reprocessed (docs/devices.md)."""

from decarb.devices.comparing import Break, Compared, OptionResult, compare_devices
from decarb.devices.document import Comparison, Figure, Option, read_comparison

__all__ = [
    "Break",
    "Compared",
    "Comparison",
    "Figure",
    "Option",
    "OptionResult",
    "compare_devices",
    "read_comparison",
]
