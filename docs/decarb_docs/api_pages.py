"""Reference of the Python interface, from ``__all__`` of the packages and the docstrings."""

import importlib
import inspect
from types import ModuleType

# packages and modules that users may import, in the order of the flow of data
MODULES = (
    "decarb",
    "decarb.inventory",
    "decarb.factors",
    "decarb.factors.search",
    "decarb.factors.importers",
    "decarb.factors.exporting",
    "decarb.footprint",
    "decarb.uncertainty",
    "decarb.comparison",
    "decarb.medicines",
    "decarb.scoring",
    "decarb.gases",
    "decarb.devices",
    "decarb.care",
    "decarb.adaptation",
    "decarb.national.store",
    "decarb.national.frame",
    "decarb.national.turnout",
    "decarb.national.aggregating",
    "decarb.national.secrecy",
    "decarb.national.benchmarking",
    "decarb.national.exporting",
    "decarb.national.estimation",
    "decarb.national.sector",
    "decarb.national.sensitivity",
    "decarb.national.outliers",
    "decarb.national.roadmap",
    "decarb.national.obligations",
    "decarb.reporting",
    "decarb.binding",
    "decarb.kernels",
    "decarb.errors",
)


def pages() -> dict[str, str]:
    """A page per module, and their list."""
    modules = [importlib.import_module(name) for name in MODULES]
    homes = {id(value(modules[0], name)): "decarb" for name in names(modules[0])}
    texts = {f"api/{module.__name__}.rst": page(module, homes) for module in modules}
    return {"api/index.md": index(modules), **texts}


def names(module: ModuleType) -> list[str]:
    """Public names of a module: its ``__all__``, else what it defines itself."""
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not name.startswith("__")]
    own = [
        (inspect.getsourcelines(thing)[1], name)
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module.__name__
    ]
    return [name for _, name in sorted(own)]


def value(module: ModuleType, name: str) -> object:
    """What a public name stands for."""
    return getattr(module, name)


def first_line(thing: object) -> str:
    """What a docstring says first."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def index(modules: list[ModuleType]) -> str:
    """Front page of the interface."""
    rows = [f"| [`{m.__name__}`]({m.__name__}.rst) | {first_line(m)} |" for m in modules]
    return "\n".join(
        [
            "# The Python interface\n",
            '```python\n>>> import decarb\n>>> inventory = decarb.read_inventory("examples/chu.json")\n'
            ">>> result = decarb.compute_footprint(inventory)\n>>> result.by_post()\n```\n",
            "Units and conventions, everywhere:\n",
            "- Emissions are kg CO2e, unrounded float64; a name says its unit (`mass_kg`, `emissions_kgco2e`), "
            "a docstring gives that of arrays in brackets, after their shape: `array of shape (establishments,) "
            "[kg CO2e]`.\n"
            "- `nan` is unknown, never zero: a post that no line reports in, a gas that no factor tells apart.\n"
            "- A quantity is in the line’s own unit until it is bound; a factor is per its unit and basis.\n"
            "- GSD² is the 97.5 % quantile over the median, without unit; an interval is of 95 %.\n"
            "- What is refused raises a [`DecarbError`](decarb.errors.rst) with every `Problem` found: code, place, "
            "value, what was expected.\n"
            "- `decarb` itself is the stable part, by semantic versioning. The packages below it may change in a minor "
            "version, with a line in [the changelog](../changelog.md).\n",
            "| module | what it is for |\n|---|---|",
            *rows,
            "\n```{toctree}\n:hidden:\n",
            *(m.__name__ for m in modules),
            "```\n",
        ]
    )


def page(module: ModuleType, homes: dict[int, str]) -> str:
    """Page of one module."""
    title = module.__name__
    blocks = [title, "=" * len(title), "", f".. automodule:: {title}", "   :no-members:", ""]
    for name in names(module):
        thing = value(module, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            directive = "class" if inspect.isclass(thing) else "function"
            if title != "decarb" and id(thing) in homes:
                blocks += [f"``{name}``: :{'class' if directive == 'class' else 'func'}:`decarb.{name}`", ""]
                continue
            blocks += [f".. auto{directive}:: {title}.{name}"]
            blocks += ["   :no-index:"] if f"{title}.{name}" in MODULES else []
            blocks += ["   :members:", ""] if directive == "class" else [""]
        else:
            blocks += [f".. py:data:: {name}", f"   :module: {title}", *constant(thing), ""]
    return "\n".join(blocks)


def constant(thing: object) -> list[str]:
    """Value of a constant, where it is short enough to read."""
    shown = repr(thing)
    return [f"   :value: {shown}"] if len(shown) <= 200 and "object at" not in shown and "\n" not in shown else []
