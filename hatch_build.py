"""What a build adds to the package: compiled gettext catalogues, factor tables and schemas."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(locale_folder: Path) -> list[Path]:
    """Write a ``.mo`` beside every ``.po`` under `locale_folder`; return the paths written."""
    written = []
    for source in sorted(locale_folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3])
        target = source.with_suffix(".mo")
        with target.open("wb") as stream:
            write_mo(stream, catalogue)
        written.append(target)
    return written


class PackagedData(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the data inside the wheel; a checkout installed in place reads its own folders."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, tell hatchling that the files are ours although git ignores them, and add the data."""
        locale_folder = Path(self.root) / "src" / "decarb" / "locale"
        for path in compile_catalogues(locale_folder):
            build_data["artifacts"].append(path.relative_to(self.root).as_posix())
        if version == "standard" and self.target_name == "wheel":
            for folder in ("emission_factors", "adaptation_catalogue", "schemas", "examples/devices"):
                build_data["force_include"][str(Path(self.root) / folder)] = f"decarb/{folder}"


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "src" / "decarb" / "locale")
