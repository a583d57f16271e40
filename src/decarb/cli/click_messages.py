"""Click's own words that a command of ours can show, so that the catalogue translates them too."""

from decarb.language import mark

CLICK_MESSAGES: tuple[str, ...] = (
    mark("Usage:"),
    mark("Options"),
    mark("Commands"),
    mark("Positional arguments"),
    mark("Show this message and exit."),
    mark("Show the version and exit."),
    mark("Error: {message}"),
    mark("Try '{command} {option}' for help."),
    mark("No such command {name!r}."),
    mark("No such option {name!r}."),
    mark("Missing argument"),
    mark("Missing option"),
    mark("Missing command."),
    mark("Missing parameter"),
    mark("Invalid value: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("Option {name!r} does not take a value."),
    mark("{value!r} is not a valid {number_type}."),
    mark("{value} is not in the range {range}."),
    mark("default: {default}"),
    mark("Aborted!"),
    mark("%(prog)s, version %(version)s"),
    mark("file"),
    mark("directory"),
    mark("{name} {filename!r} is a directory."),
    mark("{name} {filename!r} does not exist."),
)
