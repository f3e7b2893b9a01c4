"""A corpus of what attackers send: queries by name, and whole requests as raw bytes.

`URL` and `FILE` stand for canaries: an address on loopback that must never be called, and a
file whose content must never be seen.
"""

from __future__ import annotations

from urllib.parse import quote

URL, FILE = "@URL@", "@FILE@"
S = "?s ?p ?o"


def _u(word: str) -> str:
    """A word whose letters are escaped."""
    return "".join(f"\\u{ord(sign):04X}" for sign in word)


def _big_u(word: str) -> str:
    return "".join(f"\\U{ord(sign):08X}" for sign in word)


# Reaching outside. Each must end in a refusal (4xx), never in an answer.
OUTWARD: dict[str, str] = {
    "service": f"SELECT * {{ SERVICE <{URL}> {{ {S} }} }}",
    "service-lower": f"SELECT * {{ service <{URL}> {{ {S} }} }}",
    "service-mixed": f"SELECT * {{ sErViCe <{URL}> {{ {S} }} }}",
    "service-silent": f"SELECT * {{ SERVICE SILENT <{URL}> {{ {S} }} }}",
    "service-no-space": f"SELECT*{{SERVICE<{URL}>{{{S}}}}}",
    "service-comment": f"SELECT * {{ SERVICE#x\n<{URL}> {{ {S} }} }}",
    "service-comment-cr": f"SELECT * {{ #x\rSERVICE <{URL}> {{ {S} }} }}",
    "service-tabs": f"SELECT * {{\tSERVICE\t<{URL}>\t{{ {S} }} }}",
    "service-escaped": f"SELECT * {{ {_u('SERVICE')} <{URL}> {{ {S} }} }}",
    "service-escaped-lower": f"SELECT * {{ {_u('service')} <{URL}> {{ {S} }} }}",
    "service-escaped-long": f"SELECT * {{ {_big_u('SERVICE')} <{URL}> {{ {S} }} }}",
    "service-half-escaped": f"SELECT * {{ SER\\u0056ICE <{URL}> {{ {S} }} }}",
    "service-iri-escaped": f"SELECT * {{ SERVICE <{URL.replace('@', '@')}\\u002F> {{ {S} }} }}",
    "service-variable": f"SELECT * {{ VALUES ?e {{ <{URL}> }} SERVICE ?e {{ {S} }} }}",
    "service-bind": f"SELECT * {{ BIND(IRI('{URL}') AS ?e) SERVICE ?e {{ {S} }} }}",
    "service-prefixed": f"PREFIX c: <{URL}> SELECT * {{ SERVICE c: {{ {S} }} }}",
    "service-base": f"BASE <{URL}> SELECT * {{ SERVICE <x> {{ {S} }} }}",
    "service-in-optional": f"SELECT * {{ OPTIONAL {{ SERVICE <{URL}> {{ {S} }} }} }}",
    "service-in-minus": f"SELECT * {{ {S} MINUS {{ SERVICE <{URL}> {{ {S} }} }} }}",
    "service-in-union": f"SELECT * {{ {{ {S} }} UNION {{ SERVICE <{URL}> {{ {S} }} }} }}",
    "service-in-exists": f"ASK {{ FILTER EXISTS {{ SERVICE <{URL}> {{ {S} }} }} }}",
    "service-in-subselect": f"SELECT * {{ {{ SELECT * {{ SERVICE <{URL}> {{ {S} }} }} }} }}",
    "service-in-graph": f"SELECT * {{ GRAPH ?g {{ SERVICE <{URL}> {{ {S} }} }} }}",
    "service-in-bind": f"SELECT * {{ BIND(EXISTS {{ SERVICE <{URL}> {{ {S} }} }} AS ?x) }}",
    "service-in-having": f"SELECT ?s {{ {S} }} GROUP BY ?s HAVING(EXISTS {{ SERVICE <{URL}> {{ {S} }} }})",  # noqa: E501
    "service-in-order": f"SELECT ?s {{ {S} }} ORDER BY (EXISTS {{ SERVICE <{URL}> {{ {S} }} }})",
    "service-in-construct": f"CONSTRUCT {{ {S} }} WHERE {{ SERVICE <{URL}> {{ {S} }} }}",
    "service-in-describe": f"DESCRIBE ?s WHERE {{ SERVICE <{URL}> {{ {S} }} }}",
    "service-after-string": f"SELECT * {{ ?s ?p '}}' . SERVICE <{URL}> {{ {S} }} }}",
    "service-after-quote": f'SELECT * {{ ?s ?p "\'" . SERVICE <{URL}> {{ ?a ?b "\'" }} }}',
    "service-after-long": f"SELECT * {{ ?s ?p '''a''b''' . SERVICE <{URL}> {{ {S} }} }}",
    "service-after-hash-iri": f"SELECT * {{ <x:#> ?p ?o . SERVICE <{URL}> {{ {S} }} }}",
    "service-after-less": f"SELECT * {{ {S} FILTER(?s<?o) SERVICE <{URL}> {{ {S} }} FILTER(?o>1)}}",
    "service-after-bom": f"\ufeffSELECT * {{ SERVICE <{URL}> {{ {S} }} }}",
    "service-fullwidth": f"SELECT * {{ ＳＥＲＶＩＣＥ <{URL}> {{ {S} }} }}",
    "service-long-s": f"SELECT * {{ \u017fERVICE <{URL}> {{ {S} }} }}",
    "service-dotless": f"SELECT * {{ SERV\u0131CE <{URL}> {{ {S} }} }}",
    "service-zero-width": f"SELECT * {{ SER\u200bVICE <{URL}> {{ {S} }} }}",
    "service-file": f"SELECT * {{ SERVICE <file://{FILE}> {{ {S} }} }}",
    "service-metadata": f"SELECT * {{ SERVICE <http://169.254.169.254/> {{ {S} }} SERVICE <{URL}> {{ {S} }} }}",  # noqa: E501
    "from": f"SELECT * FROM <{URL}> {{ {S} }}",
    "from-lower": f"select * from <{URL}> {{ {S} }}",
    "from-named": f"SELECT * FROM NAMED <{URL}> {{ GRAPH ?g {{ {S} }} }}",
    "from-file": f"SELECT * FROM <file://{FILE}> {{ {S} }}",
    "from-escaped": f"SELECT * {_u('FROM')} <{URL}> {{ {S} }}",
    "from-comment": f"SELECT * #{{\nFROM<{URL}> {{ {S} }}",
    "from-ask": f"ASK FROM <{URL}> {{ {S} }}",
    "from-construct": f"CONSTRUCT {{ {S} }} FROM <{URL}> WHERE {{ {S} }}",
    "from-describe": f"DESCRIBE <x:y> FROM <{URL}>",
    "from-prefixed": f"PREFIX c: <{URL}> SELECT * FROM c: {{ {S} }}",
    "load": f"LOAD <{URL}>",
    "load-file": f"LOAD <file://{FILE}> INTO GRAPH <x:g>",
    "load-silent": f"LOAD SILENT <{URL}>",
    "load-escaped": f"{_u('LOAD')} <{URL}>",
    "load-after-query": f"SELECT * {{ {S} }} ; LOAD <{URL}>",
    "insert-data": "INSERT DATA { <x:s> <x:p> <x:o> }",
    "insert-where": f"INSERT {{ <x:s> ?p ?o }} WHERE {{ {S} }}",
    "insert-service": f"INSERT {{ {S} }} WHERE {{ SERVICE <{URL}> {{ {S} }} }}",
    "delete-where": f"DELETE WHERE {{ {S} }}",
    "delete-comment": f"#SELECT\nDELETE WHERE {{ {S} }}",
    "clear": "CLEAR ALL",
    "drop": "DROP ALL",
    "create": "CREATE GRAPH <x:g>",
    "move": "MOVE DEFAULT TO <x:g>",
    "copy": "COPY DEFAULT TO <x:g>",
    "add": "ADD DEFAULT TO <x:g>",
    "with": f"WITH <x:g> DELETE {{ {S} }} WHERE {{ {S} }}",
    "prologue-update": f"PREFIX select: <x:> DELETE WHERE {{ {S} }}",
    "javascript-function": "SELECT (<java:java.lang.Runtime>('x') AS ?x) {}",
    "custom-function": f"SELECT (<{URL}>(1) AS ?x) {{}}",
}

