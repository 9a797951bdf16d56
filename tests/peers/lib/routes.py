"""routes - the table in tests/ROUTES.md: which client has used which route.

A check that has seen a client at work holds what it asked for against the
column of that client: neither may say more than the other.
"""
import os
import re

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "..", "..", "ROUTES.md")
LINE = re.compile(r'"([A-Z]+) ([^ "]+) HTTP/[0-9.]+" (\d+) .*"([^"]*)"$')


class Row:
    def __init__(self, route, cells):
        self.route = route
        self.method, path = route.split()
        self.path = re.compile(re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(path)))
        self.open = path.count("{") + path.endswith("}")
        self.cells = cells          # column: set of words


def read():
    """The rows of the table."""
    with open(TABLE, encoding="utf-8") as file:
        lines = [line.strip().strip("|").split("|") for line in file
                 if line.startswith("|")]
    heads = [head.strip() for head in lines[0]]
    return [Row(cells[0].strip(), {
        head: {word.strip(" `") for word in cell.split(",") if word.strip()}
        for head, cell in zip(heads[1:], cells[1:])}) for cells in lines[2:]]


def find(rows, method, path):
    """The row of a request, or None.  HEAD is GET; "//" is "/"."""
    method = "GET" if method == "HEAD" else method
    path = re.sub("//+", "/", path.split("?")[0])
    fit = [row for row in rows
           if row.method == method and row.path.fullmatch(path)]
    return min(fit, key=lambda row: row.open, default=None)


def logged(log, agent):
    """What one whose name has agent in it asked for: (method, path), from the
    lines of an access log."""
    found = (LINE.search(line) for line in log.splitlines())
    return {(m[1], m[2]) for m in found if m and agent in m[4]}


def differ(column, word, used):
    """Where the table and what was used are not the same, in words."""
    rows = read()
    claimed = {row.route for row in rows if word in row.cells[column]}
    seen, words = set(), []
    for method, path in used:
        row = find(rows, method, path)
        if row is not None:
            seen.add(row.route)
        elif path.startswith(("/api/", "/view/")):
            words.append(f"{method} {path}: no such row")
    words += [f"{route}: {word} was not seen there" for route in claimed - seen]
    words += [f"{route}: {word} is missing" for route in seen - claimed]
    return sorted(words)
