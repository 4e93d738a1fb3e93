"""Writes the SHA-256 of a network's weights into ``registry.toml`` after a training.

    python models/register.py NAME

Prints the hash. The weights, their card and the registry belong into one commit.
"""

import argparse
import hashlib
import re
import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent


def registered(text: str, name: str, sha256: str) -> str:
    """The registry with another hash for one name; everything else is left as it was, comments included."""
    parts = text.split("[[networks]]")
    for k, part in enumerate(parts):
        if k and tomllib.loads(part)["name"] == name:
            parts[k] = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{sha256}"', part)
            return "[[networks]]".join(parts)
    raise SystemExit(f"{name}: expected an entry in registry.toml, found none; write its entry first.")


def main() -> None:
    """Read the name, hash the file, rewrite the registry."""
    arguments = argparse.ArgumentParser(description="Write the hash of new weights into registry.toml.")
    arguments.add_argument("name")
    name = arguments.parse_args().name
    registry = FOLDER / "registry.toml"
    text = registry.read_text("utf-8")
    file = next((row["file"] for row in tomllib.loads(text)["networks"] if row["name"] == name), None)
    if file is None or not (FOLDER / file).is_file():
        sys.exit(f"{name}: expected an entry in registry.toml and its file, found {file or 'no entry'}.")
    sha256 = hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()
    registry.write_text(registered(text, name, sha256), "utf-8")
    print(sha256)


if __name__ == "__main__":
    main()
