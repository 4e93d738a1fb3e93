"""``python -m tracker.wording``: collect all texts into the catalogue, and bring each translation up to date."""

import sys

from tracker.wording import ENGLISH, FOLDER, LANGUAGES
from tracker.wording.collecting import collected, merged, missing, written


def main() -> int:
    """Exit status: 0 where every language says everything, 1 where one lacks a text."""
    catalogue = collected()
    written(catalogue, FOLDER / "catalogue.pot")
    lacking = 0
    for language in LANGUAGES:
        if language != ENGLISH:
            translation = merged(catalogue, language)
            written(translation, FOLDER / f"{language}.po")
            lacking += len(missing(translation))
            sys.stdout.write(f"{language}: {len(translation)} texts, {len(missing(translation))} not translated\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
