"""Words that stand where a passcode would, or before a word for one, and mean that it is none."""

from __future__ import annotations

import re

NO_PASSCODE = re.compile(
    r"none|no|not|n/a|na|nil|null|tba|tbd|tbc|required|needed|necessary|protected|see"
    r"|will|sent|provided|available|upon|on|same|in|to|by|the|this|that|a|an|and|or|for"
    r"|with|from|your|our|my|via|please|if|is|are|was|be|has|have|keine|keins|kein|ohne"
    r"|nicht|erforderlich|aucun|aucune|sans|requis|ninguna|ninguno|sin|nessuna|nessuno"
    r"|nenhuma|geen|brak|false|true|undefined|meeting|zoom|webinar|hidden|private|secret"
    r"|removed|redacted|below|above|here|protection|reset|policy|field|manager|hash|settings"
    r"|setting|change|changed|wird|separat|siehe|todo|click|select|optional|disabled|enabled|empty|blank"
    r"|unset|zonder|ingen|inget|нет|tidak|không|keines|nessun|unknown",
    re.IGNORECASE,
)
"""What stands for "there is none", "not here", or goes on about passcodes."""

INSTEAD = re.compile(
    r"ask|contact|email|e\-mail|mail|call|phone|text|write|message|request|get|obtain|apply"
    r"|separately|privately|soon|later|shortly|inside|attached|tonight|tomorrow|getrennt|später|folgt"
    r"|join|members|only|as|at|known|unchanged|usual|shared|given|posted|emailed|auf|sur|per"
    r"|bitte|nach|fragen|anfragen|beim|demander|demandez|contactez|pedir|solicitar|consultar"
    r"|preguntar|chiedere|richiedere|vragen|zapytaj|wie|kommt|folgt|erhaltet|bekommt|gibt|steht"
    r"|follows|comes|four|five|six|eight|envoyée?|communiquée?|transmise?|enviad[oa]|enviará|inviat[oa]"
    r"|fornit[oa]|volgt|wordt|krijg\w*|skickas|sendes|zostanie|wysłane",
    re.IGNORECASE,
)
"""Words that tell where to get a passcode, if more words follow. Alone on a line they can be one."""

BEFORE_CODE = re.compile(
    r"the|and|with|use|entry|secret|enter|und|mit|et|avec|con|e|y|room",
    re.IGNORECASE,
)
"""Words that may stand before a mere "code" or "pass" that is a passcode: others make it another code."""