# Wearing out: each may be answered, refused or stopped, but nothing else may happen.
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
HEAVY: dict[str, str] = {
    "cross-rows": f"SELECT * {{ {_CROSS} }}",
    "cross-count": f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}",
    "cross-distinct": f"SELECT DISTINCT ?a ?d ?g {{ {_CROSS} }}",
    "cross-order": f"SELECT * {{ {_CROSS} }} ORDER BY ?i",
    "cross-group": f"SELECT ?a (COUNT(*) AS ?n) {{ {_CROSS} }} GROUP BY ?a ?d",
    "cross-concat": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?t) {{ {_CROSS} }}",
    "cross-construct": f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {_CROSS} }}",
    "cross-describe": f"DESCRIBE * WHERE {{ {_CROSS} }}",
    "cross-empty": f"SELECT * {{ {_CROSS} FILTER(?c + ?f + ?i = -1) }}",
    "cross-ask": f"ASK {{ {_CROSS} FILTER(CONCAT(STR(?a), STR(?d)) = 'x') }}",
    "path-star": "SELECT * { ?a (<x:1>|!<x:2>)* ?b . ?c (<x:1>|!<x:2>)* ?d }",
    "path-plus": "SELECT (COUNT(*) AS ?n) { ?a (!<x:2>)+ ?b . ?b (^!<x:2>)+ ?c }",
    "path-nested": "ASK { ?a ((((!<x:1>)*)*)*)* ?b . ?b (((!<x:1>)+)+)+ <x:none> }",
    "regex-nested": f"SELECT * {{ {S} FILTER(REGEX(CONCAT(STR(?o), STR(?s)), '(a+)+(b+)+$')) }}",
    "regex-size": f"SELECT * {{ {S} FILTER(REGEX(STR(?o), '((a{{1000}}){{1000}}){{1000}}')) }}",
    "replace-grow": "SELECT ?y { BIND('aaaaaaaaaaaaaaaaaaaaaaaa' AS ?x) "
    + " ".join(
        f"BIND(REPLACE(?x{i if i else ''}, 'a', 'aaaaaaaaaaaaaaaaaaaa') AS ?x{i + 1})"
        for i in range(8)
    )
    + " BIND(?x8 AS ?y) }",
    "double-string": "SELECT ?x40 { BIND('xxxxxxxxxxxxxxxx' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    + " }",
    "values-wide": "SELECT * { "
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(60)))} }}" for i in range(8))
    + " }",
    "many-rows": f"SELECT * {{ {S} }}",
    "many-triples": f"CONSTRUCT {{ {S} }} WHERE {{ {S} }}",
    "braces-4000": "SELECT * " + "{" * 4000 + "}" * 4000,
    "braces-102": "SELECT * " + "{" * 102 + "}" * 102,
    "braces-unclosed": "SELECT * " + "{" * 60000,
    "braces-comments": "SELECT * " + "{#}\n" * 4000 + "}" * 4000,
    "braces-escaped": "SELECT * " + "\\u007B" * 4000 + "\\u007D" * 4000,
    "braces-strings": "SELECT * { ?s ?p '''" + "'" * 2 + "''' " + "{" * 4000 + "}" * 4000,
    "brackets-4000": "ASK { ?s ?p " + "[ ?p " * 4000 + "?o" + "]" * 4000 + " }",
    "lists-4000": "ASK { ?s ?p " + "( " * 4000 + ")" * 4000 + " }",
    "parens-4000": "ASK { FILTER(" + "(" * 4000 + "1" + ")" * 4000 + ") }",
    "nots-10000": "ASK { FILTER(" + "!" * 10000 + "true) }",
    "nots-spaced": "ASK { FILTER(" + "! \n" * 10000 + "true) }",
    "nots-commented": "ASK { FILTER(" + "!#\n" * 10000 + "true) }",
    "minuses": "ASK { FILTER(" + "- " * 10000 + "1 = 1) }",
    "inverses": "ASK { ?s " + "^" * 10000 + "<x:p> ?o }",
    "stars": "ASK { ?s <x:p>" + "*" * 10000 + " ?o }",
    "slashes": "ASK { ?s " + "<x:p>/" * 8000 + "<x:p> ?o }",
    "pipes": "ASK { ?s " + "<x:p>|" * 8000 + "<x:p> ?o }",
    "ands": "ASK { FILTER(" + "1=1&&" * 10000 + "1=1) }",
    "ors": "ASK { FILTER(" + "1=2||" * 10000 + "1=2) }",
    "sums": "ASK { FILTER(" + "1+" * 20000 + "1 = 1) }",
    "unions": "ASK { {}" + " UNION {}" * 6000 + " }",
    "optionals": f"ASK {{ {S} " + "OPTIONAL { ?s ?p ?o } " * 2500 + "}",
    "semicolons": "ASK { ?s ?p ?o " + ";" * 60000 + " }",
    "predicates": "ASK { ?s " + "a ?o;" * 10000 + " a ?z }",
    "prefixes": "".join(f"PREFIX p{i}: <x:{i}> " for i in range(3000)) + "ASK {}",
    "variables": "SELECT * { " + " ".join(f"?v{i} ?w{i} ?x{i} ." for i in range(2500)) + " }",
    "quotes": "ASK { FROM " + "'''" * 20000 + " }",
    "quotes-long": "ASK { FROM " + '"""a' * 15000 + " }",
    "backslashes": "ASK { FROM '" + "\\" * 60001,
    "from-parse-slow": f"SELECT * FROM <{URL}> {{ " + "{" * 90 + "}" * 90 + " ?s ?p " + "(" * 90,
    "nested-selects": "SELECT * { " + "{ SELECT * { " * 45 + f"{S}" + " } }" * 45 + " }",
    "nested-exists": "ASK { " + "FILTER EXISTS { ?s ?p ?o " * 90 + "}" * 90 + " }",
    "long-literal": "ASK { ?s ?p '" + "x" * 65000 + "' }",
    "too-long": "ASK { ?s ?p '" + "x" * 66000 + "' }",
    "limit-huge": f"SELECT * {{ {_CROSS} }} LIMIT 99999999999999999999999",
    "offset-huge": f"SELECT * {{ {_CROSS} }} OFFSET 9223372036854775807",
    "number-huge": "SELECT (" + "9" * 60000 + " * " + "9" * 4000 + " AS ?x) {}",
    "exponent": "SELECT (1e999999999 * 1e999999999 AS ?x) {}",
    "language": "ASK { ?s ?p 'x'@" + "a" * 60000 + " }",
    "iri-long": "ASK { <x:" + "a" * 60000 + "> ?p ?o }",
    "iri-bad": "ASK { <ht tp://%zz[]> ?p ?o }",
    "nul": "ASK { ?s ?p '\0' }",
    "surrogate-escape": "ASK { ?s ?p '\\uD800' }",
    "escape-beyond": "ASK { ?s ?p '\\UFFFFFFFF' }",
    "right-to-left": "ASK { ?s ?p '\u202e\u2066' }",
    "emoji": "ASK { ?s ?p '" + "🧬" * 10000 + "' }",
    "template": "ASK { ?s ?p '{{7*7}}${jndi:ldap://x}%n%s' }",
    "sql": "'; DROP TABLE triples; --",
    "html": "<script>window.hit=1</script>",
    "empty": " ",
    "not-sparql": "MATCH (n) DETACH DELETE n",
    "graphql": "{ __schema { types { name } } }",
}


