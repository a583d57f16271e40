"""What a footprint says of the gases that are released: anaesthetics and propellants of inhalers.

Views of a bound footprint: they read what each line was resolved to, and resolve nothing themselves.
"""

from decarb.gases.indicators import GasIndicators, GasUse, gas_indicators, together
from decarb.gases.inhalers import InhalerIndicators, InhalerUse, Switch, inhaler_indicators

__all__ = [
    "GasIndicators",
    "GasUse",
    "InhalerIndicators",
    "InhalerUse",
    "Switch",
    "gas_indicators",
    "inhaler_indicators",
    "together",
]
