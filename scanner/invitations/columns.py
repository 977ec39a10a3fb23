"""What people call the columns of a table of meetings, and how they write dates in it."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Column(StrEnum):
    """What a column of a table of meetings says."""

    TITLE = "title"
    STARTS = "starts"
    """A date, or a date with a time."""
    TIME = "time"
    """The time of day at which it starts, where it stands apart from the date."""
    ENDS = "ends"
    LASTS = "lasts"
    ZONE = "time zone"
    REPEATS = "repeats"
    LINK = "link"
    """A link, or text with links in it; there may be several such columns."""
    ID = "meeting ID"
    PLATFORM = "platform"
    PASSCODE = "passcode"


class DateOrder(StrEnum):
    """In which order the numbers of a date stand in a table."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


_NAMES: dict[Column, str] = {
    Column.TITLE: (
        "title|topic|subject|name|meeting|event|what|meeting name|meeting title|titel|thema|betreff"
        "|veranstaltung|termin|besprechung|bezeichnung|titre|sujet|objet|nom|réunion|título|titulo"
        "|asunto|tema|nombre|reunión|titolo|oggetto|argomento|riunione|assunto|nome|reunião|onderwerp"
        "|naam|vergadering|temat|nazwa|tytuł|spotkanie|ämne|namn|möte|件名|タイトル|会議名|主题|主題"
        "|标题|제목|тема|название|konu|chủ đề|judul|الموضوع"
    ),
    Column.STARTS: (
        "starts|start|date|when|start date|starts at|start time and date|date and time|date/time"
        "|datetime|begin|begins|datum|beginn|startdatum|wann|datum und uhrzeit|beginnt|date de début"
        "|début|quand|date et heure|fecha|inicio|comienzo|fecha y hora|fecha de inicio|cuándo|data"
        "|inizio|data e ora|data di inizio|data inicial|início|data e hora|begindatum|datum en tijd"
        "|wanneer|data rozpoczęcia|początek|startar|日付|日時|開始日時|開始日|日期|开始日期|開始日期"
        "|날짜|дата|начало|tarih|başlangıç|ngày|tanggal|التاريخ"
    ),
    Column.TIME: (
        "time|start time|at|hour|uhrzeit|zeit|startzeit|um|heure|heure de début|hora|hora de inicio"
        "|ora|ora di inizio|orario|hora de início|tijd|starttijd|begintijd|godzina|czas|tid|starttid"
        "|klockan|時刻|時間|開始時刻|时间|开始时间|開始時間|시간|время|saat|giờ|waktu|jam|الوقت"
    ),
    Column.ENDS: (
        "ends|end|end time|end date|until|finish|ende|endzeit|bis|endet|enddatum|fin|heure de fin"
        "|date de fin|hora de fin|fine|ora di fine|fim|término|hora de término|einde|eindtijd|koniec"
        "|slut|sluttid|終了|終了時刻|终了|结束时间|結束時間|종료|конец|bitiş|kết thúc|selesai|النهاية"
    ),
    Column.LASTS: (
        "duration|length|lasts|minutes|duration (minutes)|duration (hours)|dauer|dauer (minuten)"
        "|durée|duración|durata|duração|duur|czas trwania|längd|所要時間|时长|時長|기간"
        "|продолжительность|süre|thời lượng|durasi|المدة"
    ),
    Column.ZONE: (
        "time zone|timezone|tz|zeitzone|fuseau horaire|zona horaria|fuso orario|fuso horário|tijdzone"
        "|strefa czasowa|tidszon|タイムゾーン|时区|時區|시간대|часовой пояс|saat dilimi|múi giờ"
        "|zona waktu|المنطقة الزمنية"
    ),
    Column.REPEATS: (
        "repeats|repeat|recurrence|recurring|rrule|how often|frequency|wiederholung|wiederholt sich"
        "|serie|rhythmus|récurrence|répétition|fréquence|repetición|se repite|frecuencia|ricorrenza"
        "|ripetizione|recorrência|repetição|herhaling|cykliczność|powtarzanie|återkommer|繰り返し"
        "|重复|重複|반복|повтор|yineleme|lặp lại|pengulangan|التكرار"
    ),
    Column.LINK: (
        "link|url|links|join url|join link|meeting link|invite link|invitation|location|where|address"
        "|web address|zoom link|zoom|teams link|teams|webex link|meet link|description|notes|dial-in"
        "|phone|sip|einladung|einladungslink|teilnahmelink|ort|adresse|beschreibung|notizen|telefon"
        "|einwahl|lien|adresse web|lieu|où|enlace|vínculo|dirección|lugar|invitación|collegamento"
        "|indirizzo|luogo|invito|convite|local|endereço|koppeling|uitnodiging|locatie|łącze"
        "|zaproszenie|miejsce|länk|inbjudan|plats|リンク|招待|场所|場所|链接|連結|邀请|링크|ссылка"
        "|приглашение|bağlantı|davet|liên kết|tautan|undangan|الرابط"
    ),
    Column.ID: (
        "id|meeting id|meeting number|zoom id|zoom meeting id|webinar id|access code|room|key"
        "|meeting-id|besprechungs-id|meeting-kennnummer|raum|numéro de réunion|id de réunion|salle"
        "|id de reunión|sala|id riunione|stanza|id da reunião|vergaderings-id|identyfikator spotkania"
        "|mötes-id|ミーティングid|会議id|会议号|会议id|會議 id|회의 id|идентификатор конференции"
        "|toplantı kimliği|id cuộc họp|id rapat|معرف الاجتماع"
    ),
    Column.PLATFORM: (
        "platform|service|provider|system|plattform|dienst|anbieter|plateforme|plataforma|servicio"
        "|piattaforma|serviço|platforma|tjänst|プラットフォーム|平台|플랫폼|платформа|nền tảng"
        "|layanan|المنصة"
    ),
    Column.PASSCODE: (
        "passcode|password|pass|pw|pwd|pin|code|meeting password|kenncode|passwort|kennwort"
        "|zugangscode|code secret|mot de passe|code d'accès|código de acceso|contraseña|clave"
        "|codice d'accesso|senha|código de acesso|toegangscode|wachtwoord|kod dostępu|hasło|lösenord"
        "|lösenkod|パスコード|パスワード|密码|密碼|암호|код доступа|пароль|parola|mật mã|mật khẩu"
        "|kode sandi|رمز المرور"
    ),
}

_BY_NAME = {name: column for column, names in _NAMES.items() for name in names.split("|")}
_AROUND = re.compile(r"[\s_]+")


def column_of(heading: str) -> Column | None:
    """Return what a heading means, or None. Case, blanks, underscores and a closing colon do not matter."""
    plain = _AROUND.sub(" ", unicodedata.normalize("NFC", heading.replace("\ufeff", "")).casefold())
    return _BY_NAME.get(plain.strip(" *:?"))
