"""The words around meeting numbers and passcodes, in the languages people invite in.

Patterns are case-blind and applied to cleaned text. A label must begin at a word; what follows it is the
business of the modules that use it.
"""

from __future__ import annotations

import re

from scanner.detect.phrase import Phrase
from scanner.platforms import PlatformTable

ID_LABELS = (
    # English
    r"(?:personal\s)?meeting[\s\-_]*(?:i\.d\.|ids?|identification)(?:\s*(?:number|no\.?|\#))?",
    r"webinar[\s\-_]*id",
    r"(?:meeting|mtg)[\s\-]*(?:number|no\.?|nr\.?|num|\#)(?:\s*\(access\s*code\))?",
    r"mtg[\s\-]*id",
    r"(?:event|webinar|session)[\s\-]*number",
    r"meeting\s+code",
    r"access[\s\-]*code",
    r"pmi",
    # German
    r"(?:besprechungs|meeting|sitzungs)[\s\-]*(?:id|kennnummer|nummer|kennung)",
    # French
    r"(?:id|identifiant|num[eé]ro|n°)\s*(?:de\s+)?(?:la\s+)?r[eé]union",
    # Spanish, Portuguese, Italian
    r"(?:id|identificador|n[uú]mero)\.?\s*(?:de\s+)?(?:la\s+)?reuni[oó]n?",
    r"(?:id|identificador|n[uú]mero)\s*(?:da|de)\s+reuni[aã]o",
    r"(?:id|identificativo|numero)\s*(?:della\s+)?(?:riunione|meeting)",
    r"id\s+(?:d[ue]l?\s+|do\s+)?(?:webinaire|webinar|seminario\s+web)",
    # Dutch, Polish, the Nordic languages
    r"vergader(?:ings?)?[\s\-]*(?:id|nummer)",
    r"(?:identyfikator|id|numer)\s+spotkania",
    r"m[öø](?:tes|tet|de|te)[\s\-]*id",
    r"kokouksen\s+(?:tunnus|id)|kokoustunnus",
    # Japanese, Chinese, Korean
    r"(?:ミーティング|会議|ウェビナー)\s*(?:id|番号)",
    r"(?:会议|會議)\s*(?:id|号码|號碼|号|號|编号)|(?:会议室|會議室|网络研讨会|網路研討會)\s*id",
    r"(?:회의|모임|웨비나)\s*(?:id|번호|아이디)",
    # Others
    r"(?:идентификатор|ид|номер)\s+(?:конференции|собрания|вебинара|веб-семинара)",
    r"ідентифікатор\s+(?:конференції|наради)",
    r"toplantı\s+(?:kimliği|numarası|id)",
    r"id\s+cuộc\s+họp",
    r"id\s+rapat",
    r"معر[ّ]?ف\s+الاجتماع",
    r"id\s+(?:schůzky|schôdze|stretnutia|sastanka|sestanka|srečanja|mesyuarat)",
    r"id(?:-ul)?\s+(?:întâlnire|întâlnirii|ședință|ședinței)",
    r"értekezlet[\s\-]?azonosító(?:ja)?",
    r"идентификатор\s+на\s+(?:срещата|събранието)",
    r"αναγνωριστικό\s+(?:σύσκεψης|συνάντησης)",
    r"מזהה\s+(?:ה)?(?:פגישה|ישיבה)",
    r"شناسه\s+(?:جلسه|نشست)",
    r"मीटिंग\s*(?:आईडी|id)",
    r"(?:รหัส|ไอดี|id)\s*(?:การ)?ประชุม",
)

_COMPOUND = "meeting|besprechungs|sitzungs|webinar|zoom|vergaderings?"
_OF_MEETING = (
    r"(?:[ \t]+(?:(?:de|of|for|to)[ \t]+(?:(?:la|the)[ \t]+)?|del(?:la)?[ \t]+|d[ae][ \t]+|der[ \t]+)?"
    r"(?:r[eé]union|reuni[oó]n|reuni[aã]o|riunione|meeting|besprechung|sitzung|webinar|zoom|vergadering))?"
)
"""What people add to a word for a passcode: "of the meeting"."""

