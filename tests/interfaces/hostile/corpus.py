"""What attackers type. Where any of it is run, `lantoaran` is called, or 1234567*7654321 worked out."""

from typing import Final

MARK: Final = "lantoaran"
"""A global function that no page has: whoever calls it was run."""

PRODUCT: Final = str(1234567 * 7654321)
"""What a template or formula that is worked out leaves behind."""

SCRIPTS: Final = (
    "<script>lantoaran()</script>",
    '"><script>lantoaran()</script>',
    "</textarea><script>lantoaran()</script>",
    "</title></style></script><script>lantoaran()</script>",
    "-->]]><script>lantoaran()</script><!--",
    '"><img src=x onerror=lantoaran()>',
    "'><svg/onload=lantoaran()>",
    '" autofocus onfocus=lantoaran() x="',
    "' autofocus onfocus='lantoaran()",
    "` onmouseover=lantoaran() `",
    "<details open ontoggle=lantoaran()>",
    "<iframe srcdoc='<script>parent.lantoaran()</script>'>",
    "<a href=javascript:lantoaran()>Tư</a>",
    "javascript:lantoaran()//",
    "JaVaScRiPt:lantoaran()",
    "data:text/html,<script>lantoaran()</script>",
    "<base href=//lantoaran.example>",
    "<meta http-equiv=refresh content='0;url=javascript:lantoaran()'>",
    "<form action=//lantoaran.example><button>Tư",
    "<style>@import'//lantoaran.example'</style>",
    "<link rel=stylesheet href=//lantoaran.example>",
    "<math><mtext><script>lantoaran()</script>",
    "&lt;script&gt;lantoaran()&lt;/script&gt;",
    "\\u003cscript\\u003elantoaran()\\u003c/script\\u003e",
    "\uff1cscript\uff1elantoaran()\uff1c/script\uff1e",
)

FORMULAS: Final = (
    "=1234567*7654321",
    "+1234567*7654321",
    "-1234567*7654321",
    "@SUM(1234567*7654321)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://lantoaran.example","Tư")',
    '=WEBSERVICE("http://lantoaran.example")',
    "\t=1234567*7654321",
    "\r=1234567*7654321",
    "\n=1234567*7654321",
    'Tư";=1234567*7654321',
)

TEMPLATES: Final = (
    "{{1234567*7654321}}",
    "${1234567*7654321}",
    "#{1234567*7654321}",
    "<%= 1234567*7654321 %>",
    "{% print(1234567*7654321) %}",
    "{{''.__class__.__mro__}} Tư",
    "{0.__class__.__init__.__globals__} Tư",
    "%(num)s %s %n %d Tư",
    "%999999999d Tư",
    '#eval("1234567*7654321")',
    '#read("/etc/passwd")',
    "$(expr 1234567 \\* 7654321)",
    "`expr 1234567 \\* 7654321`",
    "; expr 1234567 * 7654321 |",
)

HEADERS: Final = (
    "Tư\r\nx-lantoaran: 1",
    "Tư\nset-cookie: lantoaran=1",
    "Tư\r\n\r\n<script>lantoaran()</script>",
    "Tư%0d%0ax-lantoaran:%201",
    "Tư\u560d\u560ax-lantoaran: 1",
    "Tư\u2028x-lantoaran: 1",
    "Tư\x85x-lantoaran: 1",
)

PATHS: Final = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/ledger.db",
    "....//....//ledger.db",
    "..\\..\\keys",
    "/etc/passwd\x00.png",
    "file:///etc/passwd",
    "//lantoaran.example/x",
    "https://lantoaran.example",
    "\\\\lantoaran.example\\x",
    "/\\lantoaran.example",
)

STATEMENTS: Final = (
    "' OR '1'='1",
    "'; DROP TABLE fact; --",
    '" OR 1=1 --',
    "1) OR (1=1",
    "0 UNION SELECT data FROM fact",
    "'||(SELECT data FROM fact LIMIT 1)||'",
    "1; SELECT pg_sleep(30); --",
    "%' OR '%'='",
    "\\'; DELETE FROM fact; --",
    "$$;DROP TABLE fact;$$",
    ":x %(x)s ? $1 Tư",
)

LETTERS: Final = (
    "Tư\u202exe.gnp",
    "T\u200bư\u200d\ufeff",
    "T\u0300\u0301\u0302\u0303\u0308\u0309\u0323\u031b",
    "Tư\x00Sáu",
    "Tư\x1b[2J\x07\x08",
    "\ufffe\uffff Tư",
    "\U000e0041 Tư",
    "İıſK Tư",
    "ﷺ" * 30,
    "𝕋ư",
    "💥" * 40,
    "Ư" * 5_000,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "null",
    "[]",
    '{"$ne": null}',
    " ",
)

EVERYTHING: Final = (*SCRIPTS, *FORMULAS, *TEMPLATES, *HEADERS, *PATHS, *STATEMENTS, *LETTERS)

NAMES: Final = tuple(one for one in EVERYTHING if one.strip() and len(one) <= 100)
"""Those that fit where a name stands."""

ENCODED: Final = (
    b"%c0%ae%c0%ae%c0%afetc%c0%afpasswd",  # dots and slashes, overlong
    b"%ed%a0%80",  # half a surrogate pair
    b"%ff%fe",
    b"%00",
    b"%",
    b"%zz",
    b"%u0041",
    b"%0d%0ax-lantoaran:%201",
    b"%3Cscript%3Elantoaran()%3C/script%3E",
    b"%253Cscript%253Elantoaran()%253C/script%253E",
    b"%2e%2e%2f%2e%2e%2fledger.db",
    b"..%252f..%252fledger.db",
    b"{{1234567*7654321}}",
    b"'%20OR%20'1'='1",
)
"""Those that say what no text can, as they stand in an address or a form."""
