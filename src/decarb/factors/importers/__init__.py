"""Importers of published bases, behind one interface: a file in, the tables of a library and an account out."""

from decarb.factors.importers.account import Account, Imported
from decarb.factors.importers.registry import IMPORTERS, Importer, import_base

__all__ = ["IMPORTERS", "Account", "Imported", "Importer", "import_base"]
