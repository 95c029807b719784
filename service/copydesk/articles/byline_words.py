"""The words that newsrooms print around names, in nine languages. Word lists only.

Russian, Ukrainian, Kazakh, English, German, French, Spanish, Czech, Portuguese. Whoever adds a
language adds pages in it to the corpus of the tests as well.
"""

import re


def _any(*groups: str) -> str:
    return "(?:" + "|".join("|".join(group.split()) for group in groups) + ")"


# Stands before the author; a colon or a dash must follow, for each is a plain word as well.
NOUNS = _any(
    r"автор(?:ы|ка|ки)? автор\s+(?:текста|материала|статьи|публикации|статті) текст",
    r"(?:спец)?корреспондент кореспондент(?:ка)? мәтіні? авторлары? авторы тілші(?:сі)?",
    r"authors? words text auteure?s? autrices? texte",
    r"autor(?:in|innen|en|a|as|es|ka|ky)? autoři textos? reportagem protokoll bericht reportage",
)
# Needs no colon: it can only be followed by whoever did it.
VERBS = _any(
    r"(?:(?:материал|текст|страницу|полосу|выпуск|подборку|рубрику|интервью)\s+)?подготовил[аи]?",
    r"беседовал[аи]? записал[аи]? расспрашивал[аи]?",
    r"интервью\s+(?:взяла?|провела?|вела?) вопросы\s+задавала? поговорил[аи]? побеседовал[аи]?",
    r"(?:(?:матеріал|сторінку|випуск|добірку)\s+)?підготу(?:вав|вала|вали)",
    r"спілкува(?:вся|лася|лися|лись) записа(?:в|ла|ли)",
    r"інтерв['’]ю\s+(?:взяв|взяла|брав|брала) розпитува(?:в|ла|ли) розмовля(?:в|ла|ли)",
    r"(?:материалды\s+)?дайындаған(?:дар)? әңгімелескен сұхбаттасқан сұхбат\s+алған жазған",
    r"(?:words|text|story|report|interview|written|reported|posted|compiled)\s+by",
    r"(?:an?\s+)?(?:analysis|opinion|column|review|essay|commentary|guest\s+post)\s+by",
    r"(?:text|bericht|aufgezeichnet|interview|reportage|protokoll|porträt)\s+von",
    r"(?:eine?\s+)?(?:analyse|kommentar|gastbeitrag|essay|kolumne|glosse|rezension)\s+von",
    r"(?:das\s+)?(?:interview|gespräch)\s+führten? (?:die\s+)?fragen\s+stellten?",
    r"propos\s+recueillis\s+par recueilli\s+par écrit\s+par entretien\s+réalisé\s+par",
    r"(?:une?\s+)?(?:texte|article|reportage|enquête|analyse|chronique)\s+(?:de|par)",
    r"escrit[oa]\s+por redactad[oa]\s+por entrevista\s+(?:de|por) report(?:aje|agem)\s+(?:de|por)",
    r"(?:texto|informa|crónica|análisis|análise|crônica)\s+(?:de|por)",
    r"připravil[ai]? napsal[ai]? zapsal[ai]? rozhovor\s+vedla? ptal[ai]?\s+se zpracoval[ai]?",
)
# A mere preposition: only believed on a line that holds nothing else.
PREPOSITIONS = (
    r"(?:by|von|par|por|від|текст|материал|репортаж|колонка|очерк|автор(?:ы|ка|и)?|авторы|author|"
    r"autor(?:in|a|ka)?|auteure?|(?:наша?\s+)?(?:спец|соб)?кор(?:р|респондент)?\.?)"
)

