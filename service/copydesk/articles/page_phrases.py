"""What walls and error pages say, by language. Patterns over text in lower case.

Short on purpose: each phrase is one that newsrooms' systems print as they come, and none decides
alone (see ``page_kind.py``). A new language is a new line in each table.
"""

import re


def _any(table: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    # A page's language is often not named, and a wall's may be another: all at once.
    return re.compile("|".join(phrase for phrases in table.values() for phrase in phrases))


NOT_FOUND = _any(
    {
        "any": (
            (
                r"(?:(?:error|ошибка|fehler|erreur|помилка|қате|chyba|erro)[:\s]+)?(?:404|410)"
                r"(?:[:\s]+(?:error|ошибка|(?:page\s+)?not\s+found))?"
            ),
        ),
        "en": (
            (
                r"(?:error: ?|the |this )?(?:page|article|story|content)(?: was| is| could| can)?"
                r"(?: ?not|n[’']t)(?: be)? (?:found|available)"
            ),
            r"(?:the |this )?(?:page|article|story|content) (?:is )?no longer (?:exists|available)",
        ),
        "ru": (
            (
                r"(?:такая |такой )?(?:страниц[аы]|стать[яи]|материал|публикация|новость) "
                r"(?:не (?:найден[аоы]?|существует)|удал[её]н[аоы]?|снят[аы]? с публикации)"
            ),
        ),
        "uk": (r"(?:сторінк[аиу]|статт[яію]|матеріал) не (?:знайдено|знайдена|існує)",),
        "kk": (r"бет табылмады",),
        "de": (r"(?:die |diese )?(?:seite|der artikel|artikel) (?:wurde )?nicht gefunden",),
        "fr": (r"(?:la )?page (?:est )?(?:introuvable|non trouvée)",),
        "es": (r"(?:la )?página no (?:encontrada|existe)",),
        "pt": (r"(?:a )?página não (?:encontrada|existe)",),
        "cs": (r"stránka (?:nebyla nalezena|nenalezena|neexistuje)",),
    }
)
"""Fits a whole heading, or a whole part of a title."""

ROBOT = _any(
    {
        "en": (
            *("just a moment", "attention required", "checking your browser", "not a robot"),
            r"verify(?:ing)? (?:that )?you are (?:a )?human",
            r"are you (?:a robot|human)",
        ),
        "ru": ("проверка браузера", "проверяем ваш браузер", "вы не робот", "я не робот"),
        "uk": ("перевірка браузера", "ви не робот"),
        "de": ("kein roboter", "browser wird überprüft"),
        "fr": (r"pas un robot",),
        "es": (r"no (?:soy|eres|es) un robot",),
        "any": ("ddos-guard",),
    }
)

LOGIN = _any(
    {
        "en": (r"(?:please )?(?:log|sign)[- ]?in", "login"),
        "ru": ("вход", "войти", "войдите", "авторизация", "вход на сайт"),
        "uk": ("вхід", "увійти"),
        "kk": ("кіру",),
        "de": ("anmelden", "anmeldung", "einloggen"),
        "fr": ("(?:se )?connecter", "connexion"),
        "es": ("iniciar sesión", "acceder"),
        "pt": ("entrar",),
        "cs": ("přihlášení", "přihlásit se"),
    }
)
"""Fits a whole heading, or a whole part of a title."""

TO_READ_ON = _any(
    {
        "en": (
            (
                r"(?:subscribe|sign ?(?:in|up)|log ?in|register|become a (?:member|subscriber))\b"
                r".{0,60}\bto (?:continue|keep|read|finish|unlock|access|view)"
            ),
            r"to (?:continue|keep) reading",
            (
                r"(?:article|story) is (?:only |exclusively |reserved )?for (?:our )?"
                r"(?:subscribers|members)"
            ),
            r"(?:for )?subscribers only|only for subscribers",
        ),
        "ru": (
            (
                r"чтобы (?:прочитать|читать|продолжить|дочитать).{0,80}"
                r"(?:войдите|подпишитесь|оформите|зарегистрируйтесь|авторизуйтесь)"
            ),
            (
                r"(?:войдите|подпишитесь|оформите подписку|зарегистрируйтесь|авторизуйтесь).{0,60}"
                r"чтобы (?:прочитать|читать|продолжить|дочитать|открыть)"
            ),
            (
                r"(?:доступ\w*|материал|статья|текст) (?:только )?"
                r"(?:по подписке|для подписчиков|подписчикам)"
            ),
        ),
        "uk": (r"(?:щоб|аби) (?:читати|прочитати|продовжити).{0,60}(?:увійдіть|підпишіться)",),
        "de": (r"(?:um|zum) weiter ?(?:zu)?lesen", "nur für abonnenten"),
        "fr": (r"pour lire la suite", r"réservé aux abonnés"),
        "es": (r"para (?:seguir|continuar) leyendo", r"(?:solo|exclusivo) para suscriptores"),
        "pt": (r"para continuar (?:lendo|a ler)", r"exclusivo para assinantes"),
        "cs": (r"pouze pro předplatitele",),
    }
)

ACCEPT = _any(
    {
        "en": (
            r"accept (?:all|and|cookies)|agree (?:and|to all)",
            r"i (?:agree|accept)|allow all",
        ),
        "ru": ("принять", r"соглас(?:ен|иться)", "принимаю"),
        "uk": ("прийняти", "погоджуюс"),
        "kk": ("қабылдау",),
        "de": (r"alle[ms]? (?:akzeptieren|zustimmen)", r"(?:zustimmen|akzeptieren) und"),
        "fr": (r"tout accepter|j[’']accepte",),
        "es": ("aceptar",),
        "pt": ("aceitar",),
        "cs": ("přijmout", "souhlasím"),
    }
)

PRIVACY = _any(
    {
        "en": ("cookie", "consent", "privacy", "personal data", "our partners"),
        "ru": (r"кук[иа]", r"персональн\w+ данн", "конфиденциальн", "наши партн"),
        "uk": (r"персональн\w+ дан", "конфіденційн"),
        "de": ("einwillig", "datenschutz", "personenbezogen"),
        "fr": ("données personnelles", "confidentialité", "consentement"),
        "es": ("datos personales", "privacidad", "consentimiento"),
        "pt": ("dados pessoais", "privacidade"),
        "cs": ("soukrom", r"osobní\w* údaj", "souhlas"),
    }
)

NEEDS_SCRIPTS = _any(
    {
        "en": (
            r"(?:enable|turn on|requires?|needs?) (?:\w+ ){0,3}java ?script",
            r"java ?script (?:is )?(?:required|disabled|must be)",
        ),
        "ru": (
            r"(?:включите|требуется|поддержк\w+|отключ\w+) (?:\w+ ){0,3}(?:java ?script|скрипт)",
            r"java ?script (?:отключ|выключ)",
        ),
        "uk": (r"увімкніть java ?script",),
        "de": (r"java ?script (?:aktivieren|erforderlich|ist deaktiviert)",),
        "fr": (r"activ\w+ java ?script",),
        "es": (r"activ\w+ java ?script|habilit\w+ java ?script",),
        "cs": (r"zapn\w+ java ?script",),
    }
)
