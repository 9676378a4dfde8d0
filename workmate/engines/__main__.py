"""`python -m workmate.engines start|stop|run`."""

import argparse
import sys

from workmate import engines


def main() -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m workmate.engines", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "run"])
    action = parser.parse_args().action
    try:
        if action == "run":
            return engines.run()
        if action == "stop":
            engines.stop()
        else:
            engines.ensure()
    except engines.EngineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
