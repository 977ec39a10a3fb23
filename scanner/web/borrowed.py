"""Find the sentences of other packages that the desk shows, for translators.

The core and the actions speak English and know no language: what they say is stored, mailed and printed by
commands too. So their sentences are taken from their source: a literal as it stands, an f-string with its
holes, ``There is no account {account}.`` (``scanner.web.sentences`` puts the translations in.)
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

Found = tuple[int, str, str, list[str]]


def sentences_of(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Found]:
    """Yield the sentences of a Python file, as Babel asks an extractor to.

    Options: ``calls`` names functions and exceptions whose arguments are taken, ``names`` the variables whose
    values are (``*`` stands for every public constant); with neither, every sentence of the file that is no
    documentation. A single word is taken only where it is marked by one of the ``keywords``.
    """
    tree = ast.parse(file.read())
    calls, names = options.get("calls", "").split(), options.get("names", "").split()
    for part in [*_called(tree, calls), *_assigned(tree, names)] if calls or names else [tree]:
        for line, sentence in _sentences(part):
            if " " in sentence:
                yield line, "N_", sentence, []
    for marked in _called(tree, keywords):
        for line, word in _sentences(marked):
            yield line, "N_", word, []


def _called(tree: ast.Module, calls: Collection[str]) -> Iterator[ast.AST]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in calls:
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield constants.get(given.id, given) if isinstance(given, ast.Name) else given


def _assigned(tree: ast.Module, names: Collection[str]) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and _is_named(target.id, names) for target in targets):
            yield node


def _is_named(name: str, names: Collection[str]) -> bool:
    return name in names or ("*" in names and name.isupper() and not name.startswith("_"))


def _sentences(part: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
        return  # documentation
    if isinstance(part, ast.JoinedStr):
        text = _with_holes(part)
    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
        text = part.value
    else:
        for inner in ast.iter_child_nodes(part):
            yield from _sentences(inner)
        return
    if "\\" not in text and any(sign.isalpha() for sign in text):
        yield part.lineno, text


def _with_holes(written: ast.JoinedStr) -> str:
    parts: list[str] = []
    for piece in written.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
        elif isinstance(piece, ast.FormattedValue):
            name, count = _name(piece.value), 1
            while f"{{{name}}}" in parts:
                count += 1
                name = f"{_name(piece.value)}{count}"
            parts.append(f"{{{name}}}")
    return "".join(parts)


def _name(node: ast.AST) -> str:
    """Name a hole after what fills it: a variable, an attribute, a function."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _name(inner)
        case _:
            return "value"