# Others who worked on it: no name that follows is the author's.
_PICTURES = _any(
    r"фото(?:граф(?:ии|ія|ії)?)? фотографа? автор\s+фото фото\s+автор(?:а|ы)? світлин[аи]",
    r"сурет(?:тер)? ілюстрац(?:ія|ії) иллюстраци[яи] видео відео инфографика",
    r"photos? photographs? photography pictures? images? illustrations? video crédits?\s+photos?",
    r"fotos? fotografi(?:a|as|e|en) imagen imagens bilder? grafik ilustra(?:ción|ção)",
)
_OTHERS = _any(
    r"перевод(?:чик)? переклад(?:ач)? (?:шеф-|гл\.\s*|главный\s+)?редактор(?:ка)? корректор монтаж",
    r"операторы? edit(?:ed|ing|ors?) translat(?:ed|ion|ors?) produc(?:ed|ers?) reporting",
    r"übersetzung redaktion bearbeitung traduction traducción tradução edición edição",
    r"sponsored presented powered provided supported реклама партн[её]р",
    r"překlad источник джерело source fuente fonte quelle zdroj",
)
OTHER_CREDIT = re.compile(
    rf"\b(?:{_PICTURES}\b(?:\s+(?:by|von|de|par))?(?:\s*[:—–/-]\s*|\s+(?-i:(?=[^\W\d_a-zа-яё])))"
    rf"|{_OTHERS}\b(?:\s+by\s+|\s+von\s+|\s*[:—–]\s*))",
    re.IGNORECASE,
)
# One person did both: "Text und Fotos: …". A photographer elsewhere is not the author.
_TEXTS = _any(r"текст мәтін text texte texto words story")
_WITH = r"\s*(?:\b(?:и|і|та|й|мен|және|and|und|et|y|e|a)\b|[&+,/])\s*"
TEXT_AND_PICTURES = re.compile(
    rf"\b(?:{_TEXTS}{_WITH}{_PICTURES}|{_PICTURES}{_WITH}(?P<text>{_TEXTS}))\b", re.IGNORECASE
)
AUTHOR_LABEL = re.compile(rf"\b(?:{NOUNS}\s*[:—–]\s*|{VERBS}\b\s*[:—–]?\s*)", re.IGNORECASE)
BARE_LABEL = re.compile(rf"^{PREPOSITIONS}\s+", re.IGNORECASE)
ONLY_LABEL = re.compile(rf"^(?:{NOUNS}|{VERBS}|{PREPOSITIONS})\s*:?$", re.IGNORECASE)

