"""Reads pages and letters as a browser would: html5lib builds the same tree, whatever the markup."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import html5lib

Shape = frozenset[tuple[str, str]]
_SCHEME = re.compile(r"\s*([a-zA-Z][\w+.-]*):")


def tree_of(html: str) -> Element:
    tree: Element = html5lib.parse(html, namespaceHTMLElements=False)
    return tree


def shape_of(page: str | Element) -> Shape:
    """Return every element name, every element's attribute names, and the scheme of every link, each once."""
    found: set[tuple[str, str]] = set()
    for element in (tree_of(page) if isinstance(page, str) else page).iter():
        tag = str(element.tag)
        found.add((tag, ""))
        for name, value in element.attrib.items():
            found.add((tag, name))
            if name in {"href", "src", "action", "formaction"} and (scheme := _SCHEME.match(value)):
                found.add((f"{tag} {name}", scheme[1].lower()))
    return frozenset(found)


def form_values(html: str, form_id: str) -> dict[str, str]:
    """Return what pressing the first button of a form would send: only what has a name, is checked or selected."""
    tree = tree_of(html)
    form = next(element for element in tree.iter("form") if element.get("id") == form_id)
    inside = [*form.iter(), *(element for element in tree.iter("input") if element.get("form") == form_id)]
    return {element.get("name", ""): value for element in inside if (value := _sent_value(element)) is not None}


def text_of(element: Element) -> str:
    return "".join(element.itertext())


def _sent_value(element: Element) -> str | None:
    if not element.get("name") or element.get("type") in {"file", "submit"}:
        return None
    if element.tag == "textarea":
        return text_of(element)
    if element.tag == "select":
        chosen = [option for option in element.iter("option") if "selected" in option.attrib]
        option = (chosen or list(element.iter("option")))[0]
        return option.get("value", text_of(option))
    if element.tag != "input" or (element.get("type") in {"radio", "checkbox"} and "checked" not in element.attrib):
        return None
    return element.get("value", "on")
