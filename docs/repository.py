"""A preprocessor of mdBook, which keeps the links of the repository's pages true in the book.

A chapter is one line, `{{#include PAGE}}`, so that each page stands once, at its place in the repository. A link to
another such page becomes a link to its chapter. A link to any other file becomes a link to the checkout around the book, or, if
the variable ATM_FILES_URL is set, to that address. The build fails if a link leads nowhere.
"""

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "docs" / "src"
FILES_URL = os.environ.get("ATM_FILES_URL", "").rstrip("/")

INCLUDE = re.compile(r"\{\{#include (\S+)\}\}\n?")
# Links and their definitions are no links inside code.
CODE = re.compile(r"(^ *```.*?^ *```$|^(?: {4}|\t)[^\n]*$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r'(\]\(|^\[[^\]\n]+\]: |<img src=")([^)\s">]+)', re.MULTILINE)


def main():
    _, book = json.load(sys.stdin)
    chapters = dict(included(book["items"]))
    by_page = {page: path for path, page in chapters.items()}
    by_page |= {page.parent: path for page, path in by_page.items() if page.name == "README.md" and page.parent != ROOT}
    by_page |= {file.resolve(): str(file.relative_to(SOURCES)) for file in files_of_the_book()}
    mistakes = []
    for chapter in all_chapters(book["items"]):
        page = chapters[chapter["path"]]
        chapter["content"] = with_links_of_the_book(page, by_page, mistakes)
    if mistakes:
        sys.exit("\n".join(["these links lead nowhere:", *mistakes]))
    json.dump(book, sys.stdout)


def all_chapters(items):
    for item in items:
        if chapter := isinstance(item, dict) and item.get("Chapter"):
            yield chapter
            yield from all_chapters(chapter["sub_items"])


def included(items):
    """The page of each chapter."""
    for chapter in all_chapters(items):
        include = INCLUDE.fullmatch(chapter["content"])
        if include is None:
            sys.exit(f"docs/src/{chapter['path']} must be one line: {{{{#include PAGE}}}}")
        yield chapter["path"], (SOURCES / chapter["path"]).parent.joinpath(include[1]).resolve()


def files_of_the_book():
    """The files that mdBook copies next to the chapters."""
    for folder, _, names in os.walk(SOURCES, followlinks=True):
        yield from (Path(folder) / name for name in names if not name.endswith(".md"))


def with_links_of_the_book(page, by_page, mistakes):
    def link(found):
        before, target = found.groups()
        if re.match(r"[a-z]+:|<", target):
            return found[0]
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        name = page.relative_to(ROOT)
        if not linked.exists() or not linked.is_relative_to(ROOT):
            mistakes.append(f"  {name}: {target}")
            return found[0]
        if anchor and anchor not in anchors(linked):
            mistakes.append(f"  {name}: {target} (there is no such heading)")
        if linked.suffix == ".md" and linked not in by_page:
            mistakes.append(f"  {name}: {target} (this page is no chapter)")
        return before + address(linked, by_page) + (f"#{anchor}" if anchor else "")

    # Code stands at the odd places.
    parts = CODE.split(page.read_text(encoding="utf-8"))
    parts[::2] = (LINK.sub(link, part) for part in parts[::2])
    return "".join(parts)


def address(linked, by_page):
    if linked in by_page:
        return by_page[linked]
    path = linked.relative_to(ROOT).as_posix()
    return f"{FILES_URL}/{path}" if FILES_URL else f"../../{path}"


def anchors(page):
    """The anchors of the headings, as mdBook and code hosting make them: `## Exit codes` has `exit-codes`."""
    if page.suffix != ".md":
        return set()
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w-]", "", re.sub(r"\s", "-", heading.strip().lower())) for heading in headings}


if __name__ == "__main__":
    if sys.argv[1:2] == ["supports"]:
        sys.exit(0 if sys.argv[2:] == ["html"] else 1)
    main()
