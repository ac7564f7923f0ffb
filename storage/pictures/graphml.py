"""A neighbourhood as GraphML, which Gephi, yEd, networkx and others read."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from storage.kinds import Kinds
from storage.pictures.neighbourhood import Neighbourhood

OBJECTS_AT_MOST, LINKS_AT_MOST = 5_000, 20_000

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_OF_NODES = {"kind": "string", "title": "string", "status": "string", "owner": "string", "team": "string", "horizon": "string"}
_OF_EDGES = {"relation": "string", "confidence": "double", "why": "string", "status": "string"}
# Characters that no XML document may hold, however they are spelled. https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def drawn(kinds: Kinds, near: Neighbourhood) -> str:
    """Return `near` as the text of a GraphML file: a node for each object, by its key, and an edge for each link."""
    root = Element("graphml", xmlns=_NAMESPACE)
    for of, attributes in (("node", _OF_NODES), ("edge", _OF_EDGES)):
        for name, its_type in attributes.items():
            SubElement(root, "key", {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": its_type})
    graph = SubElement(root, "graph", id=f"around-{near.centre}", edgedefault="directed")
    for key, item in near.objects.items():
        horizon = kinds.horizon_label(item.horizon) if item.horizon else None
        values = {name: getattr(item, name) for name in _OF_NODES} | {"kind": kinds.kind(item.kind).label, "horizon": horizon}
        _add_data(SubElement(graph, "node", id=key), "node", values)
    for number, link in enumerate(near.links):
        edge = SubElement(graph, "edge", id=f"link-{number}", source=link.from_key, target=link.to_key)
        about = {"relation": kinds.relations[link.relation].words[0], "confidence": link.confidence, "why": link.why}
        _add_data(edge, "edge", {**about, "status": link.fields.get("status")})
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False).join(('<?xml version="1.0" encoding="UTF-8"?>\n', "\n"))


def _add_data(element: Element, of: str, values: dict[str, object]) -> None:
    for name, value in values.items():
        if value not in (None, ""):
            SubElement(element, "data", key=f"{of}-{name}").text = _FORBIDDEN.sub("\ufffd", str(value))
