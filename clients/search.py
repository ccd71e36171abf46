"""What was typed into a search box, as the words to look for in ``Client.search_text``.

The search text is lower case, has е for ё and the phone in one run of digits (see the first
migration), so the words are brought into the same form here.
"""

import re
from dataclasses import dataclass

SHORTEST = 3

PHONE_PIECE = re.compile(r"[+(]*\d[\d()\-.]*|[()\-.]+")


@dataclass(frozen=True, slots=True)
class Query:
    """Each of ``words`` must be found, each in one of its spellings; the index needs one of three
    or more characters, ``words`` is empty where there is none.
    """

    words: tuple[tuple[str, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.words)


def parse(typed: str) -> Query:
    """The words of what was typed: all of them count, in any order."""
    words = [spellings(word) for word in _words(_folded(typed))]
    if any(_indexable(word) for word in words):
        return Query(tuple(words))
    # “ан пе”: too short one by one, yet together they are more than three characters.
    whole = " ".join(_folded(typed).split())
    return Query(((whole,),) if len(whole) >= SHORTEST else ())


def spellings(word: str) -> tuple[str, ...]:
    """A number that begins with the trunk prefix 8 is found with the country code 7 as well."""
    if word.isascii() and word.isdigit() and word.startswith("8") and len(word) >= SHORTEST:
        return (word, f"7{word[1:]}")
    return (word,)


def _folded(typed: str) -> str:
    return typed.replace("\x00", "").lower().replace("ё", "е")


def _indexable(word: tuple[str, ...]) -> bool:
    return all(len(spelling) >= SHORTEST for spelling in word)


def _words(folded: str) -> list[str]:
    """Split at spaces, but for a phone number's: its pieces become one run of digits."""
    words: list[str] = []
    digits = ""
    for piece in folded.split():
        if PHONE_PIECE.fullmatch(piece):
            digits += re.sub(r"[^\d+]", "", piece)
            continue
        words += [digits] if digits else []
        digits = ""
        words.append(piece)
    return words + ([digits] if digits else [])
