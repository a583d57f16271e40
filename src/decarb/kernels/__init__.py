"""Arrays in, arrays out: the sums over lines. No units, no factors, no files here."""

from decarb.kernels.numpy_path import accumulate

__all__ = ["accumulate"]