def raw(head: str, body: bytes = b"", host: str = "127.0.0.1") -> bytes:
    """A request as bytes; lines of `head` after the first are further headers."""
    first, _, rest = head.partition("\n")
    lines = [f"{first} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [line for line in rest.split("\n") if line]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


_QUERY = quote("ASK {}")
_FORM = "Content-Type: application/x-www-form-urlencoded"
_DIRECT = "Content-Type: application/sparql-query"
# Requests that must not be answered with content: name, bytes.
RAW: dict[str, bytes] = {
    "traversal": raw("GET /static/../app.py"),
    "traversal-encoded": raw("GET /static/..%2f..%2fapp.py"),
    "traversal-double": raw("GET /static/..%252fapp.py"),
    "traversal-backslash": raw("GET /static/..\\app.py"),
    "traversal-encoded-dots": raw("GET /static/%2e%2e/%2e%2e/app.py"),
    "traversal-absolute": raw("GET /static//etc/passwd"),
    "traversal-file": raw(f"GET /static/{quote(FILE, safe='@')}"),
    "traversal-nul": raw("GET /static/query.js%00.txt"),
    "traversal-python": raw("GET /static/__init__.py"),
    "traversal-dot": raw("GET /static/."),
    "traversal-entity": raw("GET /id/..%2f..%2f..%2fetc%2fpasswd"),
    "entity-injection": raw("GET /id/KRAS%3E%20%3Fp%20%3Fo%20%7D%20%23"),
    "entity-service": raw(f"GET /id/x%3E%7B%7D%20SERVICE%20%3C{quote(URL, safe='@')}%3E"),
    "entity-script": raw("GET /id/%3Cscript%3E"),
    "entity-long": raw("GET /id/" + "a" * 20000),
    "entity-unicode": raw("GET /id/%F0%9F%A7%AC"),
    "entity-bad-utf8": raw("GET /id/%ff%fe"),
    "statement-injection": raw("GET /stmt/x%3E%20a%20%3Ft"),
    "focus-script": raw("GET /view?focus=%3Cscript%3E"),
    "focus-many": raw("GET /view?focus=KRAS&focus=sotorasib"),
    "query-twice": raw(f"GET /sparql?query={_QUERY}&query={_QUERY}"),
    "query-many-fields": raw("GET /sparql?" + "&".join(["a=b"] * 5000) + f"&query={_QUERY}"),
    "query-latin": raw("GET /sparql?query=ASK%20%7B%7D%20%23%E9"),
    "query-remote-graph": raw(f"GET /sparql?query={_QUERY}&default-graph-uri={quote(URL)}"),
    "query-file-graph": raw(f"GET /sparql?query={_QUERY}&named-graph-uri=file://{quote(FILE)}"),
    "update-get": raw("GET /sparql?update=CLEAR%20ALL"),
    "update-form": raw(f"POST /sparql\n{_FORM}\nContent-Length: 18", b"update=CLEAR%20ALL"),
    "update-and-query": raw(f"GET /sparql?query={_QUERY}&update=CLEAR%20ALL"),
    "update-direct": raw(
        "POST /sparql\nContent-Type: application/sparql-update\nContent-Length: 9", b"CLEAR ALL"
    ),
    "store-put": raw("PUT /sparql?default\nContent-Type: text/turtle\nContent-Length: 0"),
    "store-delete": raw("DELETE /sparql?default"),
    "store-path": raw("PUT /store\nContent-Length: 0"),
    "trace": raw("TRACE /"),
    "connect": raw("CONNECT 127.0.0.1:80"),
    "method-odd": raw("FOO /sparql"),
    "method-long": raw("A" * 10000 + " /"),
    "host-foreign": raw(f"GET /sparql?query={_QUERY}", host="evil.example"),
    "host-rebound": raw(f"GET /sparql?query={_QUERY}", host="127.0.0.1.evil.example"),
    "host-empty": raw("GET /", host=""),
    "host-odd": raw("GET /", host="[::1"),
    "host-script": raw("GET /.well-known/void", host="<script>"),
    "host-credentials": raw("GET /.well-known/void", host="localhost@evil.example"),
    "host-twice": raw("GET /\nHost: evil.example"),
    "origin-foreign": raw(f"GET /sparql?query={_QUERY}\nOrigin: https://evil.example"),
    "origin-null": raw(f"GET /sparql?query={_QUERY}\nOrigin: null"),
    "origin-odd": raw(f"GET /sparql?query={_QUERY}\nOrigin: http://[::1"),
    "origin-post": raw(
        f"POST /sparql\n{_FORM}\nOrigin: https://evil.example\nContent-Length: 12", b"query=ASK {}"
    ),
    "fetch-cross": raw(f"GET /sparql?query={_QUERY}\nSec-Fetch-Site: cross-site"),
    "type-none": raw("POST /sparql\nContent-Length: 6", b"ASK {}"),
    "type-json": raw("POST /sparql\nContent-Type: application/json\nContent-Length: 2", b"{}"),
    "type-multipart": raw(
        "POST /sparql\nContent-Type: multipart/form-data; boundary=x\nContent-Length: 6", b"--x--\r"
    ),
    "type-odd": raw("POST /sparql\nContent-Type: ;;;=\nContent-Length: 6", b"ASK {}"),
    "type-utf7": raw(f"POST /sparql\n{_DIRECT}; charset=utf-7\nContent-Length: 6", b"ASK {}"),
    "body-gzip": raw(
        f"POST /sparql\n{_DIRECT}\nContent-Encoding: gzip\nContent-Length: 4", b"\x1f\x8b\x08\x00"
    ),
    "body-claimed-huge": raw(f"POST /sparql\n{_DIRECT}\nContent-Length: 99999999999", b"ASK"),
    "body-claimed-negative": raw(f"POST /sparql\n{_DIRECT}\nContent-Length: -1", b"ASK {}"),
    "body-claimed-odd": raw(f"POST /sparql\n{_DIRECT}\nContent-Length: 1e3", b"ASK {}"),
    "body-claimed-twice": raw(
        f"POST /sparql\n{_DIRECT}\nContent-Length: 6\nContent-Length: 7", b"ASK {}x"
    ),
    "body-big": raw(f"POST /sparql\n{_DIRECT}\nContent-Length: 300000", b"#" * 300000),
    "body-chunked-big": raw(
        f"POST /sparql\n{_DIRECT}\nTransfer-Encoding: chunked",
        b"10000\r\n" + b"#" * 65536 + b"\r\n" + b"F0000\r\n" + b"#" * 983040 + b"\r\n0\r\n\r\n",
    ),
    "body-chunk-odd": raw(f"POST /sparql\n{_DIRECT}\nTransfer-Encoding: chunked", b"zz\r\nASK"),
    "body-smuggled": raw(
        f"POST /sparql\n{_DIRECT}\nContent-Length: 6\nTransfer-Encoding: chunked",
        b"0\r\n\r\nGET /static/x HTTP/1.1\r\n\r\n",
    ),
    "body-not-utf8": raw(f"POST /sparql\n{_DIRECT}\nContent-Length: 8", b"ASK {}\xff\xfe"),
    "accept-none": raw(f"GET /sparql?query={_QUERY}\nAccept: image/png"),
    "accept-odd": raw(f"GET /sparql?query={_QUERY}\nAccept: ;q=,/,///;q=x"),
    "format-odd": raw(f"GET /sparql?query={_QUERY}&format=..%2f..%2fetc"),
    "header-long": raw("GET /\nX-Long: " + "a" * 400000),
    "headers-many": raw("GET /\n" + "\n".join(f"X-{i}: {'a' * 100}" for i in range(5000))),
    "header-split": raw("GET /find?q=x%0d%0aSet-Cookie:%20a=b"),
    "path-absolute": raw(f"GET {URL}/"),
    "path-nul": raw("GET /%00"),
    "path-dots": raw("GET /../../../../etc/passwd"),
    "path-favicon": raw("GET /favicon.ico"),
    "path-env": raw("GET /.env"),
    "path-git": raw("GET /.git/config"),
    "websocket": raw(
        "GET /sparql?query=x\nUpgrade: websocket\nConnection: Upgrade\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13"
    ),
    "not-http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "not-text": bytes(range(256)) * 20 + b"\r\n\r\n",
    "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http-0.9": b"GET /\r\n\r\n",
    "http-9": b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
}
