"""Medical devices: used once, used again, reprocessed (docs/devices.md)."""

from decarb.devices.comparing import Break, Compared, OptionResult, compare_devices
from decarb.devices.document import DeviceComparison, DeviceFigure, Option, read_comparison

__all__ = [
    "Break",
    "Compared",
    "DeviceComparison",
    "DeviceFigure",
    "Option",
    "OptionResult",
    "compare_devices",
    "read_comparison",
]