PASSCODE_LABELS = (
    r"pass[\s\-]?codes?",
    r"pass[\s\-]?words?",
    r"pass[\s\-]?phrase",
    r"passwd|pwd|pw|mdp",
    rf"(?:{_COMPOUND})?(?:kenn(?:code|wort)|zugangs(?:code|kennwort)|passwort)",
    r"code\s+secret|mot\s+de\s+passe|code\s+d\s?['’]?\s?acc[eè]s",
    r"c[oó]digo\s+de\s+acceso|contrase[nñ]a|clave(?:\s+de\s+acceso)?",
    r"codice\s+(?:d['’]\s?|di\s+)accesso",
    r"senha(?:\s+de\s+acesso)?|c[oó]digo\s+de\s+acesso",
    rf"(?:{_COMPOUND})?(?:toegangscode|wachtwoord(?:code)?)",
    r"kod\s+dost[eę]pu|has[lł]o",
    r"パスコード|パスワード",
    r"(?:会议|會議|入会)?密[码碼]",
    r"암호|비밀번호",
    r"(?:секретный\s+)?код\s+доступа|секретный\s+код|пароль|код\s+доступу",
    r"parol[aă]|geçiş\s+kodu|cod\s+de\s+acces",
    r"(?:přístupový|prístupový|hozzáférési)\s+kód|jelszó|lozinka|pristupni\s+kod|geslo",
    r"contrasenya|codi\s+d['’]\s?acc[eé]s",
    r"mật\s+(?:mã|khẩu)",
    r"l[oö]sen(?:kod|ord)|adgangskode|passord",
    r"kode\s+sandi|kata\s+(?:sandi|laluan)|kod\s+laluan",
    r"رمز\s+(?:المرور|عبور)|كلمة\s+المرور|گذرواژه",
    r"heslo|salasana|tunnuskoodi|parole|κωδικός(?:\s+πρόσβασης)?",
    r"парола|код\s+за\s+достъп",
    r"קוד\s+(?:גישה|סודי)|סיסמה",
    r"पासकोड|पासवर्ड",
    r"รหัสผ่าน",
)

WEAK_PASSCODE_LABELS = (r"pass", r"code", r"access[\s\-]*code", r"p/w")

FIELD_WORDS = ("answer", "content", "hidden", "input", "label", "name", "text", "type", "value")
"""What stands in the source of a page or a record between a label and its value, and is not read."""

ID_WORDS = ("meeting", "webinar", "room", "conference", "session")
"""What stands between a platform's name and "ID", if anything does: in one word they are a label."""

JOINING_WORDS = [
    "id",
    "ids",
    "meeting",
    "meetings",
    "webinar",
    "code",
    "number",
    "no",
    "nr",
    "n°",
    "num",
    "room",
    "link",
    "call",
    "conference",
    "session",
    "pmi",
    "personal",
    "is",
    "the",
    "on",
    "réunion",
    "réunions",
    "reunion",
    "reunión",
    "reunião",
    "riunione",
    "sala",
    "salle",
    "besprechung",
    "raum",
    "nummer",
    "numéro",
    "número",
    "numero",
    "vergadering",
    "spotkanie",
    "rapat",
    "toplantı",
    "toplantısı",
    "möte",
    "møde",
    "møte",
    "kokous",
    "schůzka",
    "konferenz",
    "videokonferenz",
    "conférence",
    "conferencia",
    "details",
    "info",
    "login",
    "identifiant",
    "ident",
    "kennnummer",
    "kennung",
    "идентификатор",
    "конференция",
    "ミーティング",
    "会議",
    "会議室",
    "会议",
    "会议室",
    "會議",
    "會議室",
    "회의",
    "회의실",
    "号",
    "号码",
    "番号",
]

_AND_PASSCODE = (
    r"\s?(?:[/&+]|and|und|et|y|e)\s?(?:pass(?:code|word)?|pwd?|kenncode|passwort|mot\s+de\s+passe|mdp"
    r"|contrase[nñ]a|senha)(?=\s?[:=])"
)
"""What is said with a label for a number and its passcode: "Meeting ID/Passcode:"."""
PICTURES = r"\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
"""Arrows and pictures, as members of a class."""
SIGNS = rf"\s:=#\-*_\"'`|>~•·…“”„″‘’{PICTURES}"
"""What people put between a label and its value, as members of a class."""
NUMBERED = r"\s?\#?[0-9]{1,2}(?=\s?[:=])|\[[0-9*]{1,3}\]"
"""What counts labels, or refers to a footnote: "Meeting ID 2:"."""

