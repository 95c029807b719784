"""Keys by which errata that may be about the same error are found: the words in error themselves.

Two reports are compared word by word (``overlap``), and that takes the whole context of both. These
keys tell which ones are worth it, by an index: whoever is about the same error shares a word in
error, so shares a key. Pure and frozen like ``fingerprint_v1``, for the keys are stored.
"""

import hashlib

from copydesk.errata.overlap import Claim, words_in_error

MOST = 16
"""Keys of one claim. Of longer selections the smallest keys are kept, the same of each (Broder,
"On the resemblance and containment of documents", 1997): two that share half of their words miss
each other once in 2^16 times."""
_DIGITS = 16


def word_keys(claim: Claim) -> list[str]:
    """Return at most 16 keys of a claim about words, 16 hexadecimal digits each; sorted."""
    words = set(words_in_error(claim))
    # Punctuation alone: only the very same marks are the same error.
    alone = {word for word in words if word[0].isalnum()} or {"".join(sorted(words))}
    return sorted(hashlib.sha256(f"v1\x1f{word}".encode()).hexdigest()[:_DIGITS] for word in alone)[
        :MOST
    ]
