"""`./run bench [NAME …]`: print one table each; `million` takes long, `sheet` takes pictures."""

import sys
from importlib import import_module

NAMES = ("compile", "message", "send")
ON_REQUEST = ("million", "sheet")


def main() -> None:
    wanted = sys.argv[1:] or NAMES
    for name in wanted:
        if name not in NAMES + ON_REQUEST:
            sys.exit(f"no measurement '{name}'; there are: {', '.join(NAMES + ON_REQUEST)}")
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