_STARTS_WORD = r"(?:(?<![a-zA-ZÀ-ÖØ-öø-ÿ])|(?=[^\x00-\u024f]))"
"""Scripts without blanks begin words anywhere."""
_ENDS_WORD = r"(?![a-zA-ZÀ-ÖØ-öø-ÿ])"


_IS = r"(?:(?:is|ist|est|es|è|é|là|lautet|number|no\.?|nr\.?)[\s:]{1,4}|[是为為は는은][ :]?)?"


def _squeezed(name: str) -> str:
    return re.sub(r"[\s\-]", "", name.lower())


class Vocabulary:
    """Names and labels of one table of platforms, compiled once."""

    def __init__(self, table: PlatformTable) -> None:
        self.table = table
        self._slugs = {_squeezed(name): platform.slug for platform in table for name in platform.names}
        names = sorted({name for platform in table for name in platform.names}, key=len, reverse=True)
        self._name_words = "|".join(re.escape(name).replace(r"\ ", r"[\s\-]?") for name in names)
        escaped = [*map(re.escape, names)]
        self.names = Phrase(
            rf"(?<![a-zA-Z0-9@./]){self._group(self._name_words)}(?:(?<![\x00-\x7f])|(?![a-zA-Z0-9]|\.[a-z]))",
            escaped,
        )
        self.names_in_hosts = Phrase(
            rf"(?<![a-zA-Z0-9]){self._group(self._name_words)}(?![a-zA-Z0-9])", escaped
        )
        self._own_labels = {_squeezed(label): p.slug for p in table for label in p.labels}
        own_labels = [re.escape(label) for p in table for label in p.labels]
        own = "|".join(own_labels)
        of = "on|for|in|de|do|da|del|della|di|von|der|für|pour|per|para|على"
        of_name = rf"(?:[\s\-]*(?:(?:{of})\s+)?(?:{self._name_words}))?"
        filler = rf"(?:[{SIGNS}]|\.{{2,40}}+){{0,12}}"
        named_id = rf"(?:{self._name_words})[\s\-]?(?:room[\s\-]?)?ids?(?![a-z])"
        self.id_label = Phrase(
            rf"{_STARTS_WORD}(?P<label>{own + '|' if own else ''}{'|'.join(ID_LABELS)}|{named_id}){of_name}"
            rf"(?:{NUMBERED}|{_AND_PASSCODE})?(?P<paren>\s*[(（][^()（）\n]{{0,40}}[)）])?{filler}{_IS}[(\[<]?$",
            (*own_labels, *ID_LABELS, *escaped),
        )
        self.lone_id = re.compile(
            r"(?:^|[\n(,;|>*•·]|/(?!id$)|[.!?\-][ \t])[ \t]*(?P<label>id)[\s:=#.|]{0,8}$", re.IGNORECASE
        )
        words = "|".join(sorted(map(re.escape, JOINING_WORDS), key=len, reverse=True))
        self.name_before = Phrase(
            rf"(?<![a-zA-Z0-9@./])(?P<name>{self._name_words})(?:[{SIGNS}(\[\]【】®™]|(?:{words}){_ENDS_WORD}){{0,24}}$",
            escaped,
        )
        self.passcode = Phrase(
            rf"{_STARTS_WORD}(?:(?P<strong>{'|'.join(PASSCODE_LABELS)}){_OF_MEETING}|(?P<weak>{'|'.join(WEAK_PASSCODE_LABELS)})){_ENDS_WORD}",
            (*PASSCODE_LABELS, *WEAK_PASSCODE_LABELS),
        )

    @staticmethod
    def _group(words: str) -> str:
        return f"(?P<name>{words})"

    def slug(self, name: str) -> str:
        """Return the slug of the platform that a matched name stands for."""
        return self._slugs[_squeezed(name)]

    def owner_of_label(self, label: str) -> str | None:
        """Return the slug of the platform that alone uses a label, or None."""
        return self._own_labels.get(_squeezed(label))
