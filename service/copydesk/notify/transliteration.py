"""Whether a name in Latin letters may be a Cyrillic one. Pure, and only ever a hint.

Passports, libraries, newsrooms and people themselves spell Cyrillic in a dozen ways: Dmitry,
Dmitrii, Dmitriy, Dmitrij. All are folded into one key, coarsely: two people may share it, which is
why nobody is told because of it.
"""

import re
import unicodedata

# Russian; then Ukrainian, Belarusian and Kazakh. Capitals stand for single hissing sounds.
_LETTERS = (
    "а=a б=b в=v г=h д=d е=e ё=e ж=Z з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h "
    "ц=c ч=C ш=S щ=S ъ= ы=i ь= э=e ю=iu я=ia і=i ї=i є=e ґ=h ў=u ә=a ғ=h қ=k ң=n ө=o ұ=u ү=u һ=h"
)
_CYRILLIC = dict(pair.split("=") for pair in _LETTERS.split())
# In this order: longer spellings of one sound first.
_SPELLINGS = (
    "shch=S schtsch=S šč=S tsch=C sch=S sh=S š=S tch=C ch=C č=C zh=Z ž=Z kh=h ph=f ts=c tz=c "
    "x=ks q=k w=v g=h y=i j=i '="
)
_LATIN = [pair.split("=") for pair in _SPELLINGS.split()]
_HARD_C = re.compile("c(?=[aoukltr]|$)")
_OLD_ENDING = re.compile("(?<=[oe])ff$")
_SAME = (
    (re.compile("i+"), "i"),
    (re.compile("i[eo]"), "e"),  # ye, je, ie are е; yo, jo, io are ё, that is е
    (re.compile("ander$"), "andr"),
    (re.compile(r"(.)\1"), r"\1"),
)
_HAS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_HAS_LATIN = re.compile("[a-z]")


def is_cyrillic(word: str) -> bool:
    """Say whether a word is written in Cyrillic only."""
    return bool(_HAS_CYRILLIC.search(word)) and not _HAS_LATIN.search(word)


def key(word: str) -> str:
    """Return what the Cyrillic and the Latin spellings of a word have in common.

    ``word`` in small letters. Only keys of a Cyrillic and a Latin word are worth comparing.
    """
    if is_cyrillic(word):
        text = "".join(_CYRILLIC.get(sign, sign) for sign in word)
    else:
        text = _OLD_ENDING.sub("v", unicodedata.normalize("NFC", word))
        for spelling, sound in _LATIN:
            text = text.replace(spelling, sound)
        text = _HARD_C.sub("k", text)
        plain = unicodedata.normalize("NFD", text)
        text = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for pattern, same in _SAME:
        text = pattern.sub(same, text)
    return text
