"""Where a sentence begins and ends, in the scripts that newsrooms write."""

import pytest

from copydesk.errata.sentence import cut_to_sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It rained. The old ⟦brigde⟧ fell! Nobody cared.", "The old ⟦brigde⟧ fell!"),
        ("At 5 p.m. on 3.4. he ⟦lef⟧ it. Then", "At 5 p.m. on 3.4. he ⟦lef⟧ it."),
        ("Дождь. «Старый ⟦моост⟧ упал». Никто", "«Старый ⟦моост⟧ упал»."),
        ("Es regnete. Ältere ⟦Brüke⟧ weg. Öl auch.", "Ältere ⟦Brüke⟧ weg."),
        ("Дощ. Їхній ⟦мыст⟧ упав. Інші", "Їхній ⟦мыст⟧ упав."),
        ("昨日下雨。旧⟦挢⟧塌了！没人在意。", "旧⟦挢⟧塌了！"),
        ("هل سقط؟ قالت إن ⟦المدرسه⟧ مغلقة. ثم", "قالت إن ⟦المدرسه⟧ مغلقة."),
        ("ירד גשם. הגשר ⟦הישנ⟧ נפל. איש", "הגשר ⟦הישנ⟧ נפל."),
        ("Headline\nThe ⟦brigde⟧\nNext", "The ⟦brigde⟧"),
    ],
)
def test_cut_to_sentence(text: str, sentence: str) -> None:
    prefix, rest = text.split("⟦")
    exact, suffix = rest.split("⟧")
    before, after = cut_to_sentence(prefix, suffix)
    assert f"{before}⟦{exact}⟧{after}" == sentence