# At the end it is who asked; before the story it is a heading, and who answered.
LAST_LABEL = re.compile(
    r"^(?:interview|entretien|entrevista|rozhovor|интервью|інтерв['’]ю|сұхбат)\s*[:—–]\s*",
    re.IGNORECASE,
)
# A role of newsrooms, beside a name or in its place.
ROLE = re.compile(
    r"\b(?:(?:спец|соб|фото)?кор(?:респондент\w*)?|кореспондент\w*|редактор\w*|обозревател\w*|"
    r"оглядач\w*|журнал[иі]ст\w*|колумнист\w*|репорт[её]р\w*|тілші\w*|editors?|correspondents?|"
    r"reporters?|writers?|columnists?|contributors?|journalists?|redakteur\w*|korrespondent\w*|"
    r"journalistes?|rédact(?:eur|rice)s?|correspondante?s?|periodistas?|redactora?|corresponsal|"
    r"redaktork?a?|jornalistas?|repórter(?:es)?|correspondente)\b",
    re.IGNORECASE,
)
# An outlet, a department or a thing: with one of these words it is no person.
NOT_A_PERSON = re.compile(
    r"\b(?:редакци\w*|редакці\w*|агент?ств\w*|агенці\w*|агенттігі|новост\w*|новин\w*|газет\w*|"
    r"служб\w*|отдел\w*|відділ\w*|пресс?|прес|риа|иа|тасс|интерфакс|укрінформ|казинформ|"
    r"администраци\w*|адміністраці\w*|әкімдік\w*|министерств\w*|управлени\w*|"
    r"вестник|вісник|хабар(?:ы|лары)?|ақпарат|издани\w*|видання|портал\w*|телеканал\w*|радио|"
    r"курьер|кур['’]єр|ведомост\w*|известия|обозрение|редколлегия|пресс-\w+|прес-\w+|пресслужб\w*|"
    r"мэри[яи]|полици[яи]|поліці[яї]|прокуратур\w*|прокурор\w*|гибдд|мвд|мчс|фсб|управлінн\w*|"
    r"комитет\w*|департамент\w*|правительств\w*|институт\w*|університет\w*|университет\w*|"
    r"культуры|дворец|театр\w*|стадион\w*|библиотек\w*|музе[йея]|школ[аы]|совет|рада|центр|фонд|компани\w*|"
    r"баспасөз|басқармасы|министрлігі|комитеті|газеті|"
    r"ооо|зао|оао|ано|тов|фото|reuters|afp|dpa|efe|ap|čtk|lusa|ansa|"
    r"news|press|presse|prensa|imprensa|agenc(?:y|ies|e|ia|ias)|agência|agentur|agentura|"
    r"staff|editorial|team|media|desk|newsroom|redaktion|rédaction|redacción|redação|redakce|"
    r"polizei\w*|feuerwehr\w*|zeitung\w*|tageblatt|anzeiger|rundschau|nachrichten|landkreis|"
    r"journaux|dépêche|courrier|préfecture|mairie|ministère|diario|periódico|heraldo|correo|agencias|"
    r"ayuntamiento|ministerio|policía|jornal|portal|diário|folha|correio|prefeitura|polícia|notícias|"
    r"noticias|noviny|deník|listy|policie|hasiči|rozhlas|televize|město|"
    r"courier|chronicle|observer|daily|weekly|contributed|wire|reports|"
    r"times|gazette|gazeta|tribune|herald|magazine|journal|inc|ltd|llc|gmbh|group|admin|"
    r"administrator|photo|user|webmaster|company|association|university|ministry|"
    r"department|council|police|service|services|unsere[rn]?)\b",
    re.IGNORECASE,
)
# Whoever signs a decree or a greeting in the paper.
OFFICE = re.compile(
    r"(?:глава|председател|директор|начальник|мэр|губернатор|министр|депутат|заместител|ректор|голов[аи]\s|"
    r"міністр|әкім|төраға|mayor|chair|director|president|bürgermeister|landrat|maire|alcalde|prefeito|"
    r"starosta|ředitel)",
    re.IGNORECASE,
)
# Days, months and feasts come with capitals and in twos: "By Monday Morning", "Por Semana Santa".
CALENDAR = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|july|september|"
    r"october|november|december|morning|evening|night|today|yesterday|"
    r"christmas|easter|semana|navidad|páscoa|ostern|weihnachten|montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag|januar|februar|oktober|dezember|"
    r"noël|pâques|updated|published|posted|publié|veröffentlicht|"
    r"publicado|обновлено|опубликовано|просмотр\w*|переглядів|views?|comments?)\b",
    re.IGNORECASE,
)
# Joins authors. The single letters are parts of names as well ("Ortega y Gasset").
AND = re.compile(r"\s(?:and|и|und|et|та|і|й|және|мен|y|e|a|&)\s")
# What follows is where, or with whose help: "in Leeds", "avec AFP".
AFTERWARDS = re.compile(
    r"\s(?:in|at|from|with|for|aus|mit|für|à|avec|pour|en|con|em|com|для|из|из-за|при|с|v|ve|s)\s.*$",
    re.DOTALL,
)
PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "da", "di", "du", "do", "dos", "das", "del", "des", "la"}
    | {"le", "al", "el", "bin", "ibn", "zu", "zur", "ter", "y", "e", "los", "las", "af", "av"}
    | {"фон", "ван", "де", "да", "ди", "дер", "ибн", "оглы", "кызы", "ұлы", "қызы", "ла", "ле"}
)
TITLES = frozenset({"dr.", "prof.", "mag.", "ing.", "mgr.", "dipl.", "sr.", "sra.", "jr."})
# A name of an outlet rather than of a person, when it comes first.
ARTICLES = frozenset({"the", "el", "la", "le", "les", "los", "las", "die", "das", "der", "os"})
